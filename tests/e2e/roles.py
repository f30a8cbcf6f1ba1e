"""The templates as users get them, with what their roles grant taken apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cfnlint.decode import cfn_yaml

from ecrdrain.templates import TemplateName, render

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = {
    "provider.yaml": TemplateName.PROVIDER,
    "standalone.yaml": TemplateName.STANDALONE,
    "nested/lambda.yaml": TemplateName.NESTED,
}
"""The files that declare the function and its role."""

Template = dict[str, Any]
Statement = dict[str, Any]


def load(path: str, name: TemplateName | None = None) -> Template:
    """Read a rendered template, with its short forms (!Sub) written out (Fn::Sub)."""
    text = render(name or FILES[path])[path]
    template: Template = json.loads(json.dumps(cfn_yaml.loads(text)))
    return template


def statements(template: Template) -> list[Statement]:
    """Return what the template's role grants, each action in a statement of its own."""
    (role,) = _roles(template)
    (policy,) = role["Properties"]["Policies"]
    return [
        {**statement, "Action": action}
        for statement in policy["PolicyDocument"]["Statement"]
        for action in _actions(statement)
    ]


def restrict(template: Template, removed: str) -> Template:
    """Take an action from the template's role."""
    (role,) = _roles(template)
    (policy,) = role["Properties"]["Policies"]
    kept = [each for each in statements(template) if each["Action"] != removed]
    assert len(kept) < len(statements(template)), f"the role does not grant {removed}"
    policy["PolicyDocument"] = {**policy["PolicyDocument"], "Statement": kept}
    return template


def hurry(template: Template) -> Template:
    """Let a run of the function take a few seconds only, so that it gives up waiting soon."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Timeout"] = 4
    return template


def _roles(template: Template) -> Iterator[dict[str, Any]]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::IAM::Role":
            yield resource


def _actions(statement: Statement) -> list[str]:
    actions: str | list[str] = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def resource_text(statement: Statement) -> str:
    """Write what a statement's action is granted on: what follows the account in the ARN."""
    resources = statement["Resource"]
    texts = [_text(each) for each in (resources if isinstance(resources, list) else [resources])]
    tags = [
        f", tagged `{key.partition('/')[2]}`"
        for condition in statement.get("Condition", {}).values()
        for key in condition
    ]
    return " and ".join(texts) + "".join(tags)


def _text(resource: str | dict[str, Any]) -> str:
    match resource:
        case {"Fn::Sub": [str() as text, _]} | {"Fn::Sub": str() as text}:
            return f"`{text.split(':${AWS::AccountId}:')[-1]}`"
        case {"Fn::GetAtt": [str() as logical_id, "Arn"]}:
            return f"`{logical_id}`"
        case {"Ref": str(name)} | ("*" as name):
            return f"`{name}`"
        case _:
            raise AssertionError(
                f"a resource that docs/permissions.md has no words for: {resource}"
            )
