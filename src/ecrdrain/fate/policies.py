"""A resource's two deletion policies, off the template: as written, or nothing, or "unknown".

A word that is wrong, or an absence that is none, may lose images. "Unknown" never does.
"""

from collections.abc import Iterator, Mapping
from typing import Final, TypedDict

from ecrdrain.fate.outline import ITEM, MERGE, OPAQUE, NotUnderstoodError, Outline, Path

UNKNOWN: Final = "unknown"

MODIFIERS = ("Fn::", MERGE, ITEM)
DEPTH = 3


class Policies(TypedDict):
    """What a template says about a resource.

    Attributes:
        deletion: DeletionPolicy: None when it is certainly absent; a policy only where it is
            written as one plain word; else UNKNOWN, or something else that is no policy.
        update_replace: UpdateReplacePolicy, likewise.
    """

    deletion: str | None
    update_replace: str | None


def read_outline(template: object) -> Mapping[Path, str]:
    """Read a template's entries; there are none when it is not understood.

    Args:
        template: The TemplateBody of GetTemplate in its Processed stage, where transforms have
            been carried out: YAML as text, JSON as the object that botocore makes of it (of a key
            that JSON repeats, botocore keeps the last).
    """
    if not isinstance(template, str):
        return dict(_json_outline(template))
    try:
        return Outline(template).found
    except NotUnderstoodError:
        return {}


def read_policies(outline: Mapping[Path, str], logical_id: str, resource_type: str) -> Policies:
    """Read a resource's policies.

    Args:
        outline: The template's entries.
        logical_id: Which resource.
        resource_type: The type that CloudFormation lists it under; the template must say the same.
    """
    resource = ("Resources", logical_id)
    if (
        ("Transform",) in outline
        or outline.get((*resource, "Type")) != resource_type
        or any(is_doubtful(outline, block) for block in ((), resource[:1], resource))
    ):
        return {"deletion": UNKNOWN, "update_replace": UNKNOWN}
    return {
        "deletion": outline.get((*resource, "DeletionPolicy")),
        "update_replace": outline.get((*resource, "UpdateReplacePolicy")),
    }


def is_doubtful(outline: Mapping[Path, str], block: Path) -> bool:
    """Tell whether a block may hold other entries than those that are read.

    What adds entries to a block, or changes them, stands in it under a name of its own.
    """
    return outline.get(block, OPAQUE) != OPAQUE or any(
        path[:-1] == block and path[-1].startswith(MODIFIERS) for path in outline
    )


def _json_outline(node: object, *path: str) -> Iterator[tuple[Path, str]]:
    """Go through the three levels that matter: sections, resources, attributes."""
    if isinstance(node, Mapping) and len(path) < DEPTH:
        for key, value in node.items():
            yield (*path, key), value if isinstance(value, str) else OPAQUE
            yield from _json_outline(value, *path, key)
