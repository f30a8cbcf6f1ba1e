"""AWS errors as one value, recognised by class and by code, never by the words of a message."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REPOSITORY_NOT_FOUND = "RepositoryNotFoundException"

INVALID_PARAMETER = "InvalidParameterException"

DENIALS = "AccessDenied", "AccessDeniedException"

TRANSIENTS = "ServerException", "RequestTimeout", "RequestTimeoutException"
"""Codes that stand for a failure of the moment, whatever the HTTP status.

ECR's ServerException is a server-side issue (its API reference); the others are botocore's
(botocore.retries.standard).
"""

THROTTLES = "ThrottleException", "Throttling", "ThrottlingException"
"""Codes that stand for throttling, whatever the HTTP status.

ECR's own word for it (ECR user guide, "HTTP 429: Too Many Requests"), CloudFormation's, and that
of AWS's JSON services (API references, "Common Errors").
"""


@dataclass(frozen=True)
class CallError:
    """A call that failed, and how AWS named the cause.

    Attributes:
        operation: The API operation, such as "ListImages".
        code: AWS's code; the class's name for an error that never reached AWS.
        message: AWS's message, or the error's own.
        status: The HTTP status of AWS's answer; 0 without one.
        lost: Whether the answer, or the way to AWS, was lost.
    """

    operation: str
    code: str
    message: str
    status: int = 0
    lost: bool = False

    @property
    def denied(self) -> bool:
        """Whether IAM does not allow the call."""
        return self.code in DENIALS

    @property
    def throttled(self) -> bool:
        """Whether AWS refused the call for coming too fast."""
        return self.code in THROTTLES or self.status == 429  # noqa: PLR2004 - HTTP's "Too Many Requests"

    @property
    def passing(self) -> bool:
        """Whether the same call may well succeed later."""
        if self.status >= 500:  # noqa: PLR2004 - HTTP's server errors
            return True
        return self.throttled or self.lost or self.code in TRANSIENTS

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def aws_errors() -> tuple[type[Exception], ...]:
    """Return the classes of everything that a boto3 call raises.

    A function, so that botocore is imported only once an error has to be matched.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    return BotoCoreError, ClientError, *lost_errors()


def lost_errors() -> tuple[type[Exception], ...]:
    """Return the classes of what stands for a lost answer, or a lost way to AWS."""
    from botocore.exceptions import ConnectionError, HTTPClientError  # noqa: A004, PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - see above

    return ConnectionError, HTTPClientError, ResponseParserError


def call_error(error: BaseException, operation: str = "") -> CallError:
    """Read an error that a boto3 call has raised.

    Args:
        error: Of one of the classes of `aws_errors`.
        operation: The API operation, for errors that do not tell it: those that never reached AWS.
    """
    operation = operation or str(getattr(error, "operation_name", ""))
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return answer_error(operation, response)
    lost = isinstance(error, lost_errors())
    return CallError(operation, type(error).__name__, str(error), lost=lost)


def answer_error(operation: str, answer: Mapping[str, Any]) -> CallError:
    """Read an answer of AWS that is an error, as botocore parses it."""
    said = answer.get("Error", {})
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return CallError(operation, said.get("Code", "Unknown"), said.get("Message", ""), status)
