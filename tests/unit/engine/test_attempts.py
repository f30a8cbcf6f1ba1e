"""Which failed calls are tried again, when, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.parsers import ResponseParserError
from ecrdrain.engine.attempts import LONGEST_WAIT, MOST_TRIES, PATIENCE, Attempts

from ecrdrain.engine.errors import aws_errors, is_throttle, is_transient, was_refused
from tests.unit.engine.errors import (
    aws_error,
    denied,
    server_error,
    throttled,
    unanswered,
    unavailable,
    unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def waits(error: Exception, chance: float) -> Iterator[float]:
    """Yield the waits of one call that fails with this each time, until it has failed."""
    attempts = Attempts(lambda: chance)
    while (wait := attempts.wait_after(error, silence=0.0)) is not None:
        yield wait


@pytest.mark.parametrize("error", [server_error(), unavailable(), unreachable(), unanswered()])
def test_server_errors_and_lost_connections_are_tried_ten_times(error: Exception) -> None:
    """The tenth failure is the last one; the waits between double up to a limit."""
    longest = list(waits(error, chance=1.0))
    assert len(longest) == MOST_TRIES - 1
    assert longest[:3] == [0.4, 0.8, 1.6]
    assert longest[-1] == LONGEST_WAIT


def test_waits_are_a_matter_of_chance() -> None:
    """Calls that failed together are not tried again together."""
    assert list(waits(server_error(), chance=0.0)) == [0.0] * (MOST_TRIES - 1)


def test_throttled_calls_are_tried_for_as_long_as_others_pass() -> None:
    """Throttles are not counted; only a long silence of AWS ends it."""
    attempts = Attempts()
    assert all(attempts.wait_after(throttled(), PATIENCE - 1) == 0 for _ in range(100))
    assert attempts.wait_after(throttled(), PATIENCE) is None


@pytest.mark.parametrize(
    "error",
    [
        denied(),
        aws_error("InvalidParameterException"),
        aws_error("ExpiredTokenException"),
        NoCredentialsError(),
        KeyError("imageDigest"),
    ],
)
def test_what_would_fail_again_is_not_repeated(error: Exception) -> None:
    """A refusal, missing credentials or a mistake of ours goes to the caller at once."""
    assert list(waits(error, chance=1.0)) == []


@pytest.mark.parametrize(
    "error",
    [throttled(), aws_error("ThrottleException", 429), aws_error("Unheard", 429)],
)
def test_throttles_are_known_by_code_or_status(error: Exception) -> None:
    """Whatever the code, HTTP 429 stands for too many requests."""
    assert is_throttle(error)
    assert not is_throttle(server_error())


def test_a_garbled_answer_is_one_of_the_errors_of_aws_and_transient() -> None:
    """A proxy's page in the place of AWS's answer is no reason to give up."""
    assert issubclass(ResponseParserError, aws_errors())
    assert is_transient(ResponseParserError("<html>"))


def test_only_an_answer_with_a_client_error_is_a_refusal() -> None:
    """What a server error or a lost connection did is unknown."""
    assert was_refused(denied())
    assert was_refused(throttled())
    assert not any(map(was_refused, [server_error(), unanswered(), None]))
