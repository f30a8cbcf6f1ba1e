"""``ecrdrain stack list`` on the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.cli.documents.stacks import STACK_LIST
from ecrdrain.cli.fields import describe_document
from ecrdrain.lab import push_many
from tests.e2e.cli.conftest import create_stack, nested, repository
from tests.e2e.cli.test_documents import check
from tests.e2e.cli.test_stack import (
    TOPIC,
    delete_function_of,
    deploy_standalone,
    wait_for_failure,
)

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_s3 import S3Client

    from ecrdrain.lab import Lab
    from tests.e2e.cli.conftest import Command


def rows(out: str, name: str) -> dict[str, list[str]]:
    """Return the rows about the stacks of one test, by what follows the test's name."""
    words = [line.split() for line in out.splitlines()]
    return {row[0].removeprefix(name): row[1:] for row in words if row[0].startswith(name)}


def test_each_stack_has_the_verdict_of_its_worst_repository(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """Stacks without repositories are left out; images are not needed for every verdict."""
    kept = repository(f"{name}/kept", DeletionPolicy="Retain")
    create_stack(
        cloudformation, f"{name}-blocks", {"Kept": kept, "Full": repository(f"{name}/full")}
    )
    create_stack(cloudformation, f"{name}-empty", {"Empty": repository(f"{name}/empty")})
    create_stack(
        cloudformation,
        f"{name}-kept",
        {"Kept": repository(f"{name}/kept-too", DeletionPolicy="Retain")},
    )
    create_stack(cloudformation, f"{name}-topic", TOPIC)
    deploy_standalone(cloudformation, f"{name}-drained")
    push_many(ecr, f"{name}/full", 2)
    push_many(ecr, f"{name}-drained", 2)

    ran = ecrdrain("stack", "list")

    assert ran.status == 0, ran.err
    assert ran.out.splitlines()[1].split() == ["stack", "status", "repositories", "verdict"]
    assert rows(ran.out, name) == {
        "-blocks": ["CREATE_COMPLETE", "2", "blocks"],
        "-drained": ["CREATE_COMPLETE", "1", "drained"],
        "-empty": ["CREATE_COMPLETE", "1", "deletes"],
        "-kept": ["CREATE_COMPLETE", "1", "kept"],
    }


def test_what_has_failed_stands_first_and_alone_with_the_option(
    ecrdrain: Command, cloudformation: CloudFormationClient, stack: str
) -> None:
    """With the command that deletes it."""
    create_stack(cloudformation, f"{stack}-empty", {"Empty": repository(f"{stack}/empty")})
    cloudformation.delete_stack(StackName=stack)
    wait_for_failure(cloudformation, stack)

    every = ecrdrain("stack", "list", "--output", "json").document["stacks"]
    failed = ecrdrain("stack", "list", "--failed")

    statuses = [each["status"] for each in every]
    assert statuses == sorted(statuses, key=lambda status: status != "DELETE_FAILED")
    assert {each["stack"] for each in every} >= {stack, f"{stack}-empty"}
    assert rows(failed.out, stack) == {"": ["DELETE_FAILED", "1", "blocks"]}
    assert failed.out.splitlines()[-1].endswith("ecrdrain stack delete STACK deletes it")


def test_a_failed_stack_without_repositories_has_no_verdict(
    ecrdrain: Command, lab: Lab, cloudformation: CloudFormationClient, name: str
) -> None:
    """Its empty repository has gone, its drain has not: the function was deleted before."""
    deploy_standalone(cloudformation, name)
    delete_function_of(lab, cloudformation, name)
    cloudformation.delete_stack(StackName=name)
    wait_for_failure(cloudformation, name)

    listed = ecrdrain("stack", "list")

    assert rows(listed.out, name) == {"": ["DELETE_FAILED", "0", "-"]}


def test_the_repositories_of_nested_stacks_count_for_their_root(
    ecrdrain: Command,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    s3: S3Client,
    name: str,
) -> None:
    """The nested stack has no row of its own."""
    create_stack(
        cloudformation, name, {"Nested": nested(s3, name, {"Repository": repository(name)})}
    )
    push_many(ecr, name, 1)

    ran = ecrdrain("stack", "list")

    assert rows(ran.out, name) == {"": ["CREATE_COMPLETE", "1", "blocks"]}


def test_a_nested_stack_is_shown_as_its_root_deletes_it(
    ecrdrain: Command,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    s3: S3Client,
    name: str,
) -> None:
    """Its own template alone would say that the images go; the root's keeps the nested stack."""
    held = {"Repository": repository(name)}
    inner = nested(s3, name, held, DeletionPolicy="Retain")
    create_stack(cloudformation, name, {"Nested": inner})
    push_many(ecr, name, 1)
    child = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId="Nested")
    child_id = child["StackResourceDetail"]["PhysicalResourceId"]

    [shown] = ecrdrain("stack", "show", child_id, "--output", "json").document["stacks"]

    [found] = shown["repositories"]
    assert (found["verdict"], found["images"]) == ("kept", 1)
    assert "DeletionPolicy of Nested" in found["why"]


def test_a_region_without_such_stacks_is_said_to_have_none(ecrdrain: Command) -> None:
    """An empty table would leave it open whether anything was read."""
    every = ecrdrain("stack", "list", "--region", "eu-north-1")
    failed = ecrdrain("stack", "list", "--failed", "--region", "eu-north-1")

    assert (every.status, failed.status) == (0, 0)
    assert every.out.splitlines() == [
        "account 123456789012, region eu-north-1:",
        "no stack of the region holds repositories or is DELETE_FAILED",
    ]
    assert failed.out.splitlines()[1:] == ["no stack of the region is DELETE_FAILED"]


def test_the_document_has_the_documented_fields(ecrdrain: Command, stack: str) -> None:
    """Also for stacks that other tests have left."""
    document = ecrdrain("stack", "list", "--output", "json").document

    check(document, describe_document(STACK_LIST))
    [listed] = [each for each in document["stacks"] if each["stack"] == stack]
    assert (listed["repositories"], listed["verdict"]) == (1, "blocks")


@pytest.mark.parametrize("arguments", [["shop"], ["--fialed"]])
def test_wrong_use_is_one_line(arguments: list[str], ecrdrain: Command) -> None:
    """The command takes no names; stack show does."""
    ran = ecrdrain("stack", "list", *arguments)

    assert (ran.status, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
