"""The pace of one operation against simulated accounts: nothing here takes real time."""

from __future__ import annotations

import pytest
from ecrdrain.engine.pace import FIRST_CALLS, SETTLING, SLOWEST, Pace

from tests.unit.engine.virtual import Account, Clock, Outcome, bucket, luck, run_paced

CALLS = 500  # 50,000 images
LISTS = 51
SEEDS = range(4)


def paced(  # noqa: PLR0913 - what an account can be like
    rate: float | None,
    burst: float = 1,
    *,
    calls: int = CALLS,
    latency: float = 0.2,
    throttle_latency: float | None = 0.01,
    seed: int = 0,
) -> Outcome:
    """Make calls on an account with this limit."""
    clock, chance = Clock(), luck(seed)
    tokens = None if rate is None else bucket(clock, rate, burst)
    account = Account(clock, tokens, latency, throttle_latency, chance)
    return run_paced(Pace(chance.random), account, calls)


def limit_of(rate: float) -> float:
    """Return the seconds that are allowed at a limit: a tenth over the best, and five."""
    return 1.1 * CALLS / rate + 5


def share_of(outcome: Outcome) -> float:
    """Return the part of all calls that was throttled; a drain lists as well."""
    return outcome.throttled / (outcome.accepted + outcome.throttled + LISTS)


@pytest.mark.parametrize("burst", [2, 5, 10, 20, 50, 100, 200])
@pytest.mark.parametrize("rate", [2, 10, 50])
@pytest.mark.parametrize("seed", SEEDS)
def test_an_unknown_limit_costs_a_tenth_and_few_throttled_calls(
    rate: float, burst: float, seed: int
) -> None:
    """500 calls take at most 1.1 x (500 / limit) + 5 s, with at most 3 % throttled."""
    outcome = paced(rate, burst, seed=seed)
    assert outcome.seconds <= limit_of(rate)
    assert share_of(outcome) <= 0.03


@pytest.mark.parametrize("rate", [2, 10, 50])
@pytest.mark.parametrize("seed", SEEDS)
def test_a_bucket_that_saves_nothing_costs_a_fifth(rate: float, seed: int) -> None:
    """Without any burst, each unused moment is lost; that costs 1.2 x (500 / limit) + 5 s."""
    outcome = paced(rate, 1, seed=seed)
    assert outcome.seconds <= 1.2 * CALLS / rate + 5
    assert share_of(outcome) <= 0.03


@pytest.mark.parametrize("burst", [1, 10, 100])
@pytest.mark.parametrize("rate", [2, 10, 50])
@pytest.mark.parametrize("latency", [0.02, 0.2, 2.0])
def test_an_account_that_throttles_as_slowly_as_it_answers_is_bearable(
    rate: float, burst: float, latency: float
) -> None:
    """Many are in flight by the time of the first word of it; still few are throttled."""
    outcome = paced(rate, burst, latency=latency, throttle_latency=None)
    assert outcome.share <= (0.05 if latency < 1 else 0.15)


def test_without_a_limit_it_is_ten_times_as_fast_as_one_after_the_other() -> None:
    """100 calls of 300 ms, known as a listing of 100 ms a page shows them, take under 3 s."""
    clock = Clock()
    account = Account(clock, None, latency=0.3)
    outcome = run_paced(Pace(), account, 100, ready=lambda now: 10 * int(now / 0.1))
    assert outcome.seconds < (100 * 0.3 + 10 * 0.1) / 10
    assert outcome.throttled == 0


def test_a_limit_that_rises_is_found() -> None:
    """From 10 to 30 calls a second: 750 more calls take less than twice the best."""
    outcome = changed(10, 30, burst=10)
    assert outcome.seconds <= 25 + 2 * 750 / 30
    assert outcome.share <= 0.06


def test_a_limit_that_falls_is_found() -> None:
    """From 30 to 5 calls a second: what is throttled meanwhile stays below 6 %."""
    outcome = changed(30, 5, burst=30)
    assert outcome.seconds <= 1.2 * (250 / 30 + 750 / 5)
    assert outcome.share <= 0.06


def changed(before: float, after: float, burst: float) -> Outcome:
    """Make 1,000 calls on an account whose limit changes after 250 of them."""
    clock, chance = Clock(), luck(1)
    tokens = bucket(clock, before, burst)
    clock.at(250 / before, lambda: tokens.change(after, burst))
    return run_paced(Pace(chance.random), Account(clock, tokens, 0.2, 0.01, chance), 1_000)


def test_after_an_outage_it_comes_back() -> None:
    """Two minutes in which AWS throttles everything cost few calls, and a while to come back."""
    clock, chance = Clock(), luck(2)
    tokens = bucket(clock, 10, 10)
    clock.at(20, lambda: tokens.change(0, 0))
    clock.at(140, lambda: tokens.change(10, 10))
    outcome = run_paced(Pace(chance.random), Account(clock, tokens, 0.2, 0.01, chance), 800)
    assert outcome.throttled <= 60
    assert outcome.seconds <= 140 + 5 * 60


def test_at_first_few_calls_are_in_flight() -> None:
    """Before the first answer nothing is known: more calls than a handful have to wait."""
    pace = Pace()
    started = 0
    while pace.ready_in(10.0 * started) == 0:
        pace.start(10.0 * started)
        started += 1
    assert started == pace.in_flight == FIRST_CALLS
    assert pace.ready_in(1e9) is None


def test_after_a_throttle_nothing_starts_before_all_calls_have_ended() -> None:
    """What is in flight when AWS throttles tells how fast is too fast."""
    pace = Pace()
    for moment in (0.0, 0.1, 0.2):
        pace.start(moment)
    pace.throttle(0.1, 0.3)
    pace.accept(0.0, 0.3)
    assert pace.ready_in(0.3) == SETTLING
    pace.end(0.4)
    assert pace.in_flight == 0
    assert pace.ready_in(0.4) not in (None, 0)
    assert pace.ready_in(99.0) == 0


def test_a_call_that_hangs_does_not_hold_up_the_others_for_long() -> None:
    """After some seconds the others go on; that it is throttled in the end slows none of them."""
    pace = Pace()
    pace.start(0.0)
    pace.start(0.1)
    pace.throttle(0.1, 0.2)
    assert pace.ready_in(1.0) == pytest.approx(SETTLING - 0.8)
    assert pace.ready_in(0.2 + SETTLING) == 0
    pace.start(6.0)
    pace.throttle(0.0, 6.1)
    assert pace.ready_in(30.0) == 0
    assert (pace.throttles, pace.in_flight) == (2, 1)


def test_it_never_asks_faster_than_the_slowest_rate_when_all_is_throttled() -> None:
    """A thousand throttled calls take hours, and are no less than one in ten seconds or so."""
    pace, now = Pace(lambda: 0.5), 0.0
    for _ in range(1_000):
        now += pace.ready_in(now) or 0.0
        pace.start(now)
        now += 0.01
        pace.throttle(now - 0.01, now)
    assert pace.rate == SLOWEST
    assert 1_000 <= now <= 20_000


def test_time_without_work_does_not_count_as_slowness() -> None:
    """A pause between calls is not taken for a low limit."""
    pace, now = Pace(lambda: 0.5), 0.0
    for number in range(40):
        now += (pace.ready_in(now) or 0.0) + (300.0 if number == 20 else 0.0)
        pace.start(now)
        if number == 5:
            pace.throttle(now, now)
        else:
            pace.accept(now, now)
    now += pace.ready_in(now) or 0.0
    pace.start(now)
    before = pace.rate
    pace.throttle(now, now)
    assert pace.rate >= before / 2
