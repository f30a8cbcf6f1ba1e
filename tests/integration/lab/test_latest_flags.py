"""DescribeStacks tells whether the latest request said RetainExceptOnCreate."""

import json

import pytest

from tests.integration.lab.stacks import Stacks, new_name

TOPIC = {"Type": "AWS::SNS::Topic"}


@pytest.mark.parametrize("by", ["StackName", "StackId"])
def test_the_latest_request_counts(stacks: Stacks, by: str) -> None:
    """A creation with the flag tells it until an update without; requests name either."""
    names = {"StackName": new_name()}
    body = json.dumps({"Resources": {"Topic": TOPIC}})
    names["StackId"] = stacks.cloudformation.create_stack(
        StackName=names["StackName"], TemplateBody=body, RetainExceptOnCreate=True
    )["StackId"]
    stacks.settle(names["StackId"])
    assert stacks.describe(names["StackName"])["RetainExceptOnCreate"] is True

    body = json.dumps({"Resources": {"Topic": TOPIC, "Other": TOPIC}})
    stacks.cloudformation.update_stack(StackName=names[by], TemplateBody=body)
    stacks.settle(names["StackId"])
    assert "RetainExceptOnCreate" not in stacks.describe(names["StackId"])


def test_the_plain_emulator_does_not_tell_it(plain_stacks: Stacks) -> None:
    """Without the addition nobody sees what the rollback will do."""
    body = json.dumps({"Resources": {"Topic": TOPIC}})
    stack = plain_stacks.cloudformation.create_stack(
        StackName=new_name(), TemplateBody=body, RetainExceptOnCreate=True
    )["StackId"]
    plain_stacks.settle(stack)
    assert "RetainExceptOnCreate" not in plain_stacks.describe(stack)
