"""The commands with the permissions that the documentation names, and with fewer.

The lab judges every call by the caller's policy. CloudFormation's own calls it does not judge, so
what a stack's resources need to be created and deleted is not part of this.
"""

from __future__ import annotations

import json
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.cli.app import run
from ecrdrain.cli.permissions import (
    BY_COMMAND,
    DRAIN,
    INSTALL,
    LOGS,
    STACK_DELETE,
    STACK_LIST,
    STACK_SHOW,
    STATUS,
)
from ecrdrain.lab import push_many
from tests.e2e.cli.conftest import Ran, count_images, create_stack, drain, repository

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_iam import IAMClient

    from ecrdrain.lab import Lab

    Allowed = Callable[..., Ran]


@pytest.fixture
def clients(enforcing_lab: Lab) -> Iterator[tuple[ECRClient, CloudFormationClient]]:
    """The root's clients of the lab that judges."""
    ecr, cloudformation = enforcing_lab.client("ecr"), enforcing_lab.client("cloudformation")
    yield ecr, cloudformation
    ecr.close()
    cloudformation.close()


@pytest.fixture
def blocked(clients: tuple[ECRClient, CloudFormationClient], name: str) -> str:
    """The name of a stack with an export, whose repository of the same name holds images."""
    ecr, cloudformation = clients
    outputs = {"Export": {"Value": "x", "Export": {"Name": name}}}
    create_stack(cloudformation, name, {"Repository": repository(name)}, outputs)
    push_many(ecr, name, 3)
    return name


@pytest.fixture
def allowed(
    enforcing_lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Allowed]:
    """The command, run by somebody who may do these actions and no others."""
    iam: IAMClient = enforcing_lab.client("iam")
    for variable in os.environ:
        if variable.startswith("AWS_"):
            monkeypatch.delenv(variable)

    def command(actions: Collection[str], *arguments: str) -> Ran:
        role = iam.create_role(
            RoleName=f"caller-{uuid.uuid4().hex}",
            AssumeRolePolicyDocument=json.dumps(_TRUST),
        )["Role"]
        iam.put_role_policy(
            RoleName=role["RoleName"],
            PolicyName="allowed",
            PolicyDocument=json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Action": list(actions), "Resource": "*"},
                }
            ),
        )
        signer = enforcing_lab.assume(role["Arn"])
        for variable, value in {
            **enforcing_lab.environment,
            "AWS_ACCESS_KEY_ID": signer.access_key_id,
            "AWS_SECRET_ACCESS_KEY": signer.secret_access_key,
            "AWS_SESSION_TOKEN": signer.session_token or "",
        }.items():
            monkeypatch.setenv(variable, value)
        capsys.readouterr()
        status = run(arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    yield command
    iam.close()


_TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
}


# What only some stacks need: those that have failed, and those with drains.
OPTIONAL = (
    "cloudformation:DescribeStackEvents",
    "cloudformation:ListExports",
    "lambda:GetFunctionConfiguration",
)


def without(actions: Collection[str], action: str) -> list[str]:
    """Return the actions but one."""
    return [each for each in actions if each != action]


def test_the_documented_permissions_are_enough(allowed: Allowed, blocked: str) -> None:
    """Nothing that the tables leave out is needed."""
    listed = allowed(STACK_LIST, "stack", "list")
    shown = allowed(STACK_SHOW, "stack", "show", blocked)
    drained = allowed(DRAIN, "drain", f"{blocked}*", "--yes", "--limit", "1")
    deleted = allowed(STACK_DELETE, "stack", "delete", blocked, "--yes")
    again = allowed(STACK_DELETE, "stack", "delete", blocked, "--yes")
    installed = allowed(INSTALL, "install", "--stack-name", blocked, "--yes")
    updated = allowed(INSTALL, "install", "--stack-name", blocked, "--update", "--yes")
    told = allowed(LOGS, "logs", blocked)
    well = allowed(STATUS, "status")
    removed = allowed(BY_COMMAND["uninstall"], "uninstall", "--stack-name", blocked, "--yes")

    of_stacks = (listed, shown, drained, deleted, again)
    for ran in (*of_stacks, installed, updated, told, well, removed):
        assert ran.status == 0, ran.err


REGISTRY = "ecr:DescribeRegistry"


