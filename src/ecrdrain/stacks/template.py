"""What a stack's template says of its resources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from ecrdrain.stacks.errors import UnreadableTemplateError

# The C loader reads a template of 1 MB in a second instead of ten.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Declared:
    """A resource as its template declares it.

    Attributes:
        type: The resource type; "" when none can be read.
        deletion_policy: The policy, "Delete" when the template is silent, and None when it is
            not a literal.
        properties: The properties as written, intrinsic functions in their long form.
    """

    type: str
    deletion_policy: str | None
    properties: Mapping[str, Any]


def read_template(body: object) -> Mapping[str, Any]:
    """Return a template as a mapping, short forms of intrinsic functions written out.

    Args:
        body: What GetTemplate answers: JSON templates parsed, YAML as text.

    Raises:
        UnreadableTemplateError: It is neither.
    """
    if isinstance(body, str):
        try:
            body = yaml.load(body, _CloudFormationLoader)  # noqa: S506 - derived from a safe one
        except yaml.YAMLError as error:
            problem = " ".join(str(error).split())
            raise UnreadableTemplateError(f"its template is no valid YAML: {problem}") from error
    if not isinstance(body, Mapping):
        raise UnreadableTemplateError("its template is no mapping")
    return body


def declared_resources(template: Mapping[str, Any]) -> dict[str, Declared]:
    """Return the resources that a template declares, by logical id."""
    resources = template.get("Resources")
    if not isinstance(resources, Mapping):
        return {}
    return {
        str(logical_id): _declared(each)
        for logical_id, each in resources.items()
        if isinstance(each, Mapping)
    }


def declared_exports(template: Mapping[str, Any]) -> set[str]:
    """Return the names of a template's exports, those that are literals."""
    outputs = template.get("Outputs")
    exports = [
        output.get("Export")
        for output in (outputs.values() if isinstance(outputs, Mapping) else ())
        if isinstance(output, Mapping)
    ]
    names = [each.get("Name") for each in exports if isinstance(each, Mapping)]
    return {each for each in names if isinstance(each, str)}


def _declared(resource: Mapping[str, Any]) -> Declared:
    policy = resource.get("DeletionPolicy", "Delete")
    properties = resource.get("Properties")
    return Declared(
        type=str(resource.get("Type", "")),
        deletion_policy=policy if isinstance(policy, str) else None,
        properties=properties if isinstance(properties, Mapping) else {},
    )


class _CloudFormationLoader(_Loader):  # type: ignore[misc] # one of two classes
    """PyYAML's safe loader, which also knows !Ref, !GetAtt and their like."""


def _intrinsic(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:  # noqa: ANN401 - see _Loader
    # User Guide, "Intrinsic function reference": !Ref and !Condition stand for keys without the
    # prefix Fn::, and !GetAtt may join its two arguments with a dot.
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = value.split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_CloudFormationLoader.add_multi_constructor("!", _intrinsic)
