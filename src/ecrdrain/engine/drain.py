"""The ways into the engine: one repository, or several side by side."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ecrdrain.engine.calls import CONCURRENCY
from ecrdrain.engine.events import OnEvent, ignore
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.parallel import at_once
from ecrdrain.engine.report import Report
from ecrdrain.engine.repository import Repository
from ecrdrain.engine.rounds import Drain


def drain_repository(
    repository: Repository, concurrency: int, limits: Limits, on_event: OnEvent = ignore
) -> Report:
    """Delete every image of a repository, and go on until a fresh listing is empty.

    No error of AWS is raised: the report carries it.

    Args:
        repository: What to empty.
        concurrency: How many calls may be in flight.
        limits: How long calls may start.
        on_event: Hears of the progress, in a thread of the drain.
    """
    return _drain([repository], concurrency, limits, lambda _: on_event)[0]


def drain_repositories(  # noqa: PLR0913 - all but the first have a default and a name
    repositories: Sequence[Repository],
    *,
    concurrency: int = CONCURRENCY,
    deadline: float | None = None,
    stop: threading.Event | None = None,
    before: Callable[[Repository], None] = lambda _: None,
    on_event: Callable[[Repository], OnEvent] = lambda _: ignore,
    done: Callable[[Report], None] = lambda _: None,
) -> list[Report]:
    """Drain several repositories side by side, and return the reports in their order.

    Repositories that share a client share what the SDK has learned of the rate that AWS allows.

    Args:
        repositories: What to empty.
        concurrency: How many calls may be in flight, of all of them together.
        deadline: A moment of `time.monotonic()` after which no call starts; None: no limit.
        stop: Once set, no further call starts; those in flight are finished.
        before: Called with each repository before its drain begins, in several threads; it may
            set the repository's listing.
        on_event: Makes for each repository who hears of its progress; called in several threads.
        done: Takes each report as soon as it is there; called in several threads.
    """
    return _drain(repositories, concurrency, Limits(deadline, stop), on_event, done, before)


def _drain(  # noqa: PLR0913, PLR0917 - those of both ways in
    repositories: Sequence[Repository],
    concurrency: int,
    limits: Limits,
    on_event: Callable[[Repository], OnEvent],
    done: Callable[[Report], None] = lambda _: None,
    before: Callable[[Repository], None] = lambda _: None,
) -> list[Report]:
    """Drain repositories, each in a thread of its own.

    Ctrl-C may strike the caller's thread between any two instructions; a deletion that was made
    must be counted all the same.
    """
    with ThreadPoolExecutor(concurrency) as pool:

        def drain(repository: Repository) -> Report:
            before(repository)
            outcome = Drain(repository, pool, concurrency, limits, on_event(repository)).run()
            report = Report(
                **vars(outcome),
                registry=repository.registry,
                registry_id=repository.registry_id,
                region=repository.registry_region,
            )
            done(report)
            return report

        return at_once(drain, repositories, limits.stop.set)
