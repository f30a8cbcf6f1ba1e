"""What belongs to the provider, and what does not."""

from __future__ import annotations

import pytest

from ecrdrain.fate.policies import read_resource
from ecrdrain.fate.template import read_entries
from ecrdrain.stacks.change_sets import Change
from ecrdrain.stacks.declared import declares_export
from ecrdrain.stacks.provider import PARTS, SERVICE_TOKEN, lost_to
from ecrdrain.templates import TemplateName, render


def test_the_parts_are_those_of_the_template() -> None:
    """And the export that makes a stack the provider is in it."""
    text = render(TemplateName.PROVIDER)["provider.yaml"]
    names = read_entries(read_entries(text)["Resources"])
    assert {name: read_resource(text, name)["Type"] for name in names} == PARTS
    assert declares_export(text, SERVICE_TOKEN)


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (Change("Modify", "Function", "AWS::Lambda::Function", "True"), False),
        (Change("Remove", "Function", "AWS::Lambda::Function"), False),
        (Change("Add", "Table", "AWS::DynamoDB::Table"), False),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "False"), False),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "Conditional"), True),
        (Change("Modify", "Table", "AWS::DynamoDB::Table", "True"), True),
        (Change("Remove", "Table", "AWS::DynamoDB::Table"), True),
        (Change("Remove", "Function", "AWS::DynamoDB::Table"), True),
    ],
)
def test_a_loss_is_what_goes_and_is_no_part_of_the_provider(change: Change, lost: bool) -> None:  # noqa: FBT001 - of parametrize
    """Its own parts may be replaced; what somebody added may not, also under a part's name."""
    assert lost_to([change]) == [change] * lost
