"""What an error says to the person at the terminal: one line with the cause and the remedy."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import typer

from ecrdrain.engine.errors import CallError, aws_errors, call_error
from ecrdrain.engine.raising import SIGN_INS
from ecrdrain.stacks.denials import DeniedError
from ecrdrain.stacks.errors import Interrupted, StacksError, UnknownNameError, WrongNameError
from ecrdrain.stacks.targets import TooManyMatchesError
from ecrdrain.templates import TemplateError

OK = 0
FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130

# The operations of the commands that are not ECR's, by the prefix of their IAM actions.
_PREFIXES = {
    "cloudformation": frozenset(
        {
            "CreateChangeSet",
            "DeleteChangeSet",
            "DeleteStack",
            "DescribeChangeSet",
            "DescribeStackEvents",
            "DescribeStacks",
            "ExecuteChangeSet",
            "GetTemplate",
            "GetTemplateSummary",
            "ListExports",
            "ListImports",
            "ListStackResources",
            "ListStacks",
            "UpdateTerminationProtection",
        }
    ),
    "lambda": frozenset({"GetFunctionConfiguration", "InvokeFunction"}),
    "logs": frozenset({"FilterLogEvents"}),
}

# Operations whose IAM action has another name (Service Authorization Reference, "Lambda").
_ACTIONS = {"Invoke": "InvokeFunction"}

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_KEYS = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_SIGN_IN = "sign in again (aws sso login, aws login) or renew AWS_SESSION_TOKEN"


class WrongUseError(Exception):
    """The command cannot be carried out as it was given; the message says how it can."""


_OURS = (StacksError, TemplateError, WrongUseError)
"""Errors whose message says already what is wrong and what to do."""


@dataclass(frozen=True)
class Explanation:
    """One line for standard error, and the exit status."""

    message: str
    status: int


def explain(error: Exception) -> Explanation:
    """Say in one line what is wrong and what to do."""
    if isinstance(error, typer.TyperException):
        return Explanation(f"Error: {_usage(error)}", error.exit_code)
    if isinstance(error, Interrupted):
        return Explanation("Interrupted.", INTERRUPTED)
    status = WRONG_USE if _is_wrong_use(error) else FAILED
    return Explanation(f"Error: {in_words(error)}", status)


def in_words(error: Exception) -> str:
    """Say in one line what is wrong and what to do, without the ceremony around it."""
    if isinstance(error, _OURS):
        what = str(error)
    elif isinstance(error, DeniedError):
        what = denials_in_words(error.denials)
    elif isinstance(error, aws_errors()):
        what = aws_in_words(call_error(error))
    else:
        what = f"{type(error).__name__}: {error}. Run it again with --debug to see where"
    return " ".join(what.split())


def _is_wrong_use(error: Exception) -> bool:
    wrong = (UnknownNameError, WrongNameError, TooManyMatchesError, WrongUseError)
    # The SDK's own check of a name that was given.
    return isinstance(error, wrong) or call_error(error).code == "ParamValidationError"


def iam_action(operation: str) -> str:
    """Return the IAM action that an operation needs."""
    operation = _ACTIONS.get(operation, operation)
    for prefix, operations in _PREFIXES.items():
        if operation in operations:
            return f"{prefix}:{operation}"
    return f"ecr:{operation}"


def some(names: Sequence[str], most: int = 3) -> str:
    """Name the first few, and how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def denials_in_words(denials: Mapping[CallError, Sequence[str]]) -> str:
    """Say all at once what is denied, and on what."""
    grants = "; ".join(
        f"{iam_action(error.operation)} on {some(names)}" for error, names in denials.items()
    )
    said = next(iter(denials)).message
    return f"access denied: grant {grants}. AWS says: {said}"


def aws_in_words(error: CallError) -> str:
    """Say what is wrong and what to do about an error of AWS or on the way to it."""
    code, message, operation = error.code, error.message, error.operation
    if error.denied:
        return f"access denied: grant {iam_action(operation)}. AWS says: {message}"
    if code in _EXPIRED:
        return f"the credentials have expired: {_SIGN_IN}. AWS says: {message}"
    if code in _UNKNOWN_KEYS:
        return (
            f"AWS does not accept the credentials ({code}): {message.rstrip('.')}. "
            "Check the profile, its keys, and this machine's clock"
        )
    if code == "OptInRequired":
        return f"the account may not use this region: enable it or name another. {message}"
    if code in _REMEDIES:
        return _REMEDIES[code].format(message.rstrip("."))
    if message.lstrip().startswith("<") or (error.status == HTTPStatus.NOT_FOUND and not message):
        message = "what answers there is not AWS"
    where = ": check --endpoint-url and AWS_ENDPOINT_URL" if code.isdecimal() else ""
    return f"{operation} failed with {code}: {message}{where}" if operation else message


# Errors that never reached AWS, by botocore's classes (botocore.exceptions).
_REMEDIES = {
    **dict.fromkeys(SIGN_INS, f"{{}}: {_SIGN_IN}"),
    "NoCredentialsError": "no AWS credentials: name a profile (--profile NAME), sign in "
    "(aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    "PartialCredentialsError": "{}: set the missing one",
    "ProfileNotFound": "{}: aws configure list-profiles shows those there are",
    "NoRegionError": "no region: name one (--region eu-central-1) or set AWS_REGION",
    "InvalidRegionError": "{}: check --region and AWS_REGION",
    "UnauthorizedSSOTokenError": f"the sign-in has expired: {_SIGN_IN}",
    "LoginRefreshRequired": f"the sign-in has expired: {_SIGN_IN}",
    "EndpointConnectionError": "{}: check the region (--region, AWS_REGION), the endpoint "
    "(--endpoint-url, AWS_ENDPOINT_URL) and the network",
    "ConnectTimeoutError": "{}: check the network and --endpoint-url",
    "ConnectionClosedError": "{}: check the network and --endpoint-url, and run it again",
    "ReadTimeoutError": "{}: check the network, and run it again",
    "ProxyConnectionError": "{}: check HTTPS_PROXY",
    "SSLError": "{}: check AWS_CA_BUNDLE and the proxy",
    "InvalidEndpointConfigurationError": "{}: check --endpoint-url",
}


_PARSERS = {
    r"Value error, ": "",
    r"Input should be a valid integer, unable to parse string as an integer": "it takes a whole "
    "number",
    r"Input should be a valid number, unable to parse string as a number": "it takes a number",
    r"Input should be greater than or equal to (\S+)": r"it must be \1 or more",
    r"Input should be less than or equal to (\S+)": r"it must be \1 or less",
}
"""What the parser says, and how a colleague would."""


def _usage(error: typer.TyperException) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    for theirs, ours in _PARSERS.items():
        message = re.sub(theirs, ours, message)
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    end = "" if message.endswith("?") else "."
    return f"{message}{end} See {context.command_path} --help"
