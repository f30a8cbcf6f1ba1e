"""What a full YAML parser says of a template: the truth that the strict reader must not miss."""

from dataclasses import dataclass

import yaml

from ecrdrain.fate.policies import UNKNOWN, Policies, read_policies

POLICY_WORDS = (None, "Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
"""Source: CloudFormation template reference, "DeletionPolicy attribute"."""

STRING, MAPPING = "tag:yaml.org,2002:str", "tag:yaml.org,2002:map"


class DoubtError(Exception):
    """What stands there may mean anything: a merge, a repetition, a transform, no mapping."""


def policies_of(template: object, logical_id: str, resource_type: str) -> Policies:
    """Read a resource's policies; whatever is no word of a policy counts as UNKNOWN."""
    policies = read_policies(template, logical_id, resource_type)
    if policies["deletion"] not in POLICY_WORDS:
        policies["deletion"] = UNKNOWN
    if policies["update_replace"] not in POLICY_WORDS:
        policies["update_replace"] = UNKNOWN
    return policies


@dataclass(frozen=True)
class Declared:
    """A resource's attributes; None when absent, UNKNOWN when not a literal."""

    type: str | None
    deletion: str | None
    update_replace: str | None


def parse(text: str) -> dict[str, Declared | None]:
    """Return the resources, those in doubt as None.

    Raises:
        yaml.YAMLError: It is not YAML.
        DoubtError: Which resources there are cannot be told.
    """
    documents = list(yaml.compose_all(text, yaml.SafeLoader))
    if len(documents) != 1:
        raise DoubtError
    sections = members(documents[0])
    if "Transform" in sections or "Resources" not in sections:
        raise DoubtError
    declared: dict[str, Declared | None] = {}
    for logical_id, node in members(sections["Resources"]).items():
        try:
            attributes = members(node)
        except DoubtError:
            declared[logical_id] = None
            continue
        names = ("Type", "DeletionPolicy", "UpdateReplacePolicy")
        declared[logical_id] = Declared(*(literal(attributes.get(name)) for name in names))
    return declared


def members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    """Return a mapping's members by their keys."""
    if not isinstance(node, yaml.MappingNode) or node.tag != MAPPING:
        raise DoubtError
    found: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise DoubtError
        if key.value in found or key.value == "<<" or key.value.startswith("Fn::"):
            raise DoubtError
        found[key.value] = value
    return found


def literal(node: yaml.Node | None) -> str | None:
    """Return a scalar's text."""
    if node is None:
        return None
    if isinstance(node, yaml.ScalarNode) and node.tag == STRING:
        return str(node.value)
    return UNKNOWN


def disagreements(text: str) -> tuple[list[str], int]:
    """Compare the strict reader with the full parser.

    Returns:
        What the reader says though the parser does not, and how many policies it does not know
        though the parser does.

    Raises:
        yaml.YAMLError: It is not YAML.
    """
    try:
        resources = parse(text)
    except DoubtError:
        policies = policies_of(text, "A", "AWS::ECR::Repository")
        known = set(policies.values()) != {UNKNOWN}
        return [f"{policies} of a doubtful template"] * known, 0
    wrong, unknown = [], 0
    for logical_id, truth in resources.items():
        kind = (truth and truth.type) or "none"
        policies = policies_of(text, logical_id, kind)
        told = [policies["deletion"], policies["update_replace"]]
        if truth is None or truth.type in (None, UNKNOWN):
            wrong += [f"{logical_id}: {policies} of a doubtful resource"] * (told != [UNKNOWN] * 2)
            continue
        for said, true in zip(told, [truth.deletion, truth.update_replace], strict=True):
            if said == UNKNOWN:
                unknown += true in POLICY_WORDS
            elif said != true:
                wrong.append(f"{logical_id} has {said} instead of {true}")
    if set(policies_of(text, "NoSuchThing", "none").values()) != {UNKNOWN}:
        wrong.append("NoSuchThing has policies")
    return wrong, unknown
