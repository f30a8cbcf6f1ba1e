"""What else goes with a stack, or stays."""

from __future__ import annotations

from ecrdrain.stacks.rest import rest_of
from ecrdrain.stacks.tree import DELETED, Resource, Stack
from tests.unit.fate.cloudformation import REPOSITORY, STACK, arn

DONE = "CREATE_COMPLETE"
TYPES = {
    "Table": "AWS::DynamoDB::Table",
    "Bucket": "AWS::S3::Bucket",
    "Topic": "AWS::SNS::Topic",
    "Kept": "AWS::EFS::FileSystem",
    "Skipped": "AWS::EC2::Volume",
    "Repository": REPOSITORY,
    "Drain": "Custom::EcrDrain",
    "Other": "Custom::Thing",
}
TEMPLATE = {
    "Resources": {
        name: {"Type": kind, **({"DeletionPolicy": "Retain"} if name == "Kept" else {})}
        for name, kind in TYPES.items()
    }
}


def stack(name: str, *, status: str = DONE, **more: object) -> Stack:
    """Make a stack with one resource of each type."""
    resources = tuple(
        Resource(logical_id, kind, f"{name}-{logical_id}".lower(), _status(logical_id))
        for logical_id, kind in TYPES.items()
    )
    return Stack(arn(name), name, status, resources=resources, template=TEMPLATE, **more)  # type: ignore[arg-type] # values of any attribute


def _status(logical_id: str) -> str:
    return "DELETE_SKIPPED" if logical_id == "Skipped" else DONE


def test_all_but_repositories_and_drains_is_named() -> None:
    """What holds data is told apart, what is retained says so, what was let go is not there."""
    found = {each.logical_id: each for each in rest_of(stack("shop"))}
    assert set(found) == {"Table", "Bucket", "Topic", "Kept", "Other"}
    assert {name for name, each in found.items() if each.stateful} == {"Table", "Bucket", "Kept"}
    assert {name for name, each in found.items() if each.why} == {"Kept"}
    assert found["Kept"].why == "the DeletionPolicy of Kept in shop keeps it"
    assert found["Table"].name == "AWS::DynamoDB::Table shop-table"


def test_nested_stacks_are_looked_into() -> None:
    """What dies with the root is named with the stack that holds it."""
    child = stack("child")
    nested = Resource("Child", STACK, child.id, DONE)
    root = Stack(
        arn("root"),
        "root",
        DONE,
        resources=(nested,),
        template={"Resources": {"Child": {"Type": STACK}}},
        nested={"Child": child},
    )
    assert {each.stack for each in rest_of(root)} == {"child"}


def test_of_a_deleted_stack_nothing_is_left() -> None:
    """It is in the plan only because the command may be repeated."""
    assert list(rest_of(stack("gone", status=DELETED))) == []
