"""ListStackResources: what a deletion has deleted or kept stays listed, with that status.

DELETE_COMPLETE and DELETE_SKIPPED are statuses of a StackResourceSummary, which "for deleted
stacks" is there for up to 90 days (API_ListStackResources, AWS CloudFormation API Reference;
template reference, "DeletionPolicy attribute"). The emulator forgets such a resource at once.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED")


def install() -> None:
    """Put the rule in place."""
    actions = handlers._ACTION_HANDLERS  # noqa: SLF001 - the emulator's table of actions
    plain = actions["ListStackResources"]

    def list_stack_resources(params: dict[str, list[str]]) -> object:
        stack = handlers._resolve_stack(params.get("StackName", [""])[0])  # noqa: SLF001
        if stack is None:
            return plain(params)
        held = stack.get("_resources", {})
        try:
            stack["_resources"] = {**_gone(stack), **held}
            return plain(params)
        finally:
            stack["_resources"] = held

    actions["ListStackResources"] = list_stack_resources


def _gone(stack: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the resources that deletions of the stack itself have deleted or kept, by name."""
    found: dict[str, dict[str, Any]] = {}
    deleting = False
    for event in cloudformation._stack_events.get(stack["StackId"], []):  # noqa: SLF001
        if event["PhysicalResourceId"] == stack["StackId"]:
            deleting = event["ResourceStatus"] == "DELETE_IN_PROGRESS"
        elif deleting and event["ResourceStatus"] in _GONE:
            found[event["LogicalResourceId"]] = event
    return found
