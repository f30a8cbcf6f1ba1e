"""What errors say: one line, with the cause and the remedy."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError

import ecrdrain
from ecrdrain.cli.errors import Explanation, WrongUseError, explain, iam_action
from ecrdrain.stacks.errors import ChangeSetError, Interrupted, UnknownNameError
from ecrdrain.stacks.targets import TooManyMatchesError
from ecrdrain.templates import TemplateError


def aws_error(code: str, operation: str = "ListImages") -> ClientError:
    """Return an error as a boto3 client raises it."""
    return ClientError({"Error": {"Code": code, "Message": "AWS's\n  own words"}}, operation)


@pytest.mark.parametrize(
    ("error", "words", "status"),
    [
        (exceptions.NoCredentialsError(), "no AWS credentials: name a profile", 1),
        (exceptions.NoRegionError(), "no region: name one (--region eu-central-1)", 1),
        (
            exceptions.ProfileNotFound(profile="wrok"),
            "The config profile (wrok) could not be found: aws configure list-profiles shows",
            1,
        ),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://ecr.eu-wets-1.amazonaws.com"),
            'Could not connect to the endpoint URL: "https://ecr.eu-wets-1.amazonaws.com": check',
            1,
        ),
        (
            exceptions.UnauthorizedSSOTokenError(),
            "the sign-in has expired: sign in again (aws sso login",
            1,
        ),
        (
            exceptions.LoginTokenLoadError(error_msg="it is gone"),
            "Error loading login session token: it is gone: sign in again (aws sso login",
            1,
        ),
        (aws_error("ExpiredTokenException"), "the credentials have expired: sign in again", 1),
        (aws_error("ExpiredToken"), "the credentials have expired: sign in again", 1),
        (aws_error("UnrecognizedClientException"), "AWS does not accept the credentials", 1),
        (aws_error("OptInRequired"), "the account may not use this region: enable it", 1),
        (
            aws_error("AccessDeniedException", "BatchDeleteImage"),
            "access denied: grant ecr:BatchDeleteImage. AWS says: AWS's own words",
            1,
        ),
        (
            aws_error("AccessDenied", "DescribeStacks"),
            "access denied: grant cloudformation:DescribeStacks. AWS says: AWS's own words",
            1,
        ),
        (aws_error("ServerException"), "ListImages failed with ServerException: AWS's own", 1),
        (
            exceptions.ParamValidationError(report="Invalid length"),
            "Parameter validation failed: Invalid length",
            2,
        ),
        (UnknownNameError("stack", "wbe", ["web-app", "web"]), "there is no stack wbe", 2),
        (TooManyMatchesError("too many"), "too many", 2),
        (WrongUseError("not so"), "not so", 2),
        (ChangeSetError("refused\nfor a reason"), "refused for a reason", 1),
        (TemplateError("too large"), "too large", 1),
        (Interrupted(), "Interrupted.", 130),
        (ZeroDivisionError("division by zero"), "ZeroDivisionError: division by zero. Run it", 1),
    ],
)
def test_each_error_is_told_in_one_line(error: Exception, words: str, status: int) -> None:
    """The line begins with what is wrong; the status tells wrong use from the rest."""
    explanation = explain(error)

    assert explanation.message.startswith(words if status == 130 else f"Error: {words}")
    assert explanation.status == status
    assert "\n" not in explanation.message


def test_every_remedy_is_for_an_error_that_botocore_raises() -> None:
    """A name that botocore does not know would never match."""
    text = Path(ecrdrain.__path__[0], "cli", "errors.py").read_text(encoding="utf-8")
    [table] = re.findall(r"^_REMEDIES = (\{.*?^\})", text, re.MULTILINE | re.DOTALL)
    keys = re.findall(r'^    "(\w+)":', table, re.MULTILINE)

    assert len(keys) > 10
    assert [key for key in keys if not hasattr(exceptions, key)] == []


def test_actions_are_named_by_their_service() -> None:
    """Every operation that the code calls on CloudFormation or Lambda is in the table."""
    assert iam_action("DeleteStack") == "cloudformation:DeleteStack"
    assert iam_action("GetFunctionConfiguration") == "lambda:GetFunctionConfiguration"
    assert iam_action("FilterLogEvents") == "logs:FilterLogEvents"
    assert iam_action("Invoke") == "lambda:InvokeFunction"
    assert iam_action("DescribeRepositories") == "ecr:DescribeRepositories"
    called = set()
    for module in Path(ecrdrain.__path__[0], "stacks").glob("*.py"):
        text = module.read_text(encoding="utf-8")
        called |= set(re.findall(r'(?:cloudformation|client)\.get_paginator\("(\w+)"\)', text))
        called |= set(re.findall(r"(?:cloudformation|client|functions)\.(\w+)\(\s*\w+=", text))
    operations = {"".join(word.title() for word in each.split("_")) for each in called}
    of_ecr = {"BatchDeleteImage", "DescribeImages", "DescribeRepositories", "ListImages"}

    assert {"DeleteStack", "ListImports", "CreateChangeSet"} <= operations
    assert {each for each in operations - of_ecr if iam_action(each).startswith("ecr:")} == set()


def test_what_is_told_compares_by_value() -> None:
    """A message and a status, nothing else."""
    assert explain(WrongUseError("x")) == Explanation("Error: x", 2)


def said_by_aws(code: str, message: str) -> ClientError:
    """Make the error of a listing with a message of its own."""
    return ClientError({"Error": {"Code": code, "Message": message}}, "ListImages")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            said_by_aws("InvalidSignatureException", "Signature expired: 2026 is earlier"),
            ("Signature expired: 2026 is earlier", "this machine's clock"),
        ),
        (
            said_by_aws("ExpiredTokenException", "The security token is expired"),
            ("sign in again", "AWS says: The security token is expired"),
        ),
        (
            said_by_aws("404", "<html>Not Found</html>"),
            ("what answers there is not AWS", "check --endpoint-url"),
        ),
        (said_by_aws("404", "Not Found"), ("Not Found", "check --endpoint-url")),
    ],
)
def test_what_aws_says_is_passed_on(error: Exception, words: tuple[str, ...]) -> None:
    """A clock that is wrong, an address that is another's: its own words name the cause."""
    said = explain(error).message
    for each in words:
        assert each in said
    assert "<html>" not in said
