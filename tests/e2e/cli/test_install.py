"""``ecrdrain install`` and ``ecrdrain uninstall`` on the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from ecrdrain.cli.install import ATTACH
from tests.e2e.cli.conftest import create_stack, repository

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

    from tests.e2e.cli.conftest import Command

EXPORT = "ecrdrain-ServiceToken"

BROKEN = f"""
Resources:
  Broken:
    Type: Custom::Broken
    Properties: {{ServiceToken: nobody}}
Outputs:
  ServiceToken:
    Value: nobody
    Export:
      Name: {EXPORT}
"""


VALUE = {"Properties": {"Type": "String", "Value": "mine"}}


def resources_of(cloudformation: CloudFormationClient, name: str) -> dict[str, str]:
    """Return the statuses of a stack's resources."""
    rows = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    return {row["LogicalResourceId"]: row["ResourceStatus"] for row in rows}


def parameters(cloudformation: CloudFormationClient, name: str) -> dict[str, str]:
    """Return the parameters of a stack."""
    [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {each["ParameterKey"]: each["ParameterValue"] for each in described["Parameters"]}


def test_the_lines_that_install_prints_attach_a_drain(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str, name: str
) -> None:
    """What is printed is YAML that, put beside a repository, deploys."""
    ran = ecrdrain("install", "--stack-name", provider, "--update", "--yes")
    printed = "\n".join(ran.out.splitlines()[-len(ATTACH.splitlines()) :])
    template = f"Resources:\n  Repository:\n    Type: AWS::ECR::Repository\n{printed}\n"

    cloudformation.create_stack(StackName=f"{name}-app", TemplateBody=template)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=f"{name}-app", WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )
    refused = ecrdrain("uninstall", "--stack-name", provider, "--yes")
    deleted = ecrdrain("stack", "delete", f"{name}-app", "--yes")

    assert printed == ATTACH
    assert refused.status == 1
    assert f"its export {EXPORT} is imported by {name}-app" in refused.err
    assert deleted.status == 0


def test_an_update_keeps_the_parameters(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str
) -> None:
    """Those that are given change, the others stay as they are."""
    ran = ecrdrain(
        *("install", "--stack-name", provider, "--update", "--yes"),
        *("--parameter", "LogRetentionDays=7", "--output", "json"),
    )

    assert ran.status == 0
    assert ran.document["status"] == "UPDATE_COMPLETE"
    assert ran.document["changed"] is True
    assert parameters(cloudformation, provider)["MemorySize"] == "256"
    assert parameters(cloudformation, provider)["LogRetentionDays"] == "7"


def test_an_update_without_changes_changes_nothing(ecrdrain: Command, provider: str) -> None:
    """It says so and succeeds, so that a pipeline can run it every time."""
    ran = ecrdrain("install", "--stack-name", provider, "--update", "--output", "json")

    assert ran.status == 0
    assert ran.document["changed"] is False
    assert ran.document["status"] == "CREATE_COMPLETE"
    assert ran.err == ""


def test_an_installed_provider_is_not_replaced_unasked(ecrdrain: Command, provider: str) -> None:
    """--update is named as what to add."""
    ran = ecrdrain("install", "--stack-name", provider, "--yes")

    assert ran.status == 1
    assert ran.err == (f"Error: stack {provider} is there already: say --update to update it\n")


