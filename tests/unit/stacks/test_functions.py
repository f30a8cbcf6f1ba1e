"""Whether the function of a drain is gone, wherever its ARN is written."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecrdrain.stacks.functions import function_is_gone
from tests.unit.stacks.clients import Account, Functions, Pages
from tests.unit.stacks.test_events import event
from tests.unit.stacks.trees import drain, resource, stack

if TYPE_CHECKING:
    from ecrdrain.stacks.tree import Stack

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:drain"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:topic"


def is_gone(
    token: object,
    *,
    functions: Functions,
    of: Stack | None = None,
    exports: dict[str, str] | None = None,
    events: list[dict[str, Any]] | None = None,
) -> bool:
    """Ask about a drain with this ServiceToken."""
    attached = drain("Drain", "app", ServiceToken=token)
    listed = [{"Name": name, "Value": value} for name, value in (exports or {}).items()]
    cloudformation = Pages(
        {
            "list_exports": [{"Exports": listed}],
            "describe_stack_events": [{"StackEvents": events or []}],
        }
    )
    of = of or stack("web")
    declared = {"Resources": {"Drain": attached.attributes}}
    of = replace(of, resources=(*of.resources, attached), template=declared)
    return function_is_gone(Account(cloudformation, functions), of, attached)


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize(
    ("token", "exports", "name"),
    [
        (ARN, {}, ARN),
        ({"Ref": "FunctionArn"}, {}, ARN),
        ({"Fn::ImportValue": "ecrdrain-ServiceToken"}, {"ecrdrain-ServiceToken": ARN}, ARN),
        ({"Fn::GetAtt": ["Function", "Arn"]}, {}, "the-function"),
    ],
)
def test_lambda_is_asked_for_the_function_that_the_template_names(
    token: object, exports: dict[str, str], name: str, *, there: bool
) -> None:
    """As a literal, a parameter, an import, or a function of the same stack."""
    functions = Functions(name) if there else Functions()
    of = stack(
        "web",
        resource("Function", "AWS::Lambda::Function", "the-function"),
        parameters={"FunctionArn": ARN},
    )

    assert is_gone(token, functions=functions, of=of, exports=exports) is not there
    assert functions.asked == [name]


@pytest.mark.parametrize(
    ("token", "of"),
    [
        ({"Fn::GetAtt": ["Function", "Arn"]}, stack("web")),
        (
            {"Fn::GetAtt": ["Function", "Arn"]},
            stack(
                "web",
                resource("Function", "AWS::Lambda::Function", status="DELETE_COMPLETE"),
            ),
        ),
        ({"Fn::ImportValue": "ecrdrain-ServiceToken"}, stack("web")),
    ],
)
def test_what_its_stack_or_exporter_has_deleted_is_gone(token: object, of: Stack) -> None:
    """Nobody needs to be asked."""
    functions = Functions()

    assert is_gone(token, functions=functions, of=of)
    assert functions.asked == []


@pytest.mark.parametrize(
    "token",
    [
        TOPIC,
        {"Fn::Sub": "${Function.Arn}"},
        {"Ref": "Nothing"},
        {"Fn::GetAtt": ["Topic", "Arn"]},
        None,
    ],
)
def test_what_nobody_knows_is_not_taken_for_gone(token: object) -> None:
    """A topic of SNS, a computed token, or none at all."""
    of = stack("web", resource("Topic", "AWS::SNS::Topic", TOPIC))

    assert not is_gone(token, functions=Functions(), of=of)


@pytest.mark.parametrize("there", [True, False])
def test_where_the_template_does_not_tell_the_events_do(*, there: bool) -> None:
    """The newest event of the drain that holds its properties has the token resolved."""
    functions = Functions(ARN) if there else Functions()
    events = [
        event("5", "Drain", "DELETE_FAILED"),
        event("4", "Other", "CREATE_COMPLETE", properties=json.dumps({"ServiceToken": "x"})),
        event("3", "Drain", "CREATE_COMPLETE", properties=json.dumps({"ServiceToken": ARN})),
    ]

    gone = is_gone({"Fn::Sub": "${Function.Arn}"}, functions=functions, events=events)

    assert gone is not there
    assert functions.asked == [ARN]


@pytest.mark.parametrize("properties", ["no JSON", "[]", '{"ServiceToken": {}}', "{}"])
def test_properties_that_cannot_be_read_tell_nothing(properties: str) -> None:
    """Then the function counts as there."""
    events = [event("1", "Drain", "CREATE_COMPLETE", properties=properties)]

    assert not is_gone(None, functions=Functions(), events=events)


def test_a_denied_question_is_an_error_and_no_answer() -> None:
    """Whoever may not ask must not conclude that nobody is there."""
    with pytest.raises(ClientError):
        is_gone(ARN, functions=Functions(code="AccessDeniedException"))
