"""Nested stacks are deleted as stacks: status by status, resource by resource.

CloudFormation user guide, "Working with nested stacks" and "DeletionPolicy attribute"; the
reason of a failure as quoted in aws-ia/taskcat#414. The emulator leaves a child
CREATE_COMPLETE while it is deleted, keeps no DeletionPolicy in it, swallows its failures, and
forgets what a child that failed to be created had made.
"""

import asyncio
from functools import partial
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

Function = Any  # one of the emulator's own
_STACKS = cloudformation._stacks  # noqa: SLF001 - has no public name


def install() -> None:
    """Put the rules in place."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::CloudFormation::Stack"]  # noqa: SLF001
    handlers["create"] = partial(_create, handlers["create"])
    handlers["delete"] = _delete


def _delete(physical_id: str, _: object = None) -> None:
    """Delete a nested stack; raise as the parent's reason tells it when that fails."""
    child = _find(physical_id)
    if child is None or child["StackStatus"] == "DELETE_COMPLETE":
        return
    # The emulator deletes nested stacks on a thread of its own, so a loop may run here.
    asyncio.run(stacks._delete_stack_async(child["StackName"], child["StackId"]))  # noqa: SLF001
    if child["StackStatus"] == "DELETE_FAILED":
        raise RuntimeError(
            f"Embedded stack {child['StackId']} was not successfully deleted: "
            f"{child['StackStatusReason']}"
        )


def _create(plain: Function, logical_id: str, props: dict[str, Any], stack_name: str) -> Any:  # noqa: ANN401 - the emulator's
    """Create a nested stack; when that fails, delete what it made, as the rollback would."""
    before = set(_STACKS.keys())
    try:
        return plain(logical_id, props, stack_name)
    except Exception:  # whatever made it fail, a rollback follows
        for name in set(_STACKS.keys()) - before:
            if _STACKS[name].get("_parent_stack_name") == stack_name:
                _delete(name)
        raise


def _find(physical_id: str) -> dict[str, Any] | None:
    name = provisioners._nested_stack_lookup_name(physical_id)  # noqa: SLF001
    child: dict[str, Any] | None = _STACKS.get(name)
    return child
