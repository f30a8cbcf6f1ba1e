"""Change sets that take their time, are refused, or are not waited for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from ecrdrain.stacks.change_sets import Change, ChangeSet, prepare
from ecrdrain.stacks.errors import ChangeSetError, Interrupted, StacksError
from tests.unit.stacks.trees import stack_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient

BODY = "Parameters: {Size: {Type: Number}}\nResources: {}\n"


class ChangeSets:
    """CloudFormation with one stack at most, and a change set that goes through some statuses.

    Args:
        statuses: Of the change set, one at each look; the last one stays.
        status: The status of the stack; "" when there is none.
    """

    def __init__(self, *statuses: str, status: str = "") -> None:
        self.statuses = list(statuses)
        self.status = status
        self.created: dict[str, Any] = {}
        self.removed: list[str] = []

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Return the stack."""
        if not self.status:
            answer: Any = {"Error": {"Code": "ValidationError", "Message": ""}}
            raise ClientError(answer, "DescribeStacks")
        stack = {"StackId": stack_id(StackName), "StackName": StackName}
        return {"Stacks": [{**stack, "StackStatus": self.status}]}

    def get_template_summary(self, *, TemplateBody: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Return the template's parameters."""
        assert TemplateBody == BODY
        return {"Parameters": [{"ParameterKey": "Size"}]}

    def create_change_set(self, **given: Any) -> dict[str, Any]:
        """Note what is asked for."""
        self.created = given
        return {"Id": "change-set", "StackId": stack_id(given["StackName"])}

    def get_paginator(self, name: str) -> ChangeSets:
        """Return itself; nobody lists stacks."""
        del name
        return self

    def paginate(self, **given: Any) -> Iterator[dict[str, Any]]:
        """Yield two pages of the change set as it is now, and no stacks."""
        if "ChangeSetName" not in given:
            return
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        for name in ("A", "B"):
            change = {"Action": "Add", "LogicalResourceId": name, "ResourceType": "AWS::X"}
            yield {
                "Status": status,
                "StatusReason": "not like this",
                "Changes": [{"ResourceChange": change}],
            }

    def delete_change_set(self, *, ChangeSetName: str) -> None:  # noqa: N803 - AWS's name
        """Note what is removed."""
        self.removed.append(ChangeSetName)

    def delete_stack(self, *, StackName: str) -> None:  # noqa: N803 - AWS's name
        """Note what is removed."""
        self.removed.append(StackName)


class Impatient(threading.Event):
    """An event for which nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once whether it is set."""
        del timeout
        return self.is_set()


def prepared(of: ChangeSets, *, update: bool = False, stop: bool = False) -> ChangeSet | None:
    """Prepare a change of the stack "web"."""
    event = Impatient()
    if stop:
        event.set()
    return prepare(
        cast("CloudFormationClient", of),
        stack="web",
        body=BODY,
        parameters={"Size": "1"},
        update=update,
        stop=event,
    )


@pytest.mark.parametrize("status", ["", "REVIEW_IN_PROGRESS"])
def test_a_change_set_is_waited_for_and_read_page_by_page(status: str) -> None:
    """An empty shell that an earlier change set left is no stack yet."""
    of = ChangeSets("CREATE_PENDING", "CREATE_IN_PROGRESS", "CREATE_COMPLETE", status=status)

    change_set = prepared(of)

    assert change_set == ChangeSet(
        id="change-set",
        stack_id=stack_id("web"),
        stack="web",
        creates=True,
        changes=(Change("Add", "A", "AWS::X"), Change("Add", "B", "AWS::X")),
    )
    assert of.created["ChangeSetType"] == "CREATE"
    assert of.created["Parameters"] == [{"ParameterKey": "Size", "ParameterValue": "1"}]
    assert of.removed == []


def test_a_refused_change_set_is_told_with_its_reason_and_removed() -> None:
    """The empty stack that it made goes with it."""
    of = ChangeSets("CREATE_IN_PROGRESS", "FAILED")

    with pytest.raises(ChangeSetError, match="refuses the change of web: not like this"):
        prepared(of)
    assert of.removed == ["change-set", stack_id("web")]


def test_an_interrupt_removes_the_change_set() -> None:
    """Nothing was agreed to yet."""
    of = ChangeSets("CREATE_IN_PROGRESS")

    with pytest.raises(Interrupted):
        prepared(of, stop=True)
    assert of.removed == ["change-set", stack_id("web")]


@pytest.mark.parametrize(
    ("status", "update", "words"),
    [
        ("CREATE_COMPLETE", False, "is there already: say --update"),
        ("UPDATE_IN_PROGRESS", True, "is UPDATE_IN_PROGRESS: run this again"),
        ("ROLLBACK_COMPLETE", True, "cannot be updated: ecrdrain uninstall --stack-name web"),
    ],
)
def test_a_stack_that_cannot_be_changed_now_is_left_alone(
    status: str, words: str, *, update: bool
) -> None:
    """Each case with its remedy, and no change set."""
    of = ChangeSets("CREATE_COMPLETE", status=status)

    with pytest.raises(StacksError, match=words):
        prepared(of, update=update)
    assert of.created == {}
