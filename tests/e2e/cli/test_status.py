"""``ecrdrain status`` on the lab."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from ecrdrain import __version__
from ecrdrain.cli.documents.provider import STATUS
from ecrdrain.cli.fields import describe_document
from ecrdrain.lab import push_many
from tests.e2e.cli.conftest import create_stack, drain, repository, wait_for
from tests.e2e.cli.test_documents import check
from tests.replication import OTHER, put_rules, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient

    from ecrdrain.lab import Lab
    from tests.e2e.cli.conftest import Command

CRASHING = """
def lambda_handler(event, context):
    raise ValueError("out of order")
"""
FUNCTION = "ecrdrain"
GROUP = "/aws/lambda/ecrdrain"


@pytest.fixture
def functions(lab: Lab) -> Iterator[LambdaClient]:
    """The lab's Lambda."""
    client: LambdaClient = lab.client("lambda")
    yield client
    client.close()


@pytest.fixture
def refused(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, provider: str
) -> Iterator[str]:
    """The name of a stack whose drain has answered FAILED: its deletions would be replicated."""
    name = f"{provider}-app"
    create_stack(cloudformation, name, {"Repository": repository(name), "Drain": drain()})
    push_many(ecr, name, 2)
    put_rules(ecr, rule((OTHER, "eu-west-1"), prefix=name))
    cloudformation.delete_stack(StackName=name)
    wait_for(cloudformation, name, "DELETE_FAILED")
    yield name
    put_rules(ecr)
    ecrdrain("stack", "delete", name, "--yes")  # the provider stays as long as it is imported


def test_a_provider_that_is_well_is_said_to_be(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str
) -> None:
    """Its version, its function's answer and its importers are named; the status is 0."""
    name = f"{provider}-app"
    create_stack(cloudformation, name, {"Repository": repository(name), "Drain": drain()})

    ran = ecrdrain("status")
    ecrdrain("stack", "delete", name, "--yes")

    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "account 123456789012, region us-east-1:",
        f"provider: {provider}, CREATE_COMPLETE",
        f"version: {__version__}, this command's: {__version__}",
        "function: arn:aws:lambda:us-east-1:123456789012:function:ecrdrain answers",
        f"log: {GROUP}",
        f"imported by: {name}",
        "failures of the last 7 days: none",
    ]


def test_without_a_provider_the_command_that_makes_one_is_named(ecrdrain: Command) -> None:
    """The status is 1, and the document has the same fields."""
    region = ("--region", "eu-north-1")

    ran = ecrdrain("status", *region)
    document = ecrdrain("status", *region, "--output", "json").document

    assert (ran.status, ran.out) == (
        1,
        "account 123456789012, region eu-north-1:\nprovider: none\n",
    )
    assert ran.err == (
        "Error: no stack of the region exports ecrdrain-ServiceToken: ecrdrain install makes one\n"
    )
    assert (document["well"], document["stack"]) == (False, None)
    check(document, describe_document(STATUS))


@pytest.mark.parametrize(
    ("version", "remedy"),
    [
        ("0.0.9", "ecrdrain install --stack-name {} --update"),
        ("99.0.0", "pip install --upgrade ecrdrain"),
    ],
)
def test_another_version_is_told_with_the_way_to_the_same(
    version: str,
    remedy: str,
    ecrdrain: Command,
    cloudformation: CloudFormationClient,
    provider: str,
) -> None:
    """Whichever is the older one is to be renewed."""
    template = str(cloudformation.get_template(StackName=provider)["TemplateBody"])
    cloudformation.update_stack(
        StackName=provider,
        TemplateBody=re.sub(r"# ecrdrain \S+,", f"# ecrdrain {version},", template),
        Capabilities=["CAPABILITY_IAM"],
    )
    wait_for(cloudformation, provider, "UPDATE_COMPLETE")

    ran = ecrdrain("status")

    assert ran.status == 1
    assert ran.err == (
        f"Error: the function's version is {version}, this command's {__version__}: "
        f"{remedy.format(provider)}\n"
    )


@pytest.mark.usefixtures("provider")
def test_a_function_that_fails_is_told_in_a_line(
    ecrdrain: Command, functions: LambdaClient
) -> None:
    """With what it says, and where to look."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", CRASHING)
    functions.update_function_code(FunctionName=FUNCTION, ZipFile=archive.getvalue())

    ran = ecrdrain("status")

    assert ran.status == 1
    assert f"function:{FUNCTION} does not answer" in ran.out
    assert ran.err.startswith("Error: the function fails: ")
    assert ran.err.endswith(f": out of order: its log tells more: aws logs tail {GROUP}\n")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.usefixtures("provider")
def test_a_function_that_is_gone_is_told_with_the_way_to_a_new_one(
    ecrdrain: Command, functions: LambdaClient
) -> None:
    """CloudFormation would not notice: the stack is complete."""
    functions.delete_function(FunctionName=FUNCTION)

    ran = ecrdrain("status")

    assert ran.status == 1
    assert ran.err == (
        "Error: the function is gone: delete the provider (ecrdrain stack delete drains without "
        "it), and install it again\n"
    )


@pytest.mark.usefixtures("provider")
def test_a_log_that_is_gone_is_told(ecrdrain: Command, logs: CloudWatchLogsClient) -> None:
    """The function may not make its log group itself."""
    logs.delete_log_group(logGroupName=GROUP)

    ran = ecrdrain("status", "--output", "json")

    assert ran.status == 1
    assert ran.document["problems"] == [
        {
            "what": f"there is no log group {GROUP}",
            "remedy": f"aws logs create-log-group --log-group-name {GROUP}",
        }
    ]


def test_failures_are_told_with_what_to_do_as_long_as_there_is_something(
    ecrdrain: Command, ecr: ECRClient, refused: str
) -> None:
    """The stack is stuck, then it is rescued, and the failure is history."""
    stuck = ecrdrain("status")
    document = ecrdrain("status", "--output", "json").document
    put_rules(ecr)
    ecrdrain("stack", "delete", refused, "--yes")
    rescued = ecrdrain("status")

    [first, remedy] = stuck.out.splitlines()[-2:]
    assert stuck.status == 1
    assert re.match(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ  {refused}: .*replicat", first)
    assert remedy == f"  to do: ecrdrain stack delete {refused}"
    assert document["failures"][0]["status"] == "DELETE_FAILED"
    check(document, describe_document(STATUS))
    assert rescued.status == 0
    assert rescued.out.splitlines()[-1] == "  to do: nothing any more: the stack is deleted"


def test_a_failed_creation_is_no_reason_to_be_unwell(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str
) -> None:
    """CloudFormation has rolled it back; what the reason names is to be mended."""
    name = f"{provider}-app"
    resources = {"Repository": repository(name), "Drain": drain(OnDelete="Sometimes")}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    wait_for(cloudformation, name, "ROLLBACK_COMPLETE")

    ran = ecrdrain("status")
    cloudformation.delete_stack(StackName=name)

    assert ran.status == 0
    assert f"{name}: " in ran.out
    assert ran.out.splitlines()[-1] == (
        f"  to do: mend what the reason names, and deploy {name} again"
    )
