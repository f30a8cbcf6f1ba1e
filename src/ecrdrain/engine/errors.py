"""AWS errors, recognised by class and by code."""

from ecrdrain.engine.report import CallError

REPOSITORY_NOT_FOUND = "RepositoryNotFoundException"

DENIALS = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

THROTTLES = frozenset(
    {
        # What botocore's own retry handler takes for throttling (botocore.retries.standard).
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottledException",
        "TooManyRequestsException",
        "ProvisionedThroughputExceededException",
        "TransactionInProgressException",
        "RequestLimitExceeded",
        "BandwidthLimitExceeded",
        "LimitExceededException",
        "RequestThrottled",
        "SlowDown",
        "PriorRequestNotComplete",
        "EC2ThrottledException",
    }
)


def aws_errors() -> tuple[type[Exception], ...]:
    """Return the classes of everything that a boto3 call raises.

    A function, so that botocore is imported only once an error has to be matched.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see above

    return BotoCoreError, ClientError


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


def is_throttle(error: BaseException) -> bool:
    """Tell whether AWS refused a call for coming too fast."""
    return error_code(error) in THROTTLES


def call_error(operation: str, error: BaseException) -> CallError:
    """Describe an error as the end of a drain."""
    return CallError(operation, error_code(error), error_message(error))


def was_refused(error: BaseException) -> bool:
    """Tell whether AWS turned a call down, so that it certainly had no effect.

    A server error or a lost connection leaves that open.
    """
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return False
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return 400 <= status < 500  # noqa: PLR2004 - HTTP's client errors


def is_denied(error: BaseException) -> bool:
    """Tell whether IAM does not allow a call."""
    return error_code(error) in DENIALS
