"""How fast the calls of one operation may come: the decision alone, without clock or threads.

AWS throttles with a token bucket for each operation, account and region: it fills at a steady
rate up to a burst, and each call takes a token (ECR user guide, "HTTP 429: Too Many Requests";
for GetAuthorizationToken it names 20 a second and a burst of 200). For the operations of a drain
both numbers are unpublished, so they have to be found while working.

After a throttled call the bucket is empty. From then on AWS accepts as many calls as it gets
tokens: the calls accepted since, over the time gone by, are its rate, the more exactly the longer
that lasts. Only a bucket with a small burst spills tokens that are not taken at once; then the
rate at which throttling began says more. Which of the two to trust is learned on the way.
"""

import random
from collections.abc import Callable

FIRST_CALLS = 8
"""Calls in flight before the first answer; each answer then lets one more be, up to a point."""

OPEN_RATE, OPEN_GAIN, OPEN_LIMIT = 36.0, 0.6, 60.0
"""Calls a second while AWS has throttled none: at first, more with each call, up to a limit.

Fast enough to be ten times as fast as one call after the other; slow enough that few calls are
in flight when the bucket runs dry.
"""

LONG_OPEN = 300
"""Accepted calls after which that limit rises too, by a tenth of a call a second for each."""

SHORT_CYCLE, LONG_CYCLE = 14, 90
"""Calls at an even rate before a higher one is tried: while guessing, and once it is known."""

SETTLING = 5.0
"""Seconds at most for which a throttle stops all others: a call may hang for much longer."""

LONG_WAIT = 45.0
"""Seconds after which a cycle ends, however few calls it had."""

SLOWEST = 0.1
"""Calls a second at least: how often to ask whether AWS still throttles."""


class Pace:
    """Learns the rate at which AWS accepts the calls of one operation.

    Its caller tells what happens, in the order in which it happens, each with its moment in
    seconds.

    Args:
        chance: Returns a random number from 0 to 1. With it, processes that throttle each other
            do not come back at the same moment.

    Attributes:
        rate: Calls a second that may start now.
        in_flight: Calls that have started and not ended.
        throttles: Calls that AWS has throttled.
        heard: When AWS last accepted a call; 0 before that.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self.rate = OPEN_RATE
        self.in_flight = 0
        self.throttles = 0
        self.heard = 0.0
        self._chance = chance
        self._accepted = 0
        self._next = 0.0
        self._last_start = 0.0
        self._dry: float | None = None  # when the bucket was empty: calls are counted from there
        self._since_dry = 0
        self._last_throttle = 0.0
        self._settling: float | None = None  # until when
        self._settled = 0.0  # when that ended last
        self._base = 0.0  # the rate at which the present cycle began
        self._held = 0.0  # the last such rate that lasted for a whole cycle
        self._cycle = SHORT_CYCLE
        self._cycle_began = 0  # at so many of `_since_dry`
        self._cycle_start = 0.0
        self._trust = 0.6  # in the rate at which throttling began, against the average

    def ready_in(self, now: float) -> float | None:
        """Return in how many seconds a call may start; None: not before another one ends.

        That another one ends can bring the moment nearer, too.
        """
        most = min(FIRST_CALLS + self._accepted, 16 + self._accepted // 10)
        if self._settling is not None:
            if now < self._settling:
                return self._settling - now
            self._settle(now)
        if self.in_flight >= most:
            return None
        return max(0.0, self._next - now)

    def start(self, now: float) -> None:
        """Take that a call starts."""
        gap = 1 / self.rate
        unused = now - self._next - gap
        if self._dry is not None and unused > 0:
            self._dry += unused  # nobody wanted to call: that time says nothing
        self._next = max(self._next, now - gap) + gap
        self._last_start = now
        self.in_flight += 1

    def accept(self, started: float, now: float) -> None:
        """Take that AWS did not throttle a call."""
        self.heard = now
        self._accepted += 1
        if self._dry is None:
            self.rate = min(OPEN_LIMIT, OPEN_RATE + OPEN_GAIN * self._accepted)
            self.rate += max(0, self._accepted - LONG_OPEN) / 10
        elif started > self._dry:
            self._since_dry += 1
            if self._settling is None:
                self._speed_up(now)
        self.end(now)

    def throttle(self, started: float, now: float) -> None:
        """Take that AWS throttled a call: no other starts until those in flight have ended."""
        self.throttles += 1
        if self._settling is None and started >= self._settled:
            self._settling = now + SETTLING
        if self._dry is None:
            self._dry = started
        self._last_throttle = max(self._last_throttle, started)
        self.end(now)

    def end(self, now: float) -> None:
        """Take that a call has ended; by itself, in a way that says nothing of its pace."""
        self.in_flight -= 1
        if self._settling is not None and not self.in_flight:
            self._settle(now)

    def _settle(self, now: float) -> None:
        """Go on after a throttle."""
        self._settling, self._settled = None, now
        self._slow_down()
        self._cycle_start = now
        self._next = max(now, self._last_throttle + (1.5 + self._chance() / 4) / self.rate)

    def _speed_up(self, now: float) -> None:
        """Keep an even rate for a cycle; then try more and more until AWS throttles."""
        calls = self._since_dry - self._cycle_began
        cycles = max(calls / self._cycle, (now - self._cycle_start) / LONG_WAIT)
        if self.rate < max(self._held, 4 * SLOWEST) / 2:
            self.rate *= 1.5  # back from an outage
        elif cycles > 2:  # noqa: PLR2004 - so long after a throttle, the limit has risen
            faster = self.rate * (1 + max(0.01, 0.2 / self._cycle, 0.03 / self.rate))
            self.rate = min(faster, max(OPEN_LIMIT, self.rate + 0.1))
        elif cycles > 1:
            self.rate = self._base * (1 + 0.06 * (cycles - 1) ** 2)

    def _slow_down(self) -> None:
        """Set the rate by what AWS has accepted, now that all calls have been answered."""
        elapsed = self._last_start - (self._dry or 0.0)
        average = self.rate / 2
        if elapsed > 0:
            average = min(self.rate, (self._since_dry + 0.5) / elapsed)
        calls = self._since_dry - self._cycle_began
        if not self._base:
            base = average * 0.9
        elif calls < self._cycle:
            self._trust /= 2
            base = max(average, 0.7 * self.rate)
            self._held = min(self._held, base) if calls else self._held
        else:
            base = max(average ** (1 - self._trust) * self.rate**self._trust, self.rate / 2)
            base *= 0.965 + 0.025 * self._chance()
            self._trust = min(1.0, self._trust + 0.2)
            self._held = base
        base = max(base, SLOWEST)
        steady = calls and 0.75 * self._base < base < 1.33 * self._base
        self._cycle = min(3 * self._cycle, LONG_CYCLE) if steady else SHORT_CYCLE
        self._base = self.rate = base
        if self._since_dry >= 10:  # noqa: PLR2004 - enough for an average
            self._dry, self._since_dry = self._last_throttle, 0
        self._cycle_began = self._since_dry
