"""The function's way to make calls: one by one, again when it can help, and never past the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from ecrdrain.engine.calls import Halted, Until
from ecrdrain.resource.one_by_one import MOST_STUMBLES, OneByOne
from tests.unit.resource.stage import client_error

THROTTLE = client_error("ThrottlingException", "ListImages")
SERVER = client_error("ServerException", "ListImages", 500)
LOST = EndpointConnectionError(endpoint_url="https://ecr.example")
DENIED = client_error("AccessDeniedException", "ListImages")


@dataclass
class Clock:
    """A clock that waiting moves."""

    time: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.waits.append(seconds)
        self.time += seconds


def outcome(*answers: object, deadline: float | None = None) -> tuple[Any, Clock]:
    """Make a call that ends in these ways, one after the other."""
    clock = Clock()
    left = list(answers)

    def call() -> object:
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    until = Until(deadline, clock=lambda: clock.time)
    return OneByOne(clock.sleep).submit("ListImages", call, until), clock


def test_a_call_is_made_at_once_and_its_future_is_done() -> None:
    """Nothing waits, and nothing is left to wait for."""
    future, clock = outcome("answer")
    assert future.result() == "answer"
    assert clock.waits == []
    assert OneByOne(clock.sleep).wait([future]) == [future]


@pytest.mark.parametrize("error", [THROTTLE, SERVER, LOST])
def test_what_can_help_is_tried_again_after_growing_rests(error: Exception) -> None:
    """Throttles, server errors and lost connections are tried again, later each time."""
    future, clock = outcome(error, error, error, "answer")
    assert future.result() == "answer"
    assert len(clock.waits) == 3
    assert 0.1 <= clock.waits[0] <= 0.2
    assert 0.4 <= clock.waits[2] <= 0.8


def test_a_rest_has_a_limit() -> None:
    """However long AWS throttles, the next try is at most eight seconds away."""
    future, clock = outcome(*[THROTTLE] * 40, "answer")
    assert future.result() == "answer"
    assert max(clock.waits) <= 8


@pytest.mark.parametrize("error", [SERVER, LOST])
def test_stumbling_on_and_on_is_a_failure(error: Exception) -> None:
    """After ten server errors or lost connections the call has failed with the last of them."""
    future, _ = outcome(*[error] * 20)
    assert future.exception() is error
    assert MOST_STUMBLES == 10


def test_what_cannot_help_is_not_tried_again() -> None:
    """A refusal is the caller's at once."""
    future, clock = outcome(DENIED, "answer")
    assert future.exception() is DENIED
    assert clock.waits == []


def test_no_call_starts_after_the_deadline() -> None:
    """A rest that would end after it ends the drain instead."""
    with pytest.raises(Halted, match="deadline"):
        outcome("answer", deadline=0.0)
    with pytest.raises(Halted, match="deadline"):
        outcome(*[THROTTLE] * 100, deadline=5.0)


def test_a_mistake_of_ours_is_not_hidden_in_the_future() -> None:
    """What is no error of AWS is raised where it happened."""
    with pytest.raises(ZeroDivisionError):
        outcome(ZeroDivisionError())
