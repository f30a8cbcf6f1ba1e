"""A resource's two deletion policies, off the template: as written, or nothing, or "unknown".

A word that is wrong, or an absence that is none, may lose images. "Unknown" never does.
"""

from typing import Final, TypedDict

from ecrdrain.fate.template import NotUnderstoodError, read_entries

UNKNOWN: Final = "unknown"


class Policies(TypedDict):
    """What a template says about a resource.

    Attributes:
        deletion: DeletionPolicy: None when it is certainly absent; a policy only where it is
            written as one plain word; else UNKNOWN, or something else that is no policy.
        update_replace: UpdateReplacePolicy, likewise.
    """

    deletion: str | None
    update_replace: str | None


def read_policies(template: object, logical_id: str, resource_type: str) -> Policies:
    """Read a resource's policies.

    Args:
        template: The TemplateBody of GetTemplate in its Processed stage, where transforms have
            been carried out: YAML as text, JSON as the object that botocore makes of it (of a key
            that JSON repeats, botocore keeps the last). Macros make an object of YAML, too, and
            the language extensions leave no `Transform` (localstack/localstack, recorded from
            AWS: tests/aws/services/cloudformation/api/test_transformers.py,
            test_transformer_property_level and TestLanguageExtensionsTransform). A policy may be
            a function without any transform (aws-cloudformation/cfn-lint #2784): no plain word.
        logical_id: Which resource.
        resource_type: The type that CloudFormation lists it under; the template must say the same.
    """
    try:
        resource = read_resource(template, logical_id)
    except NotUnderstoodError:
        resource = {}
    if resource.get("Type") != resource_type:
        return {"deletion": UNKNOWN, "update_replace": UNKNOWN}
    deletion, replace = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
    return {"deletion": _text(deletion), "update_replace": _text(replace)}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def read_resource(template: object, logical_id: str) -> dict[str, object]:
    """Read the entries of a resource.

    Raises:
        NotUnderstoodError: The template does not declare it, or may hold more than is seen.
    """
    sections = read_plain(template)
    if "Transform" in sections:
        raise NotUnderstoodError
    return read_plain(read_plain(sections.get("Resources")).get(logical_id))


def read_plain(block: object) -> dict[str, object]:
    """Read the entries of a mapping that nothing adds to.

    Raises:
        NotUnderstoodError: It is not understood, or a function or a merge key stands in it.
    """
    entries = read_entries(block)
    if any(name.startswith(("Fn::", "<<")) for name in entries):
        raise NotUnderstoodError
    return entries
