"""Time that passes only when somebody waits: a clock, throttling, and a pacer without threads.

The decisions are the engine's own (`Pace`, `Attempts`); only what makes them wait is replaced.
"""

from __future__ import annotations

import heapq
import itertools
import random
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.attempts import Attempts
from ecrdrain.engine.pace import Pace

from ecrdrain.engine.calls import Halted, Until
from ecrdrain.engine.errors import is_throttle
from ecrdrain.lab.strict.throttle import TokenBucket

if TYPE_CHECKING:
    from collections.abc import Callable, Collection


def luck(seed: int) -> random.Random:
    """Return chance that is the same in every run."""
    return random.Random(seed)  # noqa: S311 - the opposite of a secret


class Clock:
    """A moment in seconds, and what is to happen at later ones."""

    def __init__(self) -> None:
        self.now = 0.0
        self._plans: list[tuple[float, int, Callable[[], None]]] = []
        self._number = itertools.count()

    def __call__(self) -> float:
        """Return the present moment."""
        return self.now

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Plan something; what is planned for one moment happens in the order of planning."""
        heapq.heappush(self._plans, (moment, next(self._number), what))

    @property
    def next_plan(self) -> float:
        """The moment of the next plan; infinity when there is none."""
        return self._plans[0][0] if self._plans else float("inf")

    def advance(self, moment: float) -> None:
        """Go to a moment, or to the next plan if that comes first, and carry it out."""
        if self.next_plan > moment:
            self.now = max(self.now, moment)
            return
        moment, _, what = heapq.heappop(self._plans)
        self.now = max(self.now, moment)
        what()


def bucket(clock: Clock, rate: float, burst: float) -> TokenBucket:
    """Return what AWS throttles with, on that clock."""
    return TokenBucket(rate, burst, clock)


@dataclass
class Outcome:
    """What became of calls that a pace has let start."""

    seconds: float = 0.0
    accepted: int = 0
    throttled: int = 0
    most_in_flight: int = 0

    @property
    def share(self) -> float:
        """The part of the calls that was throttled."""
        return self.throttled / (self.accepted + self.throttled)


@dataclass
class Account:
    """AWS as the calls of one operation see it.

    Attributes:
        tokens: Its throttle; None lets everything pass.
        latency: Seconds that an answer takes, a tenth more or less each time.
        throttle_latency: Seconds that it takes to be throttled; None means as long as an answer.
        chance: Where luck comes from.
    """

    clock: Clock
    tokens: TokenBucket | None
    latency: float = 0.2
    throttle_latency: float | None = None
    chance: random.Random = field(default_factory=lambda: luck(0))

    def take(self) -> bool:
        """Tell whether a call that arrives now is let in."""
        return self.tokens is None or self.tokens.take()

    def delay(self, *, taken: bool) -> float:
        """Return how long an answer takes."""
        latency = self.latency
        if not taken and self.throttle_latency is not None:
            latency = self.throttle_latency
        return latency * self.chance.uniform(0.9, 1.1)

    def journey(self) -> float:
        """Return how long a call takes to arrive."""
        return min(0.005, self.latency / 10) * self.chance.random()


def run_paced(
    pace: Pace,
    account: Account,
    calls: int,
    *,
    concurrency: int = 32,
    ready: Callable[[float], int] | None = None,
) -> Outcome:
    """Make calls as fast as a pace lets, throttled ones again, and return what became of them.

    Args:
        pace: Decides when a call starts.
        account: Answers.
        calls: How many are to be accepted.
        concurrency: How many may be in flight.
        ready: How many of them are known at a moment; None means all.
    """
    clock, outcome = account.clock, Outcome()
    waiting, known = 0, 0  # throttled before; started before

    def start() -> None:
        started = clock.now
        pace.start(started)
        outcome.most_in_flight = max(outcome.most_in_flight, pace.in_flight)

        def arrive() -> None:
            taken = account.take()
            clock.at(clock.now + account.delay(taken=taken), lambda: answer(taken))

        def answer(taken: bool) -> None:  # noqa: FBT001 - of a plan
            nonlocal waiting
            if taken:
                outcome.accepted += 1
                pace.accept(started, clock.now)
            else:
                outcome.throttled += 1
                waiting += 1
                pace.throttle(started, clock.now)

        clock.at(started + account.journey(), arrive)

    while outcome.accepted < calls:
        some = waiting > 0 or known < (calls if ready is None else min(calls, ready(clock.now)))
        delay = pace.ready_in(clock.now) if some and pace.in_flight < concurrency else None
        if delay == 0:
            waiting, known = (waiting - 1, known) if waiting else (0, known + 1)
            start()
        elif delay is not None:
            clock.advance(clock.now + delay)
        else:
            clock.advance(clock.now + 0.01 if clock.next_plan == float("inf") else clock.next_plan)
    outcome.seconds = clock.now
    return outcome


@dataclass(eq=False)
class Job:
    """One call that has been submitted."""

    lane: Lane
    call: Callable[[], Any]
    until: Until
    future: Future[Any]
    attempts: Attempts
    queue: str = "first"
    earliest: float = 0.0
    began: float = 0.0
    started: float = 0.0
    error: Exception | None = None


@dataclass(eq=False)
class Lane:
    """The calls of one operation."""

    pace: Pace
    waiting: list[Job] = field(default_factory=list)


class VirtualCalls:
    """What the pacer does, on a virtual clock and in one thread.

    Args:
        clock: The clock.
        chance: Where luck comes from: latencies, jitter.
        concurrency: How many calls may be in flight.
        latency: Seconds that a call takes at most; it takes effect in the middle.
    """

    def __init__(
        self,
        clock: Clock,
        chance: random.Random,
        *,
        concurrency: int = 8,
        latency: float = 0.4,
    ) -> None:
        self.clock = clock
        self.most_in_flight = 0
        self._chance = chance
        self._concurrency = concurrency
        self._latency = latency
        self._lanes: dict[str, Lane] = {}
        self._busy = 0

    def submit(self, operation: str, call: Callable[[], Any], until: Until) -> Future[Any]:
        """Take a call as soon as there is room for it."""
        lane = self._lanes.setdefault(operation, Lane(Pace(self._chance.random)))
        until.check()
        while self._busy >= self._concurrency or any(job.queue == "first" for job in lane.waiting):
            self._step()
            until.check()
        self._busy += 1
        job = Job(lane, call, until, Future(), Attempts(self._chance.random))
        lane.waiting.append(job)
        self._start_what_can()
        return job.future

    def wait(self, futures: Collection[Future[Any]]) -> list[Future[Any]]:
        """Let time pass until one of the futures is done."""
        while not any(future.done() for future in futures):
            self._step()
        return [future for future in futures if future.done()]

    def pause(self, seconds: float, until: Until) -> None:
        """Let so much time pass."""
        until.check(seconds)
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.clock.advance(end)
            self._start_what_can()
        until.check()

    def _step(self) -> None:
        """Let the next thing happen, or fail because nothing ever will."""
        moments = [self.clock.next_plan]
        for lane in self._lanes.values():
            for job in lane.waiting:
                delay = lane.pace.ready_in(self.clock.now)
                if delay is not None:
                    moments.append(max(self.clock.now + delay, job.earliest))
                if job.until.deadline is not None:
                    moments.append(job.until.deadline)
        assert min(moments) < float("inf"), "the drain waits for something that never happens"
        self.clock.advance(min(moments))
        self._start_what_can()

    def _start_what_can(self) -> None:
        for lane in self._lanes.values():
            for job in sorted(lane.waiting, key=lambda job: job.queue != "again"):
                delay = lane.pace.ready_in(self.clock.now)
                try:
                    job.until.check(max(delay or 0.0, job.earliest - self.clock.now))
                except Halted as halted:
                    halted.__cause__ = job.error
                    lane.waiting.remove(job)
                    self._end(job, halted)
                    continue
                if delay == 0 and job.earliest <= self.clock.now:
                    lane.waiting.remove(job)
                    self._try(job)

    def _try(self, job: Job) -> None:
        pace = job.lane.pace
        pace.start(self.clock.now)
        self.most_in_flight = max(self.most_in_flight, pace.in_flight)
        job.started = self.clock.now
        job.began = job.began or job.started
        latency = self._latency * self._chance.uniform(0.2, 1)
        self.clock.at(job.started + latency / 2, lambda: self._take_effect(job, latency / 2))

    def _take_effect(self, job: Job, rest: float) -> None:
        try:
            result = job.call()
        except Exception as error:  # noqa: BLE001 - as in the pacer
            job.error = error
            self.clock.at(self.clock.now + rest, lambda: self._fail(job))
        else:
            self.clock.at(self.clock.now + rest, lambda: self._succeed(job, result))

    def _succeed(self, job: Job, result: Any) -> None:
        job.lane.pace.accept(job.started, self.clock.now)
        self._end(job, None, result)

    def _fail(self, job: Job) -> None:
        assert job.error is not None
        pace, now = job.lane.pace, self.clock.now
        if is_throttle(job.error):
            pace.throttle(job.started, now)
            job.queue = "again"
        else:
            pace.end(now)
            job.queue = "later"
        delay = job.attempts.wait_after(job.error, now - max(job.began, pace.heard))
        if delay is None:
            self._end(job, job.error)
            return
        job.earliest = now + delay
        job.lane.waiting.append(job)

    def _end(self, job: Job, error: Exception | None, result: Any = None) -> None:
        self._busy -= 1
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)
