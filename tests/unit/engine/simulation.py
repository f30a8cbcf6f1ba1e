"""A drain without threads and without waiting: the same for the same seed.

Calls in flight end in any order, each after some seconds of a clock that the test moves on.
"""

from __future__ import annotations

import random
from concurrent.futures import ALL_COMPLETED, Executor, Future
from concurrent.futures._base import DoneAndNotDoneFutures
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from ecrdrain.engine import Event, Limits, Outcome, ignore, rounds

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable

    from ecrdrain.engine import OnEvent, Repository

LONGEST_CALL = 0.5


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, Callable[[], object]]] = []

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def at(self, moment: float, action: Callable[[], object]) -> None:
        """Do something at that time."""
        self._due.append((moment, action))

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        for each in [each for each in self._due if each[0] <= self.now]:
            self._due.remove(each)
            each[1]()


class SimulatedLimits(Limits):
    """Limits by a clock that pauses move on.

    Args:
        deadline: As for Limits.
        stop: As for Limits.
        clock: The clock; None: a new one.

    Attributes:
        pauses: All pauses so far, in seconds.
    """

    def __init__(
        self,
        deadline: float | None = None,
        stop: threading.Event | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.time = clock or Clock()
        self.pauses: list[float] = []
        super().__init__(deadline, stop, self.time)

    def pause(self, seconds: float) -> None:
        """Let time pass, without waiting."""
        self.check(ahead=seconds)
        self.pauses.append(seconds)
        self.time.advance(seconds)
        self.check()


class SimulatedPool(Executor):
    """Calls that run when somebody waits for them, one at a time, in any order.

    Args:
        concurrency: How many are under way, so that they cannot be cancelled any more.
        clock: What a call takes its time from.
        chance: Where luck comes from.

    Attributes:
        most: The most calls that were under way at once.
    """

    def __init__(self, concurrency: int, clock: Clock, chance: random.Random) -> None:
        self._concurrency = concurrency
        self._clock = clock
        self._chance = chance
        self._waiting: list[tuple[Future[Any], Callable[[], Any]]] = []
        self._running: list[tuple[Future[Any], Callable[[], Any]]] = []
        self.most = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Take a call."""
        future: Future[Any] = Future()
        self._waiting.append((future, lambda: fn(*args, **kwargs)))
        self._start()
        return future

    def wait(
        self,
        futures: Iterable[Future[Any]],
        timeout: float | None = None,
        return_when: str = ALL_COMPLETED,
    ) -> DoneAndNotDoneFutures[Any]:
        """Let one call end, or all of them."""
        del timeout
        futures = set(futures)
        if return_when != ALL_COMPLETED:
            self._end_one()
        while return_when == ALL_COMPLETED and self._running:
            self._end_one()
        done = {future for future in futures if future.done()}
        return DoneAndNotDoneFutures(done, futures - done)

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._concurrency:
            future, call = self._waiting.pop(0)
            if future.set_running_or_notify_cancel():
                self._running.append((future, call))
        self.most = max(self.most, len(self._running))

    def _end_one(self) -> None:
        future, call = self._running.pop(self._chance.randrange(len(self._running)))
        self._clock.advance(self._chance.uniform(0, LONGEST_CALL))
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - as a pool of threads does
            future.set_exception(error)
        self._start()


def simulate(
    repository: Repository,
    limits: SimulatedLimits | None = None,
    *,
    seed: int = 0,
    concurrency: int = 4,
    on_event: OnEvent = ignore,
) -> Outcome:
    """Drain a repository, and check that the events add up to the report."""
    limits = limits or SimulatedLimits()
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    pool = SimulatedPool(concurrency, limits.time, chance)
    events: list[Event] = []

    def hear(event: Event) -> None:
        events.append(event)
        on_event(event)

    with patch.object(rounds, "wait", pool.wait):
        report = rounds.Drain(repository, pool, concurrency, limits, hear).run()
    check_events(events, report)
    return report


def check_events(events: Iterable[Event], report: Outcome) -> None:
    """Compare what was told on the way with what is reported at the end."""
    kinds: dict[str, list[Any]] = {"Listed": [], "Deleted": [], "RoundEnded": []}
    for event in events:
        kinds[type(event).__name__].append(event)
    assert sum(event.deleted for event in kinds["Deleted"]) == report.deleted
    for event in kinds["Deleted"]:
        assert event.deleted + event.refused.total() <= event.sent + event.refused["ImageNotFound"]
    ended = [event.round for event in kinds["RoundEnded"]]
    assert ended == list(range(1, len(ended) + 1))
    assert report.rounds - len(ended) in (0, 1)
    assert all(1 <= event.round <= report.rounds for event in kinds["Listed"])
    if report.stopped is None and report.exists:
        last = kinds["RoundEnded"][-1]
        assert (last.round, last.deleted) == (report.rounds, report.deleted)
        assert last.left == report.left