def test_a_stranger_is_not_updated(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """A stack without the provider's export is somebody's, and stays as it is."""
    create_stack(cloudformation, name, {"Table": {"Type": "AWS::SSM::Parameter", **VALUE}})
    ran = ecrdrain("install", "--stack-name", name, "--update", "--yes")

    assert ran.status == 1
    assert f"stack {name} is not the provider" in ran.err
    assert "--stack-name gives the provider a name of its own" in ran.err
    assert resources_of(cloudformation, name) == {"Table": "CREATE_COMPLETE"}


def test_what_was_added_to_the_provider_is_not_removed_unasked(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str
) -> None:
    """Under --yes the update is refused, naming what would go."""
    template = cloudformation.get_template(StackName=provider)["TemplateBody"]
    added = "\n Added: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: mine}}\n"
    cloudformation.update_stack(
        StackName=provider,
        TemplateBody=str(template).replace("\nOutputs:", f"{added}\nOutputs:"),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=provider, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )
    ran = ecrdrain("install", "--stack-name", provider, "--update", "--yes")

    assert ran.status == 1
    assert "would remove or replace Added (AWS::SSM::Parameter)" in ran.err
    assert "Nothing was changed." in ran.err
    assert "Added" in resources_of(cloudformation, provider)


def test_there_is_no_second_provider(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str, name: str
) -> None:
    """Its export's name is taken; the stack that has it is named before anything is created."""
    ran = ecrdrain("install", "--stack-name", f"{name}-second", "--yes")

    assert ran.status == 1
    assert f"the provider is there already, as stack {provider}" in ran.err
    assert f"ecrdrain install --stack-name {provider} --update" in ran.err
    stacks = cloudformation.get_paginator("list_stacks").paginate()
    assert f"{name}-second" not in [
        each["StackName"] for page in stacks for each in page["StackSummaries"]
    ]


@pytest.mark.parametrize("arguments", [["--dry-run"], []])
def test_what_is_not_agreed_to_leaves_no_trace(
    arguments: list[str], ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """Neither the change set nor the empty stack that it made stays behind."""
    ran = ecrdrain("install", "--stack-name", name, *arguments)

    assert ran.status == (0 if arguments else 2)
    assert "Add     Function" in ran.out
    assert "Nothing was changed." in ran.err
    stacks = cloudformation.get_paginator("list_stacks").paginate()
    assert [
        each["StackStatus"]
        for page in stacks
        for each in page["StackSummaries"]
        if each["StackName"] == name
    ] in ([], ["DELETE_COMPLETE"])


@pytest.mark.parametrize(
    ("parameter", "status", "words"),
    [
        ("MemorySiez=256", 2, "there is no parameter MemorySiez. Did you mean MemorySize"),
        ("MemorySize", 2, "--parameter MemorySize has no value"),
        ("RepositoryNames=TEAM", 1, "RepositoryNames"),
    ],
)
def test_a_wrong_parameter_is_said(
    parameter: str, status: int, words: str, ecrdrain: Command, name: str
) -> None:
    """By us where we can know it, by CloudFormation where only it can."""
    ran = ecrdrain("install", "--stack-name", name, "--parameter", parameter, "--yes")

    assert ran.status == status
    assert words in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_installation_that_fails_says_how_to_remove_it(
    ecrdrain: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """What is left of the failed creation is no provider to update, but one to uninstall.

    The emulator lets nothing of ours fail, so there is a template that does.
    """
    monkeypatch.setattr("ecrdrain.cli.install.render", lambda _: {"provider.yaml": BROKEN})

    ran = ecrdrain("install", "--stack-name", name, "--yes")
    again = ecrdrain("install", "--stack-name", name, "--update", "--yes")
    removed = ecrdrain("uninstall", "--stack-name", name, "--yes")

    assert ran.status == 1
    assert "CREATE_FAILED  Broken (Custom::Broken)" in ran.err
    assert f"ecrdrain uninstall --stack-name {name} removes it" in ran.err
    assert again.status == 1
    assert "is ROLLBACK_COMPLETE and cannot be updated" in again.err
    assert removed.status == 0


def test_uninstall_removes_only_a_provider(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """Another stack of the name given stays, and the right command for it is named."""
    create_stack(cloudformation, name, {"Repository": repository(name)})

    ran = ecrdrain("uninstall", "--stack-name", name, "--yes")

    assert ran.status == 2
    assert "is not the provider: it has no export ecrdrain-ServiceToken" in ran.err


def test_what_attaches_a_drain_is_valid_yaml_but_for_the_tags() -> None:
    """The lines are one resource, ready to stand below Resources."""

    class Loader(yaml.SafeLoader):
        """Takes any tag."""

    Loader.add_multi_constructor("!", lambda _, suffix, node: f"{suffix} {node.value}")

    assert yaml.load(ATTACH, Loader) == {  # noqa: S506 - derived from a safe one
        "Drain": {
            "Type": "Custom::EcrDrain",
            "Properties": {
                "ServiceToken": f"ImportValue {EXPORT}",
                "ServiceTimeout": 3600,
                "RepositoryName": "Ref Repository",
            },
        }
    }


def test_what_was_uninstalled_before_is_no_error(ecrdrain: Command, provider: str) -> None:
    """A pipeline may run it twice; a name that never was is an error."""
    assert ecrdrain("uninstall", "--stack-name", provider, "--yes").status == 0

    again = ecrdrain("uninstall", "--stack-name", provider, "--yes")
    never = ecrdrain("uninstall", "--stack-name", f"{provider}-never", "--yes")

    assert (again.status, again.out) == (0, f"{provider} was removed before.\n")
    assert never.status == 2
