"""How trees are read where stacks or templates are not as expected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError

from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.tree import find_deleted, read_stack
from tests.unit.stacks.clients import Pages
from tests.unit.stacks.trees import stack_id

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


class Stacks(Pages):
    """CloudFormation with one stack "web" that nests one which nobody knows any more.

    Args:
        template: The template of "web".
        code: The code of the error for every other stack.
        denied: Whether ListStacks fails.
        status: How the nested stack is listed.
    """

    def __init__(
        self,
        template: object = None,
        code: str = "ValidationError",
        *,
        denied: bool = False,
        status: str = "CREATE_COMPLETE",
    ) -> None:
        nested = {
            "LogicalResourceId": "Child",
            "ResourceType": "AWS::CloudFormation::Stack",
            "PhysicalResourceId": stack_id("child"),
            "ResourceStatus": status,
        }
        listed = [
            {"StackName": "web", "StackStatus": "CREATE_COMPLETE"},
            {"StackName": "webb", "StackStatus": "DELETE_COMPLETE", "StackId": stack_id("webb")},
            {"StackName": "wec", "StackStatus": "CREATE_COMPLETE", "ParentId": stack_id("web")},
        ]
        super().__init__(
            {
                "list_stack_resources": [{"StackResourceSummaries": [nested]}],
                "list_stacks": [{"StackSummaries": listed}],
            }
        )
        self.template = template or {"Resources": {}}
        self.code = code
        self.denied = denied

    def get_paginator(self, name: str) -> Any:
        """Return the paginator, unless ListStacks is denied."""
        if self.denied and name == "list_stacks":
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": ""}}, "ListStacks")
        return super().get_paginator(name)

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        """Return "web"."""
        if StackName != "web":
            answer: Any = {"Error": {"Code": self.code, "Message": "Stack does not exist"}}
            raise ClientError(answer, "DescribeStacks")
        web = {"StackId": stack_id("web"), "StackName": "web", "StackStatus": "CREATE_COMPLETE"}
        return {"Stacks": [web]}

    def get_template(self, **_: object) -> dict[str, Any]:
        """Return the template of "web"."""
        return {"TemplateBody": self.template}


def client(of: Stacks) -> CloudFormationClient:
    """Return it as the client that it stands for."""
    return cast("CloudFormationClient", of)


def test_a_nested_stack_that_cloudformation_has_forgotten_is_left_out() -> None:
    """It was deleted on its own more than 90 days ago."""
    assert read_stack(client(Stacks()), "web").nested == {}


@pytest.mark.parametrize(
    "status", ["DELETE_SKIPPED", "DELETE_COMPLETE", "EXPORT_COMPLETE", "CREATE_FAILED"]
)
def test_a_nested_stack_that_is_not_held_is_not_even_asked_for(status: str) -> None:
    """It is no part of the tree any more; any question about it would be denied here."""
    assert read_stack(client(Stacks(code="AccessDenied", status=status)), "web").nested == {}


def test_a_template_that_is_not_understood_is_no_error() -> None:
    """What it holds is in doubt, which forbids to delete; showing the stack is not forbidden."""
    stack = read_stack(client(Stacks("a: [")), "web")

    assert stack.template == "a: ["


def test_an_unknown_stack_is_answered_with_names_that_look_like_it() -> None:
    """Those of stacks that exist and stand alone."""
    with pytest.raises(UnknownNameError) as caught:
        read_stack(client(Stacks()), "wbe")

    assert caught.value.near == ["web"]


def test_without_the_right_to_list_stacks_only_the_hint_is_lost() -> None:
    """The error stays the one about the name."""
    with pytest.raises(UnknownNameError) as caught:
        read_stack(client(Stacks(denied=True)), "wbe")

    assert caught.value.near == []


def test_another_error_is_not_taken_for_an_unknown_stack() -> None:
    """A denied read must not look like an absent stack."""
    with pytest.raises(ClientError):
        read_stack(client(Stacks(code="AccessDenied")), "wbe")


def test_a_deleted_stack_is_found_by_name_and_by_id() -> None:
    """CloudFormation lists stacks that it has deleted."""
    of = Stacks()

    for name in ("webb", stack_id("webb")):
        found = find_deleted(client(of), name)
        assert found is not None
        assert (found.name, found.status) == ("webb", "DELETE_COMPLETE")
    assert find_deleted(client(of), "never") is None
