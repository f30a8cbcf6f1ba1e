"""The pacer: makes the calls of drains in threads, as many and as fast as AWS lets it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from ecrdrain.engine.attempts import Attempts
from ecrdrain.engine.calls import Halted, Result, Until
from ecrdrain.engine.errors import is_throttle
from ecrdrain.engine.pace import Pace

CONCURRENCY = 32
"""Calls in flight at most, unless the caller says otherwise."""

LOOK_UP = 0.25
"""Seconds after which somebody who waits looks whether the drain was interrupted."""


class Lane:
    """The calls of one operation: when the next may start, and how many wait for that.

    Of those that wait, "again" (throttled before) go ahead of "first" (not tried yet); "later"
    (failed otherwise) wait for a moment of their own.
    """

    def __init__(self) -> None:
        self.pace = Pace()
        self.waiting: Counter[str] = Counter()


SHARING = threading.Lock()
SHARED: "WeakValueDictionary[Hashable, Pacer]" = WeakValueDictionary()


@dataclass(frozen=True)
class LaneState:
    """What one operation is doing.

    Attributes:
        in_flight: Calls that AWS is working on.
        waiting: Calls that wait for their turn.
        rate: Calls a second that may start.
        throttled: Calls that AWS has throttled so far.
    """

    in_flight: int
    waiting: int
    rate: float
    throttled: int


class Pacer:
    """Makes calls, each in a thread of its own for as long as it lasts, repeats included.

    It may serve several drains at once, each in a thread of its own. The SDK should not repeat
    calls itself: what it hides cannot be paced.

    Args:
        concurrency: How many calls may be in flight, of all operations together.
        clock: Seconds; the same clock as that of the deadlines.
    """

    def __init__(
        self, concurrency: int = CONCURRENCY, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.concurrency = concurrency
        self._clock = clock
        self._changed = threading.Condition()
        self._busy = 0
        self._lanes: dict[str, Lane] = {}

    @classmethod
    def shared(cls, key: Hashable, concurrency: int = CONCURRENCY) -> "Pacer":
        """Return the pacer of all who work on the same account and region now.

        It is forgotten when the last of them is done: limits change.

        Args:
            key: What stands for the account and the region.
            concurrency: As for a pacer of one's own; the largest wish counts.
        """
        with SHARING:
            pacer = SHARED.get(key)
            if pacer is None:
                pacer = SHARED[key] = cls(concurrency)
            pacer.concurrency = max(pacer.concurrency, concurrency)
            return pacer

    def state(self) -> dict[str, LaneState]:
        """Return what each operation is doing at this moment."""
        with self._changed:
            return {
                operation: LaneState(
                    in_flight=lane.pace.in_flight,
                    waiting=lane.waiting.total(),
                    rate=lane.pace.rate,
                    throttled=lane.pace.throttles,
                )
                for operation, lane in self._lanes.items()
            }

    def submit(self, operation: str, call: Callable[[], Result], until: Until) -> "Future[Result]":
        """Have a call started as soon as it may start, and return its future.

        Waits while another call of the operation has not been tried yet, and while there are as
        many threads as calls may be in flight.
        """
        future: Future[Result] = Future()
        with self._changed:
            lane = self._lanes.setdefault(operation, Lane())

            def room(_: float) -> float | None:
                full = lane.waiting["first"] or self._busy >= self.concurrency
                return None if full else 0.0

            self._await(room, until)
            # A daemon, so that whoever does not want to wait for the calls in flight need not. It
            # begins with the lock's next holder, and is not counted if it cannot be had.
            threading.Thread(
                target=self._work, args=(lane, call, until, future), name="ecrdrain", daemon=True
            ).start()
            lane.waiting["first"] += 1
            self._busy += 1
        return future

    def wait(self, futures: "Collection[Future[Any]]") -> "Collection[Future[Any]]":
        """Wait until one of the futures is done, and return those that are."""
        return wait(futures, return_when=FIRST_COMPLETED).done

    def pause(self, seconds: float, until: Until) -> None:
        """Wait, unless the time left is shorter."""
        until.check(seconds)
        (until.stop or threading.Event()).wait(seconds)
        until.check()

    def _work(
        self, lane: Lane, call: Callable[[], Result], until: Until, future: "Future[Result]"
    ) -> None:
        outcome: Callable[[], None]
        try:
            outcome = partial(future.set_result, self._try(lane, call, until))
        except Exception as error:  # noqa: BLE001 - handed over whole: the future raises it again
            outcome = partial(future.set_exception, error)
        with self._changed:
            self._busy -= 1
            self._changed.notify_all()
        outcome()

    def _try(self, lane: Lane, call: Callable[[], Result], until: Until) -> Result:
        """Make a call when its turn comes, again and again if need be."""
        attempts = Attempts()
        started = began = self._turn(lane, "first", 0.0, until)
        while True:
            try:
                result = call()
            except Exception as error:
                with self._changed:
                    now = self._clock()
                    throttled = is_throttle(error)
                    if throttled:
                        lane.pace.throttle(started, now)
                    else:
                        lane.pace.end(now)
                    delay = attempts.wait_after(error, now - max(began, lane.pace.heard))
                    queue = "again" if throttled else "later"
                    lane.waiting[queue] += delay is not None
                    self._changed.notify_all()
                if delay is None:
                    raise
                try:
                    started = self._turn(lane, queue, now + delay, until)
                except Halted as halted:
                    raise halted from error
            else:
                with self._changed:
                    lane.pace.accept(started, self._clock())
                    self._changed.notify_all()
                return result

    def _turn(self, lane: Lane, queue: str, earliest: float, until: Until) -> float:
        """Wait for the moment when a call may start, and return it."""

        def ready_in(now: float) -> float | None:
            if queue == "first" and lane.waiting["again"]:
                return None
            delay = lane.pace.ready_in(now)
            return delay if delay is None else max(delay, earliest - now)

        with self._changed:
            try:
                self._await(ready_in, until)
                lane.pace.start(now := self._clock())
            finally:
                lane.waiting[queue] -= 1
                self._changed.notify_all()
            return now

    def _await(self, ready_in: Callable[[float], float | None], until: Until) -> None:
        """Wait, with the lock at hand, until `ready_in` returns 0 (None: not before a change).

        Raises:
            Halted: `until` is over by then.
        """
        while True:
            until.check()
            delay = ready_in(self._clock())
            if delay == 0:
                return
            until.check(delay or 0.0)
            limits = [] if delay is None else [delay]
            if until.stop is not None:
                limits.append(LOOK_UP)
            if until.deadline is not None:
                limits.append(until.deadline - self._clock())
            self._changed.wait(min(limits, default=None))
