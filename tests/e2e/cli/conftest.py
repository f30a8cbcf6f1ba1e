"""The commands run in this process, in a process of their own, and in a pseudo-terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ecrdrain.cli.app import run
from ecrdrain.lab import push_many
from tests.e2e.cli.terminals import InTerminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_s3 import S3Client

    from ecrdrain.lab import Lab

PROGRAM = (sys.executable, "-c", "from ecrdrain.cli import main; main()")


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The JSON document, which must be all that standard output got."""
        return json.loads(self.out)


class Command(Protocol):
    """Runs the command with these arguments."""

    def __call__(self, *arguments: str) -> Ran:
        """Run it and wait for its end."""
        ...


@pytest.fixture
def on_lab(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be one whose AWS is the lab."""
    for name in os.environ:
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in lab.environment.items():
        monkeypatch.setenv(name, value)
    # Rich takes these as the last word on colours and width.
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ecrdrain(on_lab: None, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command, run in this process; its standard input is no terminal."""
    del on_lab

    def command(*arguments: str) -> Ran:
        capsys.readouterr()
        status = run(arguments)
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return command


@pytest.fixture
def process(lab: Lab) -> Callable[..., Ran]:
    """The command, run in a process of its own."""

    def command(*arguments: str, environment: Mapping[str, str | None] | None = None) -> Ran:
        """Run it; a variable that is None is taken away."""
        variables = {**lab.environment, **(environment or {})}
        done = subprocess.run(  # noqa: S603 - our own program
            [*PROGRAM, *arguments],
            env={name: value for name, value in variables.items() if value is not None},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return command


@pytest.fixture
def in_terminal(lab: Lab) -> Iterator[Callable[..., InTerminal]]:
    """The command, started in a pseudo-terminal of its own."""
    started: list[InTerminal] = []

    def start(
        *arguments: str, columns: int = 100, environment: Mapping[str, str] | None = None
    ) -> InTerminal:
        variables = {**lab.environment, "TERM": "xterm-256color", **(environment or {})}
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
            if name not in (environment or {}):
                variables.pop(name, None)
        started.append(InTerminal([*PROGRAM, *arguments], variables, columns))
        return started[-1]

    yield start
    for each in started:
        each.close()


@pytest.fixture
def name() -> str:
    """A name that nobody else has, for a stack as for a repository."""
    return f"test-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def filled(ecr: ECRClient, name: str) -> str:
    """The name of a repository with three images."""
    ecr.create_repository(repositoryName=name)
    push_many(ecr, name, 3)
    return name


@pytest.fixture
def stack(cloudformation: CloudFormationClient, ecr: ECRClient, name: str) -> str:
    """The name of a stack whose repository, of the same name, holds three images."""
    create_stack(cloudformation, name, {"Repository": repository(name)})
    push_many(ecr, name, 3)
    return name


@pytest.fixture
def provider(ecrdrain: Command, cloudformation: CloudFormationClient, name: str) -> Iterator[str]:
    """The name of an installed provider, removed in the end: there can be only one."""
    ran = ecrdrain("install", "--stack-name", name, "--parameter", "MemorySize=256", "--yes")
    assert ran.status == 0, ran.err
    yield name
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )


def drain(**properties: Any) -> dict[str, Any]:
    """Return the resource of a drain of `Repository` by the installed provider."""
    token = {"Fn::ImportValue": "ecrdrain-ServiceToken"}
    return {
        "Type": "Custom::EcrDrain",
        "Properties": {
            "ServiceToken": token,
            "RepositoryName": {"Ref": "Repository"},
            **properties,
        },
    }


def wait_for(cloudformation: CloudFormationClient, name: str, wanted: str) -> None:
    """Wait until a stack, by name or id, has a status."""
    status = ""
    while status != wanted:
        [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        status = described["StackStatus"]


def repository(name: str, **attributes: Any) -> dict[str, Any]:
    """Return the resource of a repository."""
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": name},
        **attributes,
    }


def nested(
    s3: S3Client, name: str, resources: Mapping[str, Any], **attributes: Any
) -> dict[str, Any]:
    """Return the resource of a nested stack, whose template is put into a bucket of that name."""
    s3.create_bucket(Bucket=name)
    s3.put_object(
        Bucket=name, Key="inner.json", Body=json.dumps({"Resources": resources}).encode()
    )
    return {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": f"https://s3.amazonaws.com/{name}/inner.json"},
        **attributes,
    }


def create_stack(
    client: CloudFormationClient,
    name: str,
    resources: Mapping[str, Any],
    outputs: Mapping[str, Any] | None = None,
) -> None:
    """Create a stack and wait until it is there."""
    template = {"Resources": resources, "Outputs": outputs or {}}
    client.create_stack(
        StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
    )
    client.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )


def count_images(ecr: ECRClient, name: str) -> int:
    """Return how many images a repository holds."""
    pages = ecr.get_paginator("list_images").paginate(
        repositoryName=name, filter={"imageStatus": "ANY"}
    )
    return len({row["imageDigest"] for page in pages for row in page["imageIds"]})