def test_without_a_look_at_the_replication_rules_no_stack_is_deleted_unless_accepted(
    allowed: Allowed, blocked: str, clients: tuple[ECRClient, CloudFormationClient]
) -> None:
    """The plan says what is not known, the error which action to grant."""
    actions = without(STACK_DELETE, REGISTRY)
    note = f"{blocked}: whether deletions are replicated is not known: grant {REGISTRY}"

    refused = allowed(actions, "stack", "delete", blocked, "--yes")
    left = count_images(clients[0], blocked)
    accepted = allowed(
        actions, "stack", "delete", blocked, "--yes", "--accept-replicated-deletions"
    )

    assert (refused.status, left) == (1, 3)
    assert note in refused.out.splitlines()
    assert f"{note}, or say --accept-replicated-deletions" in refused.err
    assert accepted.status == 0, accepted.err
    assert note in accepted.out.splitlines()


def test_without_a_look_at_the_replication_rules_a_named_repository_is_drained(
    allowed: Allowed, blocked: str, clients: tuple[ECRClient, CloudFormationClient]
) -> None:
    """The plan says what is not known: the user has named the repository."""
    ran = allowed(without(DRAIN, REGISTRY), "drain", blocked, "--yes")

    note = f"{blocked}: whether deletions are replicated is not known: grant {REGISTRY}"
    assert ran.status == 0, ran.err
    assert note in ran.out.splitlines()
    assert count_images(clients[0], blocked) == 0


@pytest.mark.parametrize("action", [each for each in DRAIN if each != REGISTRY])
def test_a_drain_that_may_not_says_so_before_anything_is_deleted(
    action: str,
    allowed: Allowed,
    blocked: str,
    clients: tuple[ECRClient, CloudFormationClient],
) -> None:
    """The action to grant is named."""
    wanted = f"{blocked}*" if action == "ecr:DescribeRepositories" else blocked
    ran = allowed(without(DRAIN, action), "drain", wanted, "--yes", "--limit", "1")

    assert ran.status == 1
    assert ran.err.startswith(f"Error: access denied: grant {action}")
    assert len(ran.err.splitlines()) == 1
    assert count_images(clients[0], blocked) == 3


@pytest.mark.parametrize(
    "action", [each for each in STACK_SHOW if each not in (*OPTIONAL, REGISTRY)]
)
def test_show_names_the_action_that_it_lacks(action: str, allowed: Allowed, blocked: str) -> None:
    """One line, as everywhere."""
    ran = allowed(without(STACK_SHOW, action), "stack", "show", blocked)

    assert ran.status == 1
    assert ran.err.startswith(f"Error: access denied: grant {action}")


@pytest.mark.usefixtures("blocked")
@pytest.mark.parametrize("action", [each for each in STACK_LIST if each not in OPTIONAL])
def test_list_names_the_action_that_it_lacks(action: str, allowed: Allowed) -> None:
    """One line, as everywhere."""
    ran = allowed(without(STACK_LIST, action), "stack", "list")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: access denied: grant {action}. AWS says: ")
    assert len(ran.err.splitlines()) == 1


@pytest.fixture
def installed(allowed: Allowed, name: str) -> Iterator[str]:
    """The name of an installed provider, removed in the end."""
    ran = allowed(["*"], "install", "--stack-name", name, "--yes")
    assert ran.status == 0, ran.err
    yield name
    removed = allowed(["*"], "uninstall", "--stack-name", name, "--yes")
    assert removed.status == 0, removed.err


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("action", STATUS)
def test_status_names_the_action_that_it_lacks(action: str, allowed: Allowed) -> None:
    """One line, as everywhere: what is not seen may be anything."""
    ran = allowed(without(STATUS, action), "status")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: access denied: grant {action}. AWS says: ")
    assert len(ran.err.splitlines()) == 1


@pytest.fixture
def deleted(
    clients: tuple[ECRClient, CloudFormationClient], allowed: Allowed, installed: str
) -> str:
    """The name of a stack that was deleted with its drain."""
    name = f"{installed}-app"
    create_stack(clients[1], name, {"Repository": repository(name), "Drain": drain()})
    ran = allowed(["*"], "stack", "delete", name, "--yes")
    assert ran.status == 0, ran.err
    return name


