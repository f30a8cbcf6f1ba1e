"""Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ecrdrain.engine import (
    CONCURRENCY,
    CallError,
    Deleted,
    DrainError,
    Event,
    Failure,
    Limits,
    Listed,
    OnEvent,
    PrivateRepository,
    PublicRepository,
    Report,
    Repository,
    RoundEnded,
    client_config,
    drain_repositories,
    drain_repository,
    ignore,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

__version__ = "0.1.0"

__all__ = [
    "CallError",
    "Deleted",
    "DrainError",
    "Event",
    "Failure",
    "Listed",
    "Report",
    "RoundEnded",
    "client_config",
    "drain",
    "drain_all",
]

PUBLIC_REGION = "us-east-1"
"""Where the public registry's API is (General Reference, "Amazon ECR Public endpoints")."""


def drain(  # noqa: PLR0913 - all but the first have a default and a name
    repository: str,
    *,
    client: "ECRClient | ECRPublicClient | None" = None,
    registry_id: str | None = None,
    public: bool = False,
    concurrency: int = CONCURRENCY,
    timeout: float | None = None,
    stop: threading.Event | None = None,
    on_event: OnEvent = ignore,
) -> Report:
    """Delete every image of a repository, and go on until a fresh listing is empty.

    No error of AWS is raised: the report carries it. Check its `empty`, or call its
    `raise_if_left()`. A repository that does not exist is empty, and its `exists` is false.

    Args:
        repository: The repository's name, such as "team/app".
        client: A boto3 client for ECR, or for ECR Public; None makes one from the environment.
            Make yours with `config=ecrdrain.client_config()`: then the SDK finds the rate that
            AWS allows, and has a connection for each call in flight.
        registry_id: The account of the registry; None means the caller's own.
        public: Whether it is a repository of the public registry.
        concurrency: How many calls may be in flight.
        timeout: Seconds after which no further call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        on_event: Hears of the progress while it happens: Listed, Deleted, RoundEnded. It is
            called in a thread of the drain.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    return drain_repository(
        _repository(
            client or _client(concurrency, public=public), repository, registry_id, public=public
        ),
        concurrency,
        Limits(deadline, stop),
        on_event,
    )


def drain_all(  # noqa: PLR0913 - the same
    repositories: Sequence[str],
    *,
    client: "ECRClient | ECRPublicClient | None" = None,
    registry_id: str | None = None,
    public: bool = False,
    concurrency: int = CONCURRENCY,
    timeout: float | None = None,
    stop: threading.Event | None = None,
    on_event: Callable[[str], OnEvent] = lambda _: ignore,
) -> list[Report]:
    """Drain several repositories of one registry side by side.

    The arguments are those of `drain`, but for:

    Args:
        repositories: Their names.
        client: As for `drain`.
        registry_id: As for `drain`.
        public: As for `drain`.
        concurrency: How many calls may be in flight, of all of them together.
        timeout: As for `drain`.
        stop: As for `drain`.
        on_event: Called with each repository's name; returns who hears of its progress, which
            happens in several threads.

    Returns:
        The reports, in the order of the names.
    """
    client = client or _client(concurrency, public=public)
    return drain_repositories(
        [_repository(client, name, registry_id, public=public) for name in repositories],
        concurrency=concurrency,
        deadline=None if timeout is None else time.monotonic() + timeout,
        stop=stop,
        on_event=lambda repository: on_event(repository.name),
    )


def _client(concurrency: int, *, public: bool) -> Any:  # noqa: ANN401 - of either registry
    import boto3  # noqa: PLC0415 - takes half a second, and is not needed with a client

    if public:
        return boto3.client(
            "ecr-public", region_name=PUBLIC_REGION, config=client_config(concurrency)
        )
    return boto3.client("ecr", config=client_config(concurrency))


def _repository(
    client: Any,  # noqa: ANN401 - as above
    name: str,
    registry_id: str | None,
    *,
    public: bool,
) -> Repository:
    kind = PublicRepository if public else PrivateRepository
    return kind(client, name, registry_id)
