"""AWS's errors, read off what boto3 raises."""

from __future__ import annotations

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.parsers import ResponseParserError

from ecrdrain.engine import CallError
from ecrdrain.engine.errors import aws_errors, call_error
from tests.unit.engine.errors import (
    aws_error,
    denied,
    server_error,
    throttled,
    unanswered,
    unavailable,
    unreachable,
)


def test_an_answer_of_aws_is_read_by_its_code() -> None:
    """With its message, its HTTP status, and the operation that it names."""
    assert call_error(denied()) == CallError(
        "BatchDeleteImage", "AccessDeniedException", "not authorized", 400
    )
    assert call_error(denied(), "ListImages").operation == "ListImages"
    assert str(call_error(denied())) == "AccessDeniedException: not authorized"


def test_an_error_that_never_reached_aws_is_read_by_its_class() -> None:
    """Nobody names its operation but the caller."""
    error = call_error(NoCredentialsError(), "ListImages")
    assert (error.operation, error.code, error.status) == ("ListImages", "NoCredentialsError", 0)
    assert error.message == "Unable to locate credentials"
    assert call_error(NoCredentialsError()).operation == ""


@pytest.mark.parametrize(
    "code",
    ["AccessDenied", "AccessDeniedException"],
)
def test_a_denial_is_known_by_its_code(code: str) -> None:
    """It will not pass."""
    error = call_error(aws_error(code))
    assert (error.denied, error.throttled, error.passing) == (True, False, False)


@pytest.mark.parametrize(
    "error",
    [
        throttled(),
        aws_error("ThrottleException"),
        aws_error("TooManyRequestsException", 429),
        aws_error("Whatever", 429),
        aws_error("Throttling"),
    ],
)
def test_a_throttle_is_known_by_its_code_or_its_status(error: Exception) -> None:
    """It passes."""
    read = call_error(error)
    assert (read.denied, read.throttled, read.passing) == (False, True, True)


@pytest.mark.parametrize(
    "error",
    [
        server_error(),
        aws_error("ServerException"),
        unavailable(),
        aws_error("RequestTimeout"),
        unanswered(),
        unreachable(),
        ResponseParserError("not JSON"),
    ],
)
def test_what_may_well_succeed_later_passes_and_is_no_throttle(error: Exception) -> None:
    """Failures at AWS, lost answers, and lost ways to it."""
    assert isinstance(error, aws_errors())
    read = call_error(error)
    assert (read.denied, read.throttled, read.passing) == (False, False, True)


@pytest.mark.parametrize("error", [aws_error("InvalidParameterException"), NoCredentialsError()])
def test_other_errors_stay(error: Exception) -> None:
    """The same call would fail again."""
    assert isinstance(error, aws_errors())
    assert not call_error(error).passing


def test_an_answer_without_a_code_has_an_unknown_one() -> None:
    """Nothing is read out of it."""
    empty = aws_error("x")
    empty.response.clear()  # type: ignore[attr-defined]
    assert call_error(empty) == CallError("BatchDeleteImage", "Unknown", "", 0)
