"""What is read off templates."""

from __future__ import annotations

import pytest

from ecrdrain.stacks.errors import UnreadableTemplateError
from ecrdrain.stacks.template import declared_exports, declared_resources, read_template

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Keep: {Type: String}
Resources:
  Plain:
    Type: AWS::ECR::Repository
  Kept:
    Type: AWS::ECR::Repository
    DeletionPolicy: Retain
    Properties:
      RepositoryName: !Sub "${AWS::StackName}/app"
      EmptyOnDelete: true
  Computed:
    Type: AWS::ECR::Repository
    DeletionPolicy: !If [Keeping, Retain, Delete]
  Drain:
    Type: Custom::EcrDrain
    Properties:
      ServiceToken: !GetAtt Function.Arn
      RepositoryName: !Ref Plain
      Tags: !FindInMap {Map: !Ref Keep}
Outputs:
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


def test_short_forms_of_intrinsic_functions_are_read_as_their_long_forms() -> None:
    """!Ref, !GetAtt with a dot, !If and !Sub become what JSON templates hold."""
    resources = declared_resources(read_template(YAML))

    assert resources["Kept"].properties["RepositoryName"] == {"Fn::Sub": "${AWS::StackName}/app"}
    assert resources["Drain"].properties == {
        "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
        "RepositoryName": {"Ref": "Plain"},
        "Tags": {"Fn::FindInMap": {"Map": {"Ref": "Keep"}}},
    }


def test_a_deletion_policy_is_delete_when_silent_and_unknown_when_computed() -> None:
    """Only a literal is taken for a DeletionPolicy; none at all means Delete."""
    resources = declared_resources(read_template(YAML))

    policies = {name: each.deletion_policy for name, each in resources.items()}
    assert policies == {"Plain": "Delete", "Kept": "Retain", "Computed": None, "Drain": "Delete"}


def test_json_templates_come_parsed_and_are_read_the_same_way() -> None:
    """GetTemplate answers JSON templates as mappings."""
    template = {"Resources": {"R": {"Type": "AWS::ECR::Repository", "DeletionPolicy": "Retain"}}}

    resources = declared_resources(read_template(template))

    assert resources["R"].type == "AWS::ECR::Repository"
    assert resources["R"].deletion_policy == "Retain"
    assert resources["R"].properties == {}


def test_json_text_is_read_as_well() -> None:
    """JSON is YAML, tabs and all."""
    assert read_template('{\n\t"Resources":\t{"R": {"Type": "A"}}}')["Resources"]


@pytest.mark.parametrize("body", ["Resources: [", "a: b: c", "just words", 7])
def test_what_is_no_template_is_an_error_that_says_so(body: object) -> None:
    """Broken YAML, and anything that is no mapping, is refused."""
    with pytest.raises(UnreadableTemplateError, match="its template is no"):
        read_template(body)


def test_malformed_sections_declare_nothing() -> None:
    """A section or resource that is no mapping declares no resource."""
    assert declared_resources({}) == {}
    assert declared_resources({"Resources": {"R": "text"}}) == {}


def test_exports_with_literal_names_are_found() -> None:
    """A computed name of an export cannot be compared, so it is left out."""
    assert declared_exports(read_template(YAML)) == {"the-token"}
    assert declared_exports({}) == set()
    assert declared_exports({"Outputs": {"A": "text"}}) == set()
