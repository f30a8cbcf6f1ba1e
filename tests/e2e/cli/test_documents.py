"""Every JSON document has the fields that the documentation names, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecrdrain.cli.documents.provider import INSTALLATION
from ecrdrain.cli.documents.repositories import DRAIN, DRAIN_PLAN
from ecrdrain.cli.documents.stacks import DELETION, DELETION_PLAN, STACKS
from ecrdrain.cli.fields import describe_document
from ecrdrain.lab import push_many
from tests.e2e.cli.conftest import create_stack, repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from tests.e2e.cli.conftest import Command

# Mappings whose keys are data: operations, codes, an error's parts, and a line of the log.
_OPEN = ("calls", "failureCodes", "error", "line")


def fields(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of all fields of a document."""
    if isinstance(value, list):
        for each in value:
            yield from fields(each, f"{path}[]")
    elif isinstance(value, dict) and path.rpartition(".")[2] not in _OPEN:
        for name, each in value.items():
            inner = f"{path}.{name}".lstrip(".")
            yield inner
            yield from fields(each, inner)


def lists(value: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of lists that are empty, whose fields cannot be seen."""
    if isinstance(value, list):
        if not value:
            yield f"{path}[]"
        for each in value:
            yield from lists(each, f"{path}[]")
    elif isinstance(value, dict):
        for name, each in value.items():
            if name not in _OPEN:
                yield from lists(each, f"{path}.{name}".lstrip("."))


def check(document: Any, documented: dict[str, str]) -> None:
    """See that the fields are those documented, as far as the document shows them."""
    empty = tuple(f"{path}." for path in lists(document))
    assert document["account"] == "123456789012"
    assert document["region"] in {"us-east-1", "eu-north-1"}
    shown = set(fields(document)) - {"account", "region"}
    assert shown - documented.keys() == set()
    assert {each for each in documented.keys() - shown if not each.startswith(empty)} == set()


def test_the_documents_of_drain(ecrdrain: Command, filled: str) -> None:
    """The plan and the result."""
    check(
        ecrdrain("drain", filled, "--dry-run", "--output", "json").document,
        describe_document(DRAIN_PLAN),
    )
    check(
        ecrdrain("drain", filled, "--yes", "--output", "json").document, describe_document(DRAIN)
    )


def test_the_documents_of_stacks(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """Shown when it has failed and is imported from, planned with an obstacle, and deleted."""
    create_stack(
        cloudformation,
        name,
        {"Gone": repository(name), "Kept": repository(f"{name}/kept", DeletionPolicy="Retain")},
        {"Export": {"Value": "x", "Export": {"Name": name}}},
    )
    push_many(ecr, name, 2)
    cloudformation.delete_stack(StackName=name)
    status = ""
    while status != "DELETE_FAILED":
        [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        status = described["StackStatus"]
    importing = {"Import": {"Value": {"Fn::ImportValue": name}}}
    create_stack(cloudformation, f"{name}-web", {"Topic": {"Type": "AWS::SNS::Topic"}}, importing)

    shown = ecrdrain("stack", "show", name, "--output", "json").document
    planned = ecrdrain("stack", "delete", name, "--dry-run", "--output", "json").document
    deleted = ecrdrain(
        "stack", "delete", name, f"{name}-web", "--yes", "--output", "json"
    ).document

    stacks = describe_document(STACKS)
    reports = describe_document(DRAIN, "stacks[].")
    check(shown, stacks)
    assert not list(lists({"exports": shown["stacks"][0]["exports"]}))
    check(planned, {**stacks, **describe_document(DELETION_PLAN)})
    check(deleted, {**reports, **describe_document(DELETION)})


def test_the_document_of_install(ecrdrain: Command, name: str) -> None:
    """Of a plan, which has all fields."""
    ran = ecrdrain("install", "--stack-name", name, "--dry-run", "--output", "json")

    check(ran.document, describe_document(INSTALLATION))