def test_logs_may_be_told_of_a_deleted_stack(allowed: Allowed, deleted: str) -> None:
    """Events are read where a template does not tell the function of a drain."""
    ran = allowed(without(LOGS, "cloudformation:DescribeStackEvents"), "logs", deleted)

    assert ran.status == 0, ran.err
    assert "answered SUCCESS" in ran.out


@pytest.mark.parametrize(
    "action", [each for each in LOGS if each != "cloudformation:DescribeStackEvents"]
)
def test_logs_names_the_action_that_it_lacks(action: str, allowed: Allowed, deleted: str) -> None:
    """One line, as everywhere."""
    ran = allowed(without(LOGS, action), "logs", deleted)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: access denied: grant {action}. AWS says: ")
    assert len(ran.err.splitlines()) == 1


def test_show_does_without_what_is_not_needed_for_every_stack(
    allowed: Allowed, blocked: str
) -> None:
    """Events are read of stacks that have failed, functions of drains."""
    ran = allowed([each for each in STACK_SHOW if each not in OPTIONAL], "stack", "show", blocked)
    listed = allowed([each for each in STACK_LIST if each not in OPTIONAL], "stack", "list")

    assert ran.status == 0, ran.err
    assert listed.status == 0, listed.err


def test_a_deletion_that_may_not_delete_says_so_in_its_outcome(
    allowed: Allowed, blocked: str, clients: tuple[ECRClient, CloudFormationClient]
) -> None:
    """Whether DeleteStack is allowed shows only when it is called, after the drains."""
    action = "cloudformation:DeleteStack"

    ran = allowed(without(STACK_DELETE, action), "stack", "delete", blocked, "--yes")

    [described] = clients[1].describe_stacks(StackName=blocked)["Stacks"]
    assert ran.status == 1
    assert f"{blocked}: failed, CREATE_COMPLETE: access denied: grant {action}" in ran.out
    assert described["StackStatus"] == "CREATE_COMPLETE"


def test_a_deletion_that_may_not_follow_deletes_nothing(
    allowed: Allowed, blocked: str, clients: tuple[ECRClient, CloudFormationClient]
) -> None:
    """The events are read before the drains begin."""
    action = "cloudformation:DescribeStackEvents"

    ran = allowed(without(STACK_DELETE, action), "stack", "delete", blocked, "--yes")

    assert ran.status == 1
    assert f"{blocked}: failed, CREATE_COMPLETE: access denied: grant {action}" in ran.out
    assert count_images(clients[0], blocked) == 3


@pytest.mark.parametrize("action", ["ecr:ListImages", "ecr:BatchDeleteImage"])
def test_a_deletion_that_may_not_drain_deletes_nothing(
    action: str,
    allowed: Allowed,
    blocked: str,
    clients: tuple[ECRClient, CloudFormationClient],
) -> None:
    """The drains are checked before the first of them begins."""
    ran = allowed(without(STACK_DELETE, action), "stack", "delete", blocked, "--yes")

    assert ran.status == 1
    assert ran.err.startswith(f"Error: access denied: grant {action}")
    assert count_images(clients[0], blocked) == 3


@pytest.mark.parametrize(
    "action",
    ["cloudformation:DescribeStacks", "cloudformation:CreateChangeSet"],
)
def test_an_installation_that_may_not_names_the_action(
    action: str, allowed: Allowed, name: str
) -> None:
    """One line, as everywhere."""
    ran = allowed(without(INSTALL, action), "install", "--stack-name", name, "--yes")

    assert ran.status == 1
    assert ran.err.startswith(f"Error: access denied: grant {action}")


@pytest.mark.parametrize("command", ["drain", "stack delete"])
def test_a_dry_run_warns_of_all_that_is_missing_at_once(
    command: str,
    allowed: Allowed,
    blocked: str,
    clients: tuple[ECRClient, CloudFormationClient],
) -> None:
    """It needs no permission to delete, and shows the plan all the same."""
    missing = ("ecr:ListImages", "ecr:BatchDeleteImage")
    actions = [each for each in {**DRAIN, **STACK_DELETE} if each not in missing]
    ran = allowed(actions, *command.split(), blocked, "--dry-run")

    assert ran.status == 0
    assert blocked in ran.out
    assert ran.err.startswith("Warning: the drain would fail: access denied: grant ")
    for action in missing:
        assert f"{action} on {blocked}" in ran.err
    assert count_images(clients[0], blocked) == 3
