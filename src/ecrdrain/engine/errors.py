"""AWS errors, recognised by class and by code."""

from ecrdrain.engine.report import CallError

REPOSITORY_NOT_FOUND = "RepositoryNotFoundException"

DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

INVALID_PARAMETER = "InvalidParameterException"

TOO_MANY_REQUESTS = 429

TRANSIENTS = frozenset({"ServerException", "RequestTimeout", "RequestTimeoutException"})
"""Codes that stand for a failure of the moment, whatever the HTTP status.

ECR's ServerException is a server-side issue (its API reference); the others are botocore's
(botocore.retries.standard).
"""

THROTTLES = frozenset(
    {
        # ECR's own word for it (ECR user guide, "HTTP 429: Too Many Requests").
        "ThrottleException",
        # Of what botocore takes for throttling (botocore.retries.standard), what is not another
        # service's own.
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
    }
)


def aws_errors() -> tuple[type[Exception], ...]:
    """Return the classes of everything that a boto3 call raises.

    A function, so that botocore is imported only once an error has to be matched.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - see above

    return BotoCoreError, ClientError, ResponseParserError


def error_code(error: BaseException) -> str:
    """Return AWS's code for an error, or the class's name for one that never reached AWS."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def error_message(error: BaseException) -> str:
    """Return AWS's message for an error, or the error's own."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        return str(response.get("Error", {}).get("Message", ""))
    return str(error)


def error_words(error: BaseException) -> str:
    """Return an error's code and message."""
    return f"{error_code(error)}: {error_message(error)}"


def http_status(error: BaseException | None) -> int:
    """Return the HTTP status of AWS's answer, or 0 when there was none."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return 0
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def is_throttle(error: BaseException) -> bool:
    """Tell whether AWS refused a call for coming too fast."""
    return error_code(error) in THROTTLES or http_status(error) == TOO_MANY_REQUESTS


def is_transient(error: BaseException) -> bool:
    """Tell whether the same call may well succeed: a server's error, or a lost connection."""
    from botocore.exceptions import ConnectionError as Unreachable  # noqa: PLC0415 - see above
    from botocore.exceptions import HTTPClientError  # noqa: PLC0415 - see above
    from botocore.parsers import ResponseParserError  # noqa: PLC0415 - see above

    return (
        isinstance(error, HTTPClientError | Unreachable | ResponseParserError)
        or error_code(error) in TRANSIENTS
        or http_status(error) >= 500  # noqa: PLR2004 - HTTP's server errors
    )


def call_error(operation: str, error: BaseException) -> CallError:
    """Describe an error as the end of a drain."""
    return CallError(operation, error_code(error), error_message(error))


def was_refused(error: BaseException | None) -> bool:
    """Tell whether AWS turned a call down, so that it certainly had no effect.

    A server error or a lost connection leaves that open.
    """
    return 400 <= http_status(error) < 500  # noqa: PLR2004 - HTTP's client errors


def is_denied(error: BaseException) -> bool:
    """Tell whether IAM does not allow a call."""
    return error_code(error) in DENIALS
