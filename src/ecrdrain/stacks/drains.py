"""Many repositories drained side by side, sharing one pace."""

from collections.abc import Callable, Sequence
from threading import Event

from ecrdrain.engine import Report, Repository, Tell, drain_repository
from ecrdrain.stacks.parallel import at_once


def drain_all(
    repositories: Sequence[Repository],
    *,
    concurrency: int,
    stop: Event,
    tell: Callable[[Repository], Tell],
    done: Callable[[Report], None] = lambda _: None,
) -> list[Report]:
    """Drain repositories and return the reports in their order.

    Args:
        repositories: What to empty.
        concurrency: How many calls may be in flight, of all of them together.
        stop: Once set, no further call starts; those in flight are finished.
        tell: Makes for each repository who hears of its progress; called by several threads.
        done: Takes each report as soon as it is there; called by several threads.
    """

    def drain(repository: Repository) -> Report:
        report = drain_repository(
            repository, concurrency=concurrency, stop=stop, tell=tell(repository)
        )
        done(report)
        return report

    return at_once(drain, repositories)
