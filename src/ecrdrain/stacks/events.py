"""The events of stacks, followed while they happen."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.errors import Interrupted
from ecrdrain.stacks.tree import DELETE_FAILED, is_busy

if TYPE_CHECKING:
    from threading import Event as StopEvent

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackEventTypeDef

# Seconds between looks: quick while things happen, slower while they do not, so that many stacks
# together stay below the rate at which CloudFormation throttles.
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 5.0

_MOST_MISSES = 20  # with the pauses between them more than a minute


@dataclass(frozen=True)
class StackEvent:
    """Something that CloudFormation did, or failed to do, to one resource.

    Attributes:
        reason: CloudFormation's reason; "" when it gives none.
        properties: The resource's properties as JSON; "" when the event has none.
    """

    id: str
    time: datetime
    stack: str
    stack_id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str = ""
    properties: str = ""

    @property
    def of_stack(self) -> bool:
        """Return whether it is about the stack as a whole."""
        return self.physical_id == self.stack_id


class EventReader:
    """Reads each event of some stacks once, the oldest first.

    Args:
        client: A boto3 client for CloudFormation.
        stack_ids: The stacks; events from before now are left out.
    """

    def __init__(self, client: "CloudFormationClient", stack_ids: Iterable[str]) -> None:
        self._client = client
        self._last = {
            stack_id: next((event.id for event in newest_first(client, stack_id)), "")
            for stack_id in stack_ids
        }

    def new(self) -> list[StackEvent]:
        """Return what has happened since the last call."""
        fresh: list[StackEvent] = []
        for stack_id, last in self._last.items():
            events: list[StackEvent] = []
            for event in newest_first(self._client, stack_id):
                if event.id == last:
                    break
                events.append(event)
            if events:
                self._last[stack_id] = events[0].id
            # Reversed before it is sorted: events of one moment keep their order.
            fresh += reversed(events)
        return sorted(fresh, key=lambda event: event.time)


def follow(
    reader: EventReader,
    stack_id: str,
    *,
    stop: "StopEvent",
    on_event: Callable[[StackEvent], None],
) -> str:
    """Wait for the end of an operation that has been started, and return the stack's status.

    Args:
        reader: Made before the operation was started, for this stack among others.
        stack_id: The stack whose operation it is.
        stop: Ends the waiting when it is set.
        on_event: Takes each event of any of the reader's stacks.

    Raises:
        Interrupted: `stop` was set.
        botocore.exceptions.ClientError: The events cannot be read, several times in a row.
    """
    pause = FIRST_PAUSE
    misses = 0
    while True:
        try:
            events = reader.new()
            misses = 0
        except aws_errors() as error:
            # The deletion of a large stack takes an hour; a throttled call or a lost connection
            # in between is no reason to look away.
            misses += 1
            if misses > _MOST_MISSES or (not call_error(error).passing):
                raise
            events = []
        for event in events:
            on_event(event)
        for event in reversed(events):
            if event.of_stack and event.stack_id == stack_id and not is_busy(event.status):
                return event.status
        pause = FIRST_PAUSE if events else min(pause * 1.5, LONGEST_PAUSE)
        if stop.wait(pause):
            raise Interrupted


def last_failures(client: "CloudFormationClient", stack_id: str) -> list[StackEvent]:
    """Return what failed in the stack's latest deletion, in the order in which it failed."""
    failures: list[StackEvent] = []
    for event in newest_first(client, stack_id):
        if event.of_stack:
            if is_busy(event.status):
                break  # where it began
        elif event.status == DELETE_FAILED:
            failures.append(event)
    return failures[::-1]


def newest_first(client: "CloudFormationClient", stack_id: str) -> Iterator[StackEvent]:
    """Yield a stack's events, page by page as they are needed."""
    for page in client.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for event in page["StackEvents"]:
            yield _event(event)


def _event(event: "StackEventTypeDef") -> StackEvent:
    return StackEvent(
        id=event["EventId"],
        time=event["Timestamp"],
        stack=event["StackName"],
        stack_id=event["StackId"],
        logical_id=event.get("LogicalResourceId", ""),
        physical_id=event.get("PhysicalResourceId", ""),
        type=event.get("ResourceType", ""),
        status=event.get("ResourceStatus", ""),
        reason=event.get("ResourceStatusReason", ""),
        properties=event.get("ResourceProperties", ""),
    )
