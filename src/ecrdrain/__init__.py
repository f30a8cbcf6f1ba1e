"""Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ecrdrain.engine import (
    CONCURRENCY,
    CallError,
    ConfigurationError,
    Deleted,
    DrainError,
    Event,
    Failure,
    InvalidNameError,
    Limits,
    Listed,
    OnEvent,
    PrivateRepository,
    PublicRepository,
    Report,
    Repository,
    RepositoryNotFoundError,
    RoundEnded,
    aws_errors,
    check_name,
    check_names,
    client_config,
    configuration_error,
    drain_repositories,
    drain_repository,
    ignore,
    raise_for,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

__version__ = "0.1.0"

__all__ = [
    "CallError",
    "ConfigurationError",
    "Deleted",
    "DrainError",
    "Event",
    "Failure",
    "InvalidNameError",
    "Listed",
    "Report",
    "RepositoryNotFoundError",
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
    missing_ok: bool = False,
    concurrency: int = CONCURRENCY,
    timeout: float | None = None,
    stop: threading.Event | None = None,
    on_event: OnEvent = ignore,
) -> Report:
    """Delete every image of a repository, and go on until a fresh listing is empty.

    No other error of AWS is raised: the report carries it. Check its `empty`, or call its
    `raise_if_left()`. A repository that is deleted while it is drained is empty, and its `exists`
    is false.

    Args:
        repository: The repository's name, such as "team/app".
        client: A boto3 client for ECR, or for ECR Public; None makes one from the environment.
            Make yours with `config=ecrdrain.client_config()`: then the SDK finds the rate that
            AWS allows, and has a connection for each call in flight.
        registry_id: The account of the registry; None means the caller's own.
        public: Whether it is a repository of the public registry.
        missing_ok: Whether a repository that does not exist is as good as an empty one.
        concurrency: How many calls may be in flight.
        timeout: Seconds after which no further call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        on_event: Hears of the progress while it happens: Listed, Deleted, RoundEnded. It is
            called in a thread of the drain.

    Raises:
        InvalidNameError: That is no repository's name. No call was sent.
        ConfigurationError: The SDK has no region, no credentials or no such profile. The same.
        RepositoryNotFoundError: It does not exist, and that is not `missing_ok`.
    """
    check_name(repository, public=public)
    deadline = None if timeout is None else time.monotonic() + timeout
    report = drain_repository(
        _repository(
            client or _client(concurrency, public=public), repository, registry_id, public=public
        ),
        concurrency,
        Limits(deadline, stop),
        on_event,
    )
    raise_for([report], missing_ok=missing_ok)
    return report


def drain_all(  # noqa: PLR0913 - the same
    repositories: Sequence[str],
    *,
    client: "ECRClient | ECRPublicClient | None" = None,
    registry_id: str | None = None,
    public: bool = False,
    missing_ok: bool = False,
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
        missing_ok: As for `drain`.
        concurrency: How many calls may be in flight, of all of them together.
        timeout: As for `drain`.
        stop: As for `drain`.
        on_event: Called with each repository's name; returns who hears of its progress, which
            happens in several threads.

    Returns:
        The reports, in the order of the names.

    Raises:
        InvalidNameError: As for `drain`.
        ConfigurationError: As for `drain`.
        RepositoryNotFoundError: Some do not exist, and that is not `missing_ok`. The others have
            been drained; the error carries all reports.
    """
    names = check_names(repositories, public=public)
    client = client or _client(concurrency, public=public)
    reports = drain_repositories(
        [_repository(client, name, registry_id, public=public) for name in names],
        concurrency=concurrency,
        deadline=None if timeout is None else time.monotonic() + timeout,
        stop=stop,
        on_event=lambda repository: on_event(repository.name),
    )
    raise_for(reports, missing_ok=missing_ok)
    return reports


def _client(concurrency: int, *, public: bool) -> Any:  # noqa: ANN401 - of either registry
    import boto3  # noqa: PLC0415 - takes half a second, and is not needed with a client

    config = client_config(concurrency)
    # ValueError: an endpoint that is no address.
    refusals: tuple[type[Exception], ...] = (ValueError, *aws_errors())
    try:
        if public:
            return boto3.client("ecr-public", region_name=PUBLIC_REGION, config=config)
        return boto3.client("ecr", config=config)
    except refusals as error:
        raise configuration_error(type(error).__name__, str(error)) from error


def _repository(
    client: Any,  # noqa: ANN401 - as above
    name: str,
    registry_id: str | None,
    *,
    public: bool,
) -> Repository:
    kind = PublicRepository if public else PrivateRepository
    return kind(client, name, registry_id)
