"""``ecrdrain logs`` on the lab."""

from __future__ import annotations

import json
import re
from threading import Event
from typing import TYPE_CHECKING

import pytest

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.provider import LOG
from ecrdrain.cli.fields import describe_document
from ecrdrain.cli.options import AwsOptions
from ecrdrain.lab import push_many
from ecrdrain.stacks.drain_log import find_drain_log, follow_drain_log
from tests.e2e.cli.conftest import create_stack, drain, nested, repository, wait_for
from tests.e2e.cli.test_documents import check
from tests.e2e.cli.test_stack import TOPIC, delete_function_of, deploy_standalone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_s3 import S3Client

    from ecrdrain.lab import Lab
    from ecrdrain.stacks.function_log import LogLine
    from tests.e2e.cli.conftest import Command
    from tests.e2e.cli.terminals import InTerminal

    StartInTerminal = Callable[..., InTerminal]

DEPLOYED = ["request: Create", "answer: SUCCESS", "answered SUCCESS"]


@pytest.fixture
def attached(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, provider: str
) -> Iterator[str]:
    """The name of a stack with a drain, whose repository holds 250 images."""
    name = f"{provider}-app"
    create_stack(cloudformation, name, {"Repository": repository(name), "Drain": drain()})
    push_many(ecr, name, 250)
    yield name
    ecrdrain("stack", "delete", name, "--yes")  # the provider stays as long as it is imported


def delete(cloudformation: CloudFormationClient, name: str) -> str:
    """Delete a stack, wait until it is gone, and return its id."""
    stack_id: str = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=name)
    wait_for(cloudformation, stack_id, "DELETE_COMPLETE")
    return stack_id


def sentences(out: str) -> list[str]:
    """Return what is told, each line without its moment, which it must have."""
    told = [
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  (.*)", line) for line in out.splitlines()
    ]
    return [each[1] for each in told if each]


@pytest.mark.parametrize("by", ["name", "id"])
def test_a_drain_is_told_in_sentences_when_its_stack_is_gone(
    by: str, ecrdrain: Command, cloudformation: CloudFormationClient, attached: str
) -> None:
    """From its creation to its last answer; CloudFormation remembers the stack."""
    stack_id = delete(cloudformation, attached)

    ran = ecrdrain("logs", attached if by == "name" else stack_id)

    told = sentences(ran.out)
    assert (ran.status, ran.err) == (0, "")
    assert len(told) == len(ran.out.splitlines())
    assert told[:5] == [
        *DEPLOYED,
        f"request: Delete of the drain of {attached}",
        f"decision: drain, it is deleted with the stack of Repository in {attached}",
    ]
    assert sorted(each for each in told if each.startswith("deleted")) == [
        "deleted 100 images",
        "deleted 100 images",
        "deleted 50 images",
    ]
    [drained] = [each for each in told if each.startswith("drained")]
    assert re.fullmatch(r"drained: empty, 250 images deleted in \d+\.\d s", drained)
    assert told[-2:] == ["answer: SUCCESS", "answered SUCCESS"]


def test_only_the_lines_of_the_stack_are_told(
    ecrdrain: Command, cloudformation: CloudFormationClient, attached: str
) -> None:
    """Another stack's name may begin with its own, and both have the same function."""
    other = f"{attached}-too"
    create_stack(cloudformation, other, {"Repository": repository(other), "Drain": drain()})

    ran = ecrdrain("logs", attached)
    delete(cloudformation, other)

    assert sentences(ran.out) == DEPLOYED


def test_the_lines_of_nested_stacks_and_of_several_drains_are_told_with_their_repository(
    ecrdrain: Command,
    cloudformation: CloudFormationClient,
    s3: S3Client,
    provider: str,
) -> None:
    """The nested stack is deleted by then, too; another one's name begins as its own does."""
    name = f"{provider}-root"
    inner = nested(s3, name, {"Repository": repository(f"{name}/inner"), "Drain": drain()})
    own = {"Repository": repository(f"{name}/outer"), "Drain": drain()}
    create_stack(cloudformation, name, {"Nested": inner, **own})
    other = {"Repository": repository(f"{name}/other"), "Drain": drain()}
    create_stack(cloudformation, f"{name}-other", other)
    delete(cloudformation, name)
    delete(cloudformation, f"{name}-other")

    told = sentences(ecrdrain("logs", name).out)

    assert [each for each in told if "other" in each] == []
    for each in ("inner", "outer"):
        assert f"{name}/{each}: decision: keep, the repository is empty" in told
        assert f"{name}/{each}: answered SUCCESS" in told


