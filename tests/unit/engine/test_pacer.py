"""The pacer's threads: real ones, on calls that do not wait for anything but each other."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.engine import Pacer, Until
from ecrdrain.engine.calls import Halted
from tests.unit.engine.errors import aws_error, denied, server_error, throttled

if TYPE_CHECKING:
    from collections.abc import Callable

EVER = Until()
PATIENT = 60.0
"""Seconds after which a test that would hang fails instead."""


def quick_pacer(concurrency: int = 32) -> Pacer:
    """Return a pacer whose clock runs a thousand times as fast."""
    return Pacer(concurrency, clock=lambda: time.monotonic() * 1_000)


def failing(*errors: Exception, result: str = "done") -> Callable[[], str]:
    """Return a call that raises these errors, one a time, and then succeeds."""
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return result

    return call


def test_calls_run_side_by_side_up_to_the_concurrency() -> None:
    """Four calls meet at a barrier for four; a fifth waits for room."""
    pacer = Pacer(concurrency=4)
    barrier = threading.Barrier(4)
    futures = [pacer.submit("Op", lambda: barrier.wait(PATIENT), EVER) for _ in range(8)]
    assert sorted(future.result(PATIENT) for future in futures) == [0, 0, 1, 1, 2, 2, 3, 3]


def test_no_more_threads_than_concurrency_and_none_stays() -> None:
    """Threads come with calls and go with them."""
    pacer = Pacer(concurrency=3)
    seen: set[int] = set()
    most = 0
    lock = threading.Lock()
    running = 0

    def call() -> None:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
            seen.add(threading.get_ident())
        with lock:
            running -= 1

    futures = [pacer.submit("Op", call, EVER) for _ in range(20)]
    for future in futures:
        future.result(PATIENT)
    assert 1 <= most <= 3
    for thread in threading.enumerate():
        if thread.name == "ecrdrain":
            thread.join(PATIENT)
    assert not any(thread.name == "ecrdrain" for thread in threading.enumerate())
    assert pacer.state()["Op"].in_flight == pacer.state()["Op"].waiting == 0


def test_throttled_calls_are_made_again_until_they_pass() -> None:
    """The caller hears nothing of it but the result; the state tells."""
    pacer = quick_pacer()
    future = pacer.submit("Op", failing(throttled(), throttled(), throttled()), EVER)
    assert future.result(PATIENT) == "done"
    assert pacer.state()["Op"].throttled == 3


def test_calls_that_failed_at_aws_are_made_again() -> None:
    """A server error is no answer."""
    pacer = quick_pacer()
    assert pacer.submit("Op", failing(server_error()), EVER).result(PATIENT) == "done"


@pytest.mark.parametrize("error", [denied(), ValueError("a mistake")])
def test_a_call_that_fails_for_good_raises_its_error(error: Exception) -> None:
    """The future carries what the call raised, whole."""
    future = quick_pacer().submit("Op", failing(error), EVER)
    assert future.exception(PATIENT) is error


def test_a_throttle_slows_its_own_operation_alone() -> None:
    """Each operation has its own limit on AWS, and its own pace here."""
    pacer = quick_pacer()
    pacer.submit("Slow", failing(throttled()), EVER).result(PATIENT)
    pacer.submit("Quick", failing(), EVER).result(PATIENT)
    state = pacer.state()
    assert state["Slow"].rate < state["Quick"].rate
    assert state["Quick"].throttled == 0


def test_while_a_throttled_call_waits_no_new_one_of_its_operation_starts() -> None:
    """What AWS has refused goes first: here it waits for so long that the new one is halted."""
    pacer = Pacer()
    pacer.submit("Op", failing(), EVER).result(PATIENT)
    pacer._lanes["Op"].waiting["again"] += 1
    halted = pacer.submit("Op", failing(), Until(time.monotonic() + 0.05)).exception(PATIENT)
    assert isinstance(halted, Halted)
    pacer._lanes["Op"].waiting["again"] -= 1
    assert pacer.submit("Op", failing(), EVER).result(PATIENT) == "done"


def test_nothing_starts_after_the_deadline() -> None:
    """A deadline that is over halts at once; one that comes before the turn does, too."""
    pacer = Pacer()
    with pytest.raises(Halted, match="deadline"):
        pacer.submit("Op", failing(), Until(time.monotonic()))
    late = Until(time.monotonic() + 3_600)
    future = pacer.submit("Op", failing(throttled(), result="in time"), late)
    assert future.result(PATIENT) == "in time"


def test_a_repeat_that_would_come_after_the_deadline_is_given_up_with_its_cause() -> None:
    """The outcome says both: that the time is over, and what kept the call from passing."""
    pacer = Pacer(clock=lambda: 0.0)
    until = Until(0.0005, clock=lambda: 0.0)
    error = throttled()
    halted = pacer.submit("Op", failing(error, error), until).exception(PATIENT)
    assert isinstance(halted, Halted)
    assert halted.reason == "deadline"
    assert halted.__cause__ is error


def test_an_interrupt_lets_calls_in_flight_finish_and_no_other_start() -> None:
    """What waits for room or for its turn is halted; what AWS works on is answered."""
    pacer = Pacer(concurrency=1)
    stop, begun, go = threading.Event(), threading.Event(), threading.Event()
    until = Until(stop=stop)

    def call() -> bool:
        begun.set()
        return go.wait(PATIENT)

    running = pacer.submit("Op", call, until)
    begun.wait(PATIENT)
    halted: Future[Any] = Future()

    def wait_for_room() -> None:
        try:
            pacer.submit("Op", failing(), until)
        except Halted as error:
            halted.set_result(error.reason)

    waiter = threading.Thread(target=wait_for_room)
    waiter.start()
    stop.set()
    assert halted.result(PATIENT) == "interrupt"
    waiter.join(PATIENT)
    go.set()
    assert running.result(PATIENT) is True


def test_a_pause_ends_with_the_interrupt_and_is_not_begun_when_it_would_outlast_the_time() -> None:
    """Nobody waits for time that will not be used."""
    stop = threading.Event()
    timer = threading.Timer(0.01, stop.set)
    timer.start()
    with pytest.raises(Halted, match="interrupt"):
        Pacer().pause(PATIENT, Until(stop=stop))
    timer.join()
    with pytest.raises(Halted, match="deadline"):
        Pacer().pause(PATIENT, Until(time.monotonic() + 1))
    Pacer().pause(0.001, EVER)


def test_waiting_returns_the_futures_that_are_done() -> None:
    """One that is done is enough."""
    pacer = Pacer()
    go = threading.Event()
    slow = pacer.submit("Slow", lambda: go.wait(PATIENT), EVER)
    quick = pacer.submit("Quick", failing(), EVER)
    assert pacer.wait([slow, quick]) == {quick}
    go.set()
    assert slow.result(PATIENT) is True


def test_drains_of_one_account_and_region_share_a_pacer_while_they_last() -> None:
    """The same key gives the same pacer, with room for the largest wish; later, a new one."""
    one = Pacer.shared("eu-west-1", 4)
    assert Pacer.shared("eu-west-1", 9) is one
    assert Pacer.shared("eu-west-1", 2).concurrency == 9
    assert Pacer.shared("us-east-1") is not one
    one.submit("Op", failing(), EVER).result(PATIENT)
    del one
    gc.collect()
    assert Pacer.shared("eu-west-1", 4).state() == {}


def test_a_thread_that_cannot_be_had_is_the_callers_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container may allow no more threads: that call is not counted as one under way."""
    pacer = Pacer(concurrency=1)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError):
            pacer.submit("Op", failing(), EVER)
    assert pacer.submit("Op", failing(), EVER).result(PATIENT) == "done"


def test_a_refusal_after_server_errors_is_what_is_raised() -> None:
    """The error that ended the tries is the one to act upon."""
    refusal = aws_error("ExpiredTokenException")
    future = quick_pacer().submit("Op", failing(server_error(), refusal), EVER)
    assert future.exception(PATIENT) is refusal
