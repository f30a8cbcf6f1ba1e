"""Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""

import threading
import time
from typing import TYPE_CHECKING

from ecrdrain.engine import (
    CONCURRENCY,
    CallError,
    DescribingRepository,
    Failure,
    Report,
    Tell,
    client_config,
    drain_repository,
    tell_nobody,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

__version__ = "0.1.0"

__all__ = ["CallError", "Failure", "Report", "client_config", "drain"]


def drain(  # noqa: PLR0913 - all but the first have a default and a name
    repository: str,
    *,
    client: "ECRClient | None" = None,
    registry_id: str | None = None,
    concurrency: int = CONCURRENCY,
    timeout: float | None = None,
    stop: threading.Event | None = None,
    tell: Tell = tell_nobody,
) -> Report:
    """Delete every image of a private repository, and go on until a fresh listing is empty.

    Ask the report whether it is `empty`; a repository that does not exist is. No error of AWS is
    raised: the report carries it.

    Args:
        repository: The repository's name, such as "team/app".
        client: A boto3 client for ECR; None makes one from the environment. Make yours with
            `config=ecrdrain.client_config()`: with fewer connections than calls in flight, the
            SDK opens new ones all the time, and calls that it repeats by itself cannot be paced.
        registry_id: The account of the registry; None means the caller's own.
        concurrency: How many calls may be in flight. Drains of the same registry and region that
            run at the same time, in threads, share them and their pace.
        timeout: Seconds after which no further call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        tell: Who hears of the progress while it happens.
    """
    if client is None:
        import boto3  # noqa: PLC0415 - takes half a second, and is not needed with a client

        client = boto3.client("ecr", config=client_config(concurrency))
    return drain_repository(
        DescribingRepository(client, repository, registry_id),
        concurrency=concurrency,
        deadline=None if timeout is None else time.monotonic() + timeout,
        stop=stop,
        tell=tell,
    )