def test_a_stack_with_a_function_of_its_own_has_a_log_of_its_own(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """No provider is needed; when the stack is gone, so is its log, which is said."""
    deploy_standalone(cloudformation, name)

    there = ecrdrain("logs", name)
    delete(cloudformation, name)
    gone = ecrdrain("logs", name)

    assert sentences(there.out) == DEPLOYED
    assert (gone.status, gone.out) == (1, "")
    assert gone.err.startswith("Error: there is no log group ")
    assert gone.err.endswith(f": nothing is left of what the drains of {name} have logged\n")


def test_a_function_that_is_gone_has_left_its_log(
    ecrdrain: Command, lab: Lab, cloudformation: CloudFormationClient, name: str
) -> None:
    """It is looked for where Lambda's functions log unless they are told otherwise."""
    deploy_standalone(cloudformation, name)
    delete_function_of(lab, cloudformation, name)

    ran = ecrdrain("logs", name)

    assert sentences(ran.out) == DEPLOYED


@pytest.mark.usefixtures("provider")
def test_a_stack_without_drains_has_no_lines(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """The log that was looked into is named."""
    create_stack(cloudformation, f"{name}-topic", TOPIC)

    ran = ecrdrain("logs", f"{name}-topic")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == f"{name}-topic has no lines in /aws/lambda/ecrdrain\n"


def test_without_a_provider_and_a_drain_there_is_nothing_to_look_into(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """The command that installs the provider is named."""
    create_stack(cloudformation, name, TOPIC)

    ran = ecrdrain("logs", name)

    assert (ran.status, ran.out) == (1, "")
    assert ran.err == (
        f"Error: no drain of {name} names a function that can be found, and there is no "
        "provider: ecrdrain install makes one\n"
    )


def test_an_unknown_stack_is_wrong_use(ecrdrain: Command, stack: str) -> None:
    """Near names are offered."""
    ran = ecrdrain("logs", f"{stack}x")

    assert (ran.status, ran.out) == (2, "")
    place = "account 123456789012, region us-east-1"
    assert ran.err.startswith(
        f"Error: there is no stack {stack}x in {place}. Did you mean {stack}"
    )
    assert len(ran.err.splitlines()) == 1


def test_followed_lines_come_as_they_are_written_until_the_stack_is_gone(
    in_terminal: StartInTerminal, cloudformation: CloudFormationClient, attached: str
) -> None:
    """It ends by itself after the last answer."""
    terminal = in_terminal("logs", attached, "--follow", columns=80)
    terminal.wait_for("answered SUCCESS")

    delete(cloudformation, attached)

    assert terminal.finish() == 0
    assert terminal.text.count("answered SUCCESS") == 2
    assert "drained: empty, 250 images deleted" in terminal.text
    assert terminal.text.splitlines()[-1].endswith("answered SUCCESS")


class Unhurried(Event):
    """Takes down how long it was to wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once."""
        self.waited += timeout or 0.0
        return False


@pytest.mark.usefixtures("on_lab")
def test_nothing_is_waited_for_once_the_last_answer_was_seen(
    cloudformation: CloudFormationClient, attached: str
) -> None:
    """The drain of a stack that is gone has answered its deletion."""
    delete(cloudformation, attached)
    stop = Unhurried()

    with Aws(AwsOptions()) as aws:
        log = find_drain_log(aws, attached)
        follow_drain_log(aws, log, stop=stop, on_line=lambda _: None)

    assert stop.waited == 0


@pytest.mark.usefixtures("on_lab")
def test_an_answer_that_never_comes_is_not_waited_for_forever(
    cloudformation: CloudFormationClient, provider: str
) -> None:
    """CloudFormation asks nothing of a drain that its stack retains."""
    name = f"{provider}-kept"
    kept = {**drain(), "DeletionPolicy": "Retain"}
    create_stack(cloudformation, name, {"Repository": repository(name), "Drain": kept})
    delete(cloudformation, name)
    stop = Unhurried()
    lines: list[LogLine] = []

    with Aws(AwsOptions()) as aws:
        follow_drain_log(aws, find_drain_log(aws, name), stop=stop, on_line=lines.append)

    assert 15 <= stop.waited < 30
    assert [line.event for line in lines] == ["request", "answer", "answered"]


def test_ctrl_c_ends_the_following(in_terminal: StartInTerminal, attached: str) -> None:
    """The status is 130, as everywhere, and there is no traceback."""
    terminal = in_terminal("logs", attached, "--follow")
    terminal.wait_for("answered SUCCESS")

    terminal.type("\x03")

    assert terminal.finish() == 130
    assert "Traceback" not in terminal.text


def test_a_creation_that_was_rolled_back_is_told_repository_by_repository(
    ecrdrain: Command, cloudformation: CloudFormationClient, provider: str
) -> None:
    """The stack lists neither of its two drains any more."""
    name = f"{provider}-rolled-back"
    second = drain()
    second["Properties"]["RepositoryName"] = {"Ref": "Second"}
    resources = {
        "Repository": repository(name),
        "Drain": {**drain(OnDelete="Sometimes"), "DependsOn": "SecondDrain"},
        "Second": repository(f"{name}/second"),
        "SecondDrain": second,
    }
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    wait_for(cloudformation, name, "ROLLBACK_COMPLETE")

    told = sentences(ecrdrain("logs", name).out)
    delete(cloudformation, name)

    assert [each for each in told if each.endswith(": Create")] == [
        f"{name}/second: request: Create",
        "request: Create",
    ]
    assert f"{name}/second: request: Delete of the drain of {name}/second" in told
    assert any(each.startswith("answer: FAILED, OnDelete 'Sometimes'") for each in told)


@pytest.mark.parametrize("follow", [[], ["--follow"]])
def test_the_document_has_the_documented_fields(
    follow: list[str],
    ecrdrain: Command,
    cloudformation: CloudFormationClient,
    attached: str,
) -> None:
    """Each line is in it, with its sentence; what is followed is written at the end."""
    delete(cloudformation, attached)

    ran = ecrdrain("logs", attached, "--output", "json", *follow)

    lines = ran.document["lines"]
    check(ran.document, describe_document(LOG))
    assert {each["stack"] for each in lines} == {attached}
    assert lines[0]["repository"] == (None if follow else attached)
    assert lines[-1]["repository"] == attached
    assert lines[-1]["text"] == "answered SUCCESS"
    assert lines[-1]["line"]["event"] == "answered"
