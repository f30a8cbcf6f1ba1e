"""Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""

import threading
import time
from typing import TYPE_CHECKING

from ecrdrain.engine import (
    CallError,
    Failure,
    PrivateRepository,
    Report,
    Tell,
    drain_repository,
    tell_nobody,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

__version__ = "0.1.0"

__all__ = ["CallError", "Failure", "Report", "drain"]


def drain(  # noqa: PLR0913 - all but the first have a default and a name
    repository: str,
    *,
    client: "ECRClient | None" = None,
    registry_id: str | None = None,
    timeout: float | None = None,
    stop: threading.Event | None = None,
    tell: Tell = tell_nobody,
) -> Report:
    """Delete every image of a private repository, and go on until a fresh listing is empty.

    Ask the report whether it is `empty`; a repository that does not exist is. No error of AWS is
    raised: the report carries it.

    Args:
        repository: The repository's name, such as "team/app".
        client: A boto3 client for ECR; None makes one from the environment.
        registry_id: The account of the registry; None means the caller's own.
        timeout: Seconds after which no further call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        tell: Who hears of the progress while it happens.
    """
    if client is None:
        import boto3  # noqa: PLC0415 - takes half a second, and is not needed with a client

        client = boto3.client("ecr")
    return drain_repository(
        PrivateRepository(client, repository, registry_id),
        deadline=None if timeout is None else time.monotonic() + timeout,
        stop=stop,
        tell=tell,
    )
