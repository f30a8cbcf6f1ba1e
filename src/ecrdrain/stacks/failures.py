"""What could not be deleted, with what decides how to go on."""

from collections.abc import Container

from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.events import StackEvent
from ecrdrain.stacks.functions import function_is_gone
from ecrdrain.stacks.inspection import read_failures
from ecrdrain.stacks.repositories import is_custom, is_drain, repository_names
from ecrdrain.stacks.rescue import FailedResource
from ecrdrain.stacks.tree import Resource, Stack


def read_failed(
    clients: Clients, root: Stack, more_drains: Container[str]
) -> list[FailedResource]:
    """Return what failed in the latest deletion of a stack and its nested stacks.

    Args:
        clients: The AWS clients.
        root: The stack as it is now.
        more_drains: Logical ids of custom resources that are drains, as the user says.
    """
    stacks = {stack.id: stack for stack in root.walk()}
    names = repository_names(root)

    def failed(event: StackEvent) -> FailedResource:
        stack = stacks[event.stack_id]
        resource = _custom_resource(stack, event.logical_id)
        drain = gone = False
        if resource is not None:
            drain = is_drain(stack.id, resource, names) or event.logical_id in more_drains
            gone = function_is_gone(clients, stack, resource)
        return FailedResource(
            stack=stack.name,
            stack_id=stack.id,
            stack_status=stack.status,
            logical_id=event.logical_id,
            type=event.type,
            physical_id=event.physical_id,
            reason=event.reason,
            drain=drain,
            function_gone=gone,
        )

    return [failed(event) for event in read_failures(clients, root)]


def _custom_resource(stack: Stack, logical_id: str) -> Resource | None:
    for resource in stack.resources:
        if resource.logical_id == logical_id and is_custom(resource):
            return resource
    return None
