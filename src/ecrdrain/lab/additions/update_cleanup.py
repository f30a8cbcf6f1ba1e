"""UpdateStack: what an update removed is deleted in a phase of its own, in three attempts.

Stack status codes (CloudFormation user guide, "Monitor stack progress"):
UPDATE_COMPLETE_CLEANUP_IN_PROGRESS. "CloudFormation tries to delete a resource three times
before CloudFormation skips the resource and continues the cleanup process" (re:Post knowledge
center, cloudformation-stack-cleanup-stuck). The emulator deletes in UPDATE_IN_PROGRESS, adds
no event, tries once, and keeps in the stack what it could not delete.
"""

from collections.abc import Callable

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from ecrdrain.lab.additions.replacing import wrap

ATTEMPTS = 3
_PHASE = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"


def install() -> None:
    """Put the rules in place."""
    wrap(stacks, "_delete_resource", _in_cleanup_phase)


def _in_cleanup_phase(plain: Callable[..., None]) -> Callable[..., None]:
    def delete_resource(
        resource_type: str,
        physical_id: str,
        properties: dict[str, object],
        stack_name: str,
        logical_id: str,
    ) -> None:
        delete = (resource_type, physical_id, properties, stack_name, logical_id)
        stack = cloudformation._stacks[stack_name]  # noqa: SLF001 - has no public name

        def add_event(logical_id: str, kind: str, status: str, reason: str = "") -> None:
            pid = stack["StackId"] if logical_id == stack_name else physical_id
            stacks._add_event(  # noqa: SLF001
                stack["StackId"], stack_name, logical_id, kind, status, reason, pid
            )

        if stack["StackStatus"] == "UPDATE_IN_PROGRESS":
            stack["StackStatus"] = _PHASE
            add_event(stack_name, "AWS::CloudFormation::Stack", _PHASE)
        if stack["StackStatus"] != _PHASE:
            plain(*delete)
            return
        for _ in range(ATTEMPTS):
            add_event(logical_id, resource_type, "DELETE_IN_PROGRESS")
            try:
                plain(*delete)
            except Exception as error:  # noqa: BLE001 - whatever the service said
                add_event(logical_id, resource_type, "DELETE_FAILED", str(error))
            else:
                add_event(logical_id, resource_type, "DELETE_COMPLETE")
                return

    return delete_resource
