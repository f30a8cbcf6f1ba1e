"""A token bucket: what AWS throttles with."""

import time
from collections.abc import Callable


class TokenBucket:
    """Admits `rate` calls a second on average and up to `burst` calls at once.

    ECR's own words: each account has a bucket of credits that are replenished at a rate
    (docs.aws.amazon.com/AmazonECR/latest/userguide/common-errors.html). A new bucket is full.
    """

    def __init__(
        self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._filled_at = clock()
        self._rate = rate
        self._burst = burst
        self._tokens = burst

    def change(self, rate: float, burst: float) -> None:
        """Go on with another rate and burst; what the bucket holds stays, up to the burst."""
        self._fill()
        self._rate = rate
        self._burst = burst

    def take(self) -> bool:
        """Take one token; answer False, and take nothing, when there is none."""
        self._fill()
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
        self._filled_at = now
