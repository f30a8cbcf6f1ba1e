"""What the command reads off templates besides policies, in each language and form."""

from __future__ import annotations

import json
from dataclasses import replace
from textwrap import indent

import pytest

from ecrdrain.stacks.declared import (
    UNCLEAR,
    declares_export,
    read_property,
    resolve_property,
)
from tests.unit.stacks.trees import stack

WEB = replace(stack("web"), parameters={"OnDelete": "Never"})


def of_yaml(properties: str, name: str = "P") -> object:
    """Read a property off a YAML template with these lines below Properties."""
    text = f"Resources:\n  R:\n    Type: T\n    Properties:\n{indent(properties, ' ' * 6)}\n"
    return read_property(replace(WEB, template=text), "R", name)


def of_json(properties: object, name: str = "P") -> object:
    """Read a property off a JSON template."""
    resources = {"R": {"Type": "T", "Properties": properties}}
    return read_property(replace(WEB, template={"Resources": resources}), "R", name)


@pytest.mark.parametrize(
    ("yaml", "value", "expected"),
    [
        ("P: Never", "Never", "Never"),
        ("P: 'Never' # why", "Never", "Never"),
        ("P: true", True, "true"),
        ("Q: x", None, None),
        ("P: !Ref OnDelete", {"Ref": "OnDelete"}, {"Ref": "OnDelete"}),
        ("P:\n  Ref: OnDelete", {"Ref": "OnDelete"}, {"Ref": "OnDelete"}),
        ("P: !ImportValue a-b", {"Fn::ImportValue": "a-b"}, {"Fn::ImportValue": "a-b"}),
        ("P: !GetAtt F.Arn", {"Fn::GetAtt": "F.Arn"}, {"Fn::GetAtt": "F.Arn"}),
        ("P:\n  Fn::GetAtt: F.Arn", {"Fn::GetAtt": "F.Arn"}, {"Fn::GetAtt": "F.Arn"}),
        ("P: !Sub Never", {"Fn::Sub": "Never"}, UNCLEAR),
        ("P: &a Never", {"Fn::If": ["A", "B", "C"]}, UNCLEAR),
        ("P: {Ref: OnDelete}", ["Ref"], UNCLEAR),
        ("P: !Ref [OnDelete]", {}, UNCLEAR),
        ("P: |\n  Never", 7, UNCLEAR),
    ],
)
def test_a_word_and_the_plain_functions_are_read_and_all_else_is_unclear(
    yaml: str, value: object, expected: object
) -> None:
    """Both languages give the same."""
    assert of_yaml(yaml) == expected
    assert of_json({} if value is None else {"P": value}) == expected


@pytest.mark.parametrize("yaml", ["Q: x\n<<: *a", "Q: x\nFn::Transform: {Name: x}"])
def test_what_may_bring_more_properties_makes_an_absence_unclear(yaml: str) -> None:
    """A merge or a transform may hold the property."""
    assert of_yaml(yaml) is UNCLEAR
    assert of_json({"Fn::Transform": {}}) is UNCLEAR


@pytest.mark.parametrize(
    "template",
    [
        None,
        "a: [",
        "Resources: {R: {Type: T, Properties: {P: Never}}}",
        "Resources:\n  R: {Type: T, Properties: {P: Never}}\n",
        "Resources:\n  R:\n    Type: T\n    Properties: {P: Never}\n",
        "Resources:\n  R:\n    Properties: !If [A, B, C]\n",
        "Resources:\n  S:\n    Type: T\n",
        {"Resources": {"S": {"Type": "T"}}},
        {"Resources": {"R": {"Type": "T", "Properties": ["P"]}}},
        {"Resources": {"R": {"Type": "T", "Fn::Transform": {}}}},
        {"Resources": {"R": []}},
    ],
)
def test_of_what_the_reader_does_not_understand_nothing_is_said(template: object) -> None:
    """Flow style, other resources and other shapes may hold the property or not."""
    assert read_property(replace(WEB, template=template), "R", "P") is UNCLEAR


@pytest.mark.parametrize(
    "template",
    [
        "Resources:\n  R:\n    Type: T\n",
        {"Resources": {"R": {"Type": "T"}}},
        {"Resources": {"R": {"Type": "T", "Properties": {}}}},
        "Resources:\n  R:\n    Properties:\n    Type: T\n",
    ],
)
def test_a_resource_without_properties_has_none(template: object) -> None:
    """Nothing hides one."""
    assert read_property(replace(WEB, template=template), "R", "P") is None


def test_a_parameter_stands_for_its_value() -> None:
    """One that the stack does not have stands for nothing that is known."""
    properties = {"P": {"Ref": "OnDelete"}, "Q": {"Ref": "Unknown"}}
    web = replace(WEB, template={"Resources": {"R": {"Properties": properties}}})
    assert resolve_property(web, "R", "P") == "Never"
    assert resolve_property(web, "R", "Q") is UNCLEAR


EXPORT = """Outputs:
  Token:
    Value: !GetAtt [Function, Arn]
    Export:
      Name: the-token
  Computed:
    Value: x
    Export:
      Name: !Sub "${AWS::StackName}-x"
  Silent:
    Value: y
"""


@pytest.mark.parametrize(
    ("template", "declares"),
    [
        (EXPORT, True),
        (EXPORT.replace("the-token", "another"), False),
        ("a: [", False),
        (json.loads('{"Outputs": {"T": {"Export": {"Name": "the-token"}}, "S": "text"}}'), True),
        ({"Outputs": {"A": {"Export": "the-token"}}}, False),
        ({"Outputs": []}, False),
        ({}, False),
    ],
)
def test_an_export_is_found_by_its_plain_name(template: object, *, declares: bool) -> None:
    """A computed name cannot be compared."""
    assert declares_export(template, "the-token") is declares
