"""How long calls may start."""

from __future__ import annotations

import threading

import pytest

from ecrdrain.engine import Limits
from ecrdrain.engine.limits import Halted
from tests.unit.engine.simulation import Clock


def test_without_limits_there_is_no_end() -> None:
    """However far ahead one asks."""
    Limits().check(ahead=1e9)


def test_a_call_may_start_before_the_deadline_and_not_at_it() -> None:
    """The deadline is a moment of the clock that is handed in."""
    clock = Clock()
    limits = Limits(5.0, clock=clock)
    limits.check(ahead=4.9)
    with pytest.raises(Halted, match=r"^deadline$"):
        limits.check(ahead=5.0)
    clock.advance(5.0)
    with pytest.raises(Halted, match=r"^deadline$"):
        limits.check()


def test_an_interrupt_comes_before_the_deadline() -> None:
    """Both hold: the interrupt is what somebody has asked for."""
    stop = threading.Event()
    stop.set()
    with pytest.raises(Halted) as halted:
        Limits(0.0, stop).check()
    assert (str(halted.value), halted.value.unheard) == ("interrupt", False)


def test_a_pause_that_would_outlast_the_deadline_is_not_begun() -> None:
    """No call could start after it."""

    class NoWaiting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            raise AssertionError(timeout)

    with pytest.raises(Halted, match=r"^deadline$"):
        Limits(5.0, NoWaiting(), Clock()).pause(5.0)


def test_an_interrupt_ends_a_pause() -> None:
    """Nobody waits for the rest of it."""
    stop = threading.Event()
    waits: list[float | None] = []

    class Interrupted(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout)
            self.set()
            return True

    stop = Interrupted()
    with pytest.raises(Halted, match=r"^interrupt$"):
        Limits(stop=stop).pause(30.0)
    assert waits == [30.0]


def test_a_pause_ends_by_itself() -> None:
    """Then a call may start."""
    Limits().pause(0.0)
