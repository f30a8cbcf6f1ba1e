"""A resource's two deletion policies, off the template: a word, or nothing, or "unknown".

A word that is wrong, or an absence that is none, may lose images. "Unknown" never does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ecrdrain.resource.outline import ITEM, MERGE, OPAQUE, NotUnderstoodError, Outline

UNKNOWN: Final = "unknown"

POLICY_WORDS = (None, "Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
"""Source: CloudFormation template reference, "DeletionPolicy attribute"."""

MODIFIERS = ("Fn::", MERGE, ITEM)
DEPTH = 3


@dataclass(frozen=True)
class Policies:
    """What a template says about a resource.

    Attributes:
        present: Whether it declares the logical id; None when that is not certain.
        deletion: DeletionPolicy: one of POLICY_WORDS, of which None means absent, or UNKNOWN.
        update_replace: UpdateReplacePolicy, likewise.
    """

    present: bool | None = None
    deletion: str | None = UNKNOWN
    update_replace: str | None = UNKNOWN


def read_policies(template: object, logical_id: str, resource_type: str) -> Policies:
    """Read a resource's policies.

    Args:
        template: The TemplateBody of GetTemplate in its Processed stage, where transforms have
            been carried out: YAML as text, JSON as the object that botocore makes of it (of a key
            that JSON repeats, botocore keeps the last).
        logical_id: Which resource.
        resource_type: The type that CloudFormation lists it under; of a resource that the template
            gives another type, only the presence is told.
    """
    try:
        found = (
            Outline(template).found if isinstance(template, str) else dict(_json_outline(template))
        )
    except NotUnderstoodError:
        return Policies()
    resource = ("Resources", logical_id)
    # What adds entries to a block, or changes them, stands in it under a name of its own.
    doubtful = {path[:-1] for path in found if path[-1].startswith(MODIFIERS)}
    doubtful |= {path for path, value in found.items() if value != OPAQUE}
    if (
        doubtful & {(), ("Resources",)}
        or ("Transform",) in found
        or not any(path[:-1] == ("Resources",) for path in found)
    ):
        return Policies()
    if resource not in found:
        return Policies(present=False)
    if resource in doubtful or found.get((*resource, "Type")) != resource_type:
        return Policies(present=True)
    values = [found.get((*resource, name)) for name in ("DeletionPolicy", "UpdateReplacePolicy")]
    deletion, update_replace = (each if each in POLICY_WORDS else UNKNOWN for each in values)
    return Policies(present=True, deletion=deletion, update_replace=update_replace)


def _json_outline(node: object, *path: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Go through the three levels that matter: sections, resources, attributes."""
    if isinstance(node, Mapping) and len(path) < DEPTH:
        for key, value in node.items():
            yield (*path, key), value if isinstance(value, str) else OPAQUE
            yield from _json_outline(value, *path, key)
