"""The token bucket, on a clock of its own."""

import pytest

from ecrdrain.lab.strict.throttle import TokenBucket
from tests.unit.lab.strict.clock import Clock


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


def _taken(bucket: TokenBucket, attempts: int) -> int:
    return sum(bucket.take() for _ in range(attempts))


def test_a_new_bucket_admits_its_burst_at_once(clock: Clock) -> None:
    """As many calls as the burst pass without any time going by, and no more."""
    assert _taken(TokenBucket(2, 5, clock), 10) == 5


def test_an_empty_bucket_fills_at_its_rate(clock: Clock) -> None:
    """After the burst, so many calls pass each second as the rate says."""
    bucket = TokenBucket(4, 4, clock)
    _taken(bucket, 4)

    clock.now += 0.5

    assert _taken(bucket, 10) == 2


def test_a_bucket_holds_no_more_than_its_burst(clock: Clock) -> None:
    """A long silence earns one burst, not the calls of all that time."""
    bucket = TokenBucket(4, 8, clock)
    _taken(bucket, 8)

    clock.now += 3600

    assert _taken(bucket, 100) == 8


def test_a_refused_call_costs_nothing(clock: Clock) -> None:
    """Calls that are throttled do not delay the next one that passes."""
    bucket = TokenBucket(1, 1, clock)
    _taken(bucket, 50)

    clock.now += 1

    assert bucket.take()


def test_a_change_keeps_what_was_earned_and_fills_at_the_new_rate(clock: Clock) -> None:
    """Time before a change counts at the old rate, time after it at the new one."""
    bucket = TokenBucket(2, 20, clock)
    _taken(bucket, 20)
    clock.now += 1  # earns 2

    bucket.change(8, 20)
    clock.now += 0.5  # earns 4

    assert _taken(bucket, 100) == 6


def test_a_smaller_burst_spills_what_does_not_fit(clock: Clock) -> None:
    """After a change to a smaller burst no more than that passes at once."""
    bucket = TokenBucket(2, 20, clock)

    bucket.change(2, 3)

    assert _taken(bucket, 100) == 3
