"""A stack created or updated by a change set: seen first, then executed."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from ecrdrain.stacks.errors import ChangeSetError, Interrupted, StacksError, UnknownNameError
from ecrdrain.stacks.events import FIRST_PAUSE, LONGEST_PAUSE, EventReader, StackEvent, follow
from ecrdrain.stacks.tree import describe, is_busy

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import ParameterTypeDef, StackTypeDef

_REVIEW = "REVIEW_IN_PROGRESS"
_STUCK = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"})


@dataclass(frozen=True)
class Change:
    """What would happen to one resource.

    Attributes:
        action: "Add", "Modify" or "Remove".
        logical_id: The logical id.
        type: The resource type.
        replacement: Whether it is replaced: "True", "False", "Conditional" or "".
    """

    action: str
    logical_id: str
    type: str
    replacement: str = ""


@dataclass(frozen=True)
class ChangeSet:
    """A change that CloudFormation has worked out and not made yet.

    Attributes:
        creates: Whether the stack is new.
    """

    id: str
    stack_id: str
    stack: str
    creates: bool
    changes: tuple[Change, ...]


def prepare(  # noqa: PLR0913 - all are named
    client: "CloudFormationClient",
    *,
    stack: str,
    body: str,
    parameters: Mapping[str, str],
    update: bool,
    stop: Event,
) -> ChangeSet | None:
    """Let CloudFormation work out how to get a stack to a template.

    Args:
        client: A boto3 client for CloudFormation.
        stack: The stack's name.
        body: The template.
        parameters: Values for some parameters; the others keep theirs, or get the default.
        update: Whether the stack may exist already.
        stop: Ends the waiting when it is set.

    Returns:
        None when the stack is as the template has it already.

    Raises:
        StacksError: The stack is there and `update` is not set, or it cannot be updated now.
        ChangeSetError: CloudFormation refuses the change.
        Interrupted: `stop` was set.
    """
    declared = _check_parameters(client, body, parameters)
    existing = existing_stack(client, stack)
    if existing is not None:
        _check_status(existing, update=update)
        if _is_so_already(client, existing, body, parameters, declared):
            return None
    kept: set[str] = set()
    if existing is not None:
        kept = {parameter["ParameterKey"] for parameter in existing.get("Parameters", [])}
    values: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": parameters[name]}
        if name in parameters
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name in declared
        if name in parameters or name in kept
    ]
    answer = client.create_change_set(
        StackName=stack,
        ChangeSetName=f"ecrdrain-{uuid.uuid4()}",
        ChangeSetType="UPDATE" if existing else "CREATE",
        TemplateBody=body,
        Parameters=values,
        Capabilities=["CAPABILITY_IAM"],
    )
    change_set = ChangeSet(answer["Id"], answer["StackId"], stack, existing is None, ())
    try:
        changes = _wait_for_changes(client, change_set, stop)
    except (ChangeSetError, Interrupted):
        discard(client, change_set)
        raise
    return ChangeSet(change_set.id, change_set.stack_id, stack, existing is None, changes)


def execute(
    client: "CloudFormationClient",
    change_set: ChangeSet,
    *,
    stop: Event,
    on_event: Callable[[StackEvent], None],
) -> str:
    """Make the change, wait for its end and return the stack's status.

    Raises:
        Interrupted: `stop` was set; CloudFormation goes on by itself.
    """
    reader = EventReader(client, [change_set.stack_id])
    client.execute_change_set(ChangeSetName=change_set.id)
    return follow(reader, change_set.stack_id, stop=stop, on_event=on_event)


def discard(client: "CloudFormationClient", change_set: ChangeSet) -> None:
    """Remove a change set that is not wanted, and the empty stack that it may have made."""
    client.delete_change_set(ChangeSetName=change_set.id)
    if change_set.creates:
        client.delete_stack(StackName=change_set.stack_id)


def existing_stack(client: "CloudFormationClient", stack: str) -> "StackTypeDef | None":
    """Return the stack; None when there is none, or only one made for a change set before."""
    try:
        described = describe(client, stack)
    except UnknownNameError:
        return None
    return None if described["StackStatus"] == _REVIEW else described


def _check_parameters(
    client: "CloudFormationClient", body: str, parameters: Mapping[str, str]
) -> list[str]:
    summary = client.get_template_summary(TemplateBody=body)
    declared = [parameter["ParameterKey"] for parameter in summary.get("Parameters", [])]
    for name in parameters:
        if name not in declared:
            raise UnknownNameError("parameter", name, declared)
    return declared


def _check_status(existing: "StackTypeDef", *, update: bool) -> None:
    name, status = existing["StackName"], existing["StackStatus"]
    if is_busy(status):
        raise StacksError(f"stack {name} is {status}: run this again when that has ended")
    if status in _STUCK:
        raise StacksError(
            f"stack {name} is {status} and cannot be updated: "
            f"ecrdrain uninstall --stack-name {name} removes it"
        )
    if not update:
        raise StacksError(f"stack {name} is there already: say --update to update it")


def _is_so_already(
    client: "CloudFormationClient",
    existing: "StackTypeDef",
    body: str,
    parameters: Mapping[str, str],
    declared: list[str],
) -> bool:
    """Return whether nothing would change.

    CloudFormation says so only in the wording of a failed change set.
    """
    values = {
        parameter["ParameterKey"]: parameter.get("ParameterValue", "")
        for parameter in existing.get("Parameters", [])
    }
    if set(values) != set(declared) or any(
        values[name] != parameters[name] for name in parameters
    ):
        return False
    answer = client.get_template(StackName=existing["StackId"], TemplateStage="Original")
    current: object = answer["TemplateBody"]
    return current == body


def _wait_for_changes(
    client: "CloudFormationClient", change_set: ChangeSet, stop: Event
) -> tuple[Change, ...]:
    pause = FIRST_PAUSE
    while True:
        pages = list(
            client.get_paginator("describe_change_set").paginate(ChangeSetName=change_set.id)
        )
        status = pages[0]["Status"]
        if status == "CREATE_COMPLETE":
            return tuple(
                Change(
                    action=change["ResourceChange"].get("Action", ""),
                    logical_id=change["ResourceChange"].get("LogicalResourceId", ""),
                    type=change["ResourceChange"].get("ResourceType", ""),
                    replacement=change["ResourceChange"].get("Replacement", ""),
                )
                for page in pages
                for change in page.get("Changes", [])
            )
        if not status.endswith(("_PENDING", "_IN_PROGRESS")):
            reason = pages[0].get("StatusReason", f"the change set is {status}")
            raise ChangeSetError(
                f"CloudFormation refuses the change of {change_set.stack}: {reason}"
            )
        if stop.wait(pause):
            raise Interrupted
        pause = min(pause * 1.5, LONGEST_PAUSE)
