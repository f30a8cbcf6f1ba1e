"""Many repositories drained side by side, sharing one pace."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from ecrdrain.engine import Calls, Report, Repository, Tell, drain_repository

_AT_ONCE = 8
"""Drains side by side. How many calls these make at once is the pace's business."""


def drain_all(
    repositories: Sequence[Repository],
    *,
    calls: Calls | None,
    stop: Event,
    tell: Callable[[Repository], Tell],
    done: Callable[[Report], None] = lambda _: None,
) -> list[Report]:
    """Drain repositories and return the reports in their order.

    Args:
        repositories: What to empty.
        calls: Who starts the calls of all of them; None makes each drain's one after the other.
        stop: Once set, no further call starts; those in flight are finished.
        tell: Makes for each repository who hears of its progress; called by several threads.
        done: Takes each report as soon as it is there; called by several threads.
    """

    def drain(repository: Repository) -> Report:
        report = drain_repository(repository, calls=calls, stop=stop, tell=tell(repository))
        done(report)
        return report

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(drain, repositories))
