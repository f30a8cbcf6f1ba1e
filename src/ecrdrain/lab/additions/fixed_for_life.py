"""UpdateStack: a custom resource keeps its ServiceToken, and every resource its type.

"Modifying service token is not allowed." fails the update of the resource (serverless/serverless
#9240; aws-cloudformation/cloudformation-coverage-roadmap #802 asks for it). "Update of resource
type is not permitted. The new template modifies resource type of the following resources: [...]"
refuses the whole update; that a type of custom resource counts too is seen in panther-labs/panther
#1895 (aws/aws-sam-cli #6786 for other types). The emulator calls the new function, and takes any
type; change sets still do.
"""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import handlers, provisioners, stacks

from ecrdrain.lab.additions.replacing import wrap

_TOKEN_WORDS = "Modifying service token is not allowed."  # noqa: S105 - no secret
_TYPE_WORDS = (
    "Update of resource type is not permitted. "
    "The new template modifies resource type of the following resources: [{}]"
)

Answer = tuple[int, dict[str, str], bytes]


def install() -> None:
    """Put the rules in place."""
    for module in (provisioners, stacks):
        wrap(module, "_custom_named_replacement_error", _refusing_another_token)
    actions = handlers._ACTION_HANDLERS  # noqa: SLF001 - the emulator's table of actions
    actions["UpdateStack"] = _refusing_another_type(actions["UpdateStack"])


def _refusing_another_token(plain: Callable[..., str | None]) -> Callable[..., str | None]:
    def find_refusal(
        resource_type: str, old: dict[str, Any], new: dict[str, Any], *rest: str
    ) -> str | None:
        custom = resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource"))
        if custom and old.get("ServiceToken") != new.get("ServiceToken"):
            return _TOKEN_WORDS
        return plain(resource_type, old, new, *rest)

    return find_refusal


def _refusing_another_type(plain: Callable[..., Answer]) -> Callable[..., Answer]:
    def update_stack(params: dict[str, Any]) -> Answer:
        changed = ", ".join(_retyped(params))
        if changed:
            refusal: Answer = handlers._error(  # noqa: SLF001
                "ValidationError", _TYPE_WORDS.format(changed)
            )
            return refusal
        return plain(params)

    return update_stack


def _retyped(params: dict[str, Any]) -> list[str]:
    """Return the logical ids whose type another one has now.

    A transform may turn a type into others, so templates with one are let pass.
    """
    stack = handlers._resolve_stack(handlers._p(params, "StackName"))  # noqa: SLF001
    body, error = handlers._resolve_template(params)  # noqa: SLF001
    if error or not body or not stack:
        return []  # the emulator says why
    try:
        template = handlers._parse_template(body)  # noqa: SLF001
    except Exception:  # noqa: BLE001 - the emulator parses it again, and says why
        return []
    if "Transform" in template:
        return []
    before = stack.get("_template", {}).get("Resources", {})
    return [
        logical_id
        for logical_id, resource in template.get("Resources", {}).items()
        if logical_id in before and before[logical_id].get("Type") != resource.get("Type")
    ]
