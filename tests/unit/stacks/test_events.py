"""Events are read once each, in order, and no more pages than needed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from ecrdrain.stacks.errors import Interrupted
from ecrdrain.stacks.events import EventReader, StackEvent, follow, last_failures
from tests.unit.stacks.clients import Pages
from tests.unit.stacks.trees import stack_id

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(number: str, logical_id: str, status: str, properties: str = "") -> dict[str, Any]:
    """Return an event of the stack "web"; the stack's own events have its name."""
    own = logical_id == "web"
    return {
        "EventId": number,
        "Timestamp": START + timedelta(seconds=int(number)),
        "StackName": "web",
        "StackId": stack_id("web"),
        "LogicalResourceId": logical_id,
        "PhysicalResourceId": stack_id("web") if own else logical_id.lower(),
        "ResourceType": "AWS::CloudFormation::Stack" if own else "AWS::ECR::Repository",
        "ResourceStatus": status,
        "ResourceStatusReason": f"reason {number}",
        "ResourceProperties": properties,
    }


def pages(*sizes: list[dict[str, Any]]) -> Pages:
    """Return a client whose stack has these pages of events, newest first."""
    return Pages({"describe_stack_events": [{"StackEvents": page} for page in sizes]})


def client(of: Pages) -> CloudFormationClient:
    """Return it as the client that it stands for."""
    return cast("CloudFormationClient", of)


def test_only_what_is_new_is_read_and_the_oldest_comes_first() -> None:
    """Pages behind the last known event are not asked for."""
    old = [event("2", "R", "CREATE_COMPLETE"), event("1", "web", "CREATE_IN_PROGRESS")]
    of = pages(old)
    reader = EventReader(client(of), [stack_id("web")])
    paginator = of.paginators["describe_stack_events"]
    paginator.pages = [
        {"StackEvents": [event("5", "R", "DELETE_COMPLETE"), event("4", "R", "X")]},
        {"StackEvents": [event("3", "web", "DELETE_IN_PROGRESS"), *old]},
        {"StackEvents": [event("0", "never", "READ")]},
    ]
    paginator.read = 0

    assert [each.id for each in reader.new()] == ["3", "4", "5"]
    assert paginator.read == 2
    assert reader.new() == []


def test_following_ends_with_the_end_of_the_operation() -> None:
    """The end of a resource, and of another stack, is not the end."""
    of = pages([])
    reader = EventReader(client(of), [stack_id("web")])
    of.paginators["describe_stack_events"].pages = [
        {
            "StackEvents": [
                event("3", "web", "DELETE_COMPLETE"),
                event("2", "R", "DELETE_COMPLETE"),
                event("1", "web", "DELETE_IN_PROGRESS"),
            ]
        }
    ]
    heard: list[StackEvent] = []

    status = follow(reader, stack_id("web"), stop=threading.Event(), on_event=heard.append)

    assert status == "DELETE_COMPLETE"
    assert [each.id for each in heard] == ["1", "2", "3"]


def test_an_interrupt_ends_the_waiting() -> None:
    """What CloudFormation has begun goes on; only we no longer look."""
    stop = threading.Event()
    stop.set()
    of = pages([event("1", "web", "DELETE_IN_PROGRESS")])
    reader = EventReader(client(of), [stack_id("web")])

    with pytest.raises(Interrupted):
        follow(reader, stack_id("web"), stop=stop, on_event=lambda _: None)


class Unreliable(Pages):
    """A client whose calls fail so often before they succeed."""

    def __init__(self, pages: list[dict[str, Any]], error: Exception, failures: int) -> None:
        super().__init__({"describe_stack_events": pages})
        self.error = error
        self.failures = failures

    def get_paginator(self, name: str) -> Any:
        """Fail, or return the paginator."""
        if self.failures:
            self.failures -= 1
            raise self.error
        return super().get_paginator(name)


class Impatient(threading.Event):
    """An event that nobody sets and for which nobody waits."""

    def wait(self, timeout: float | None = None) -> bool:
        """Return at once."""
        del timeout
        return False


def refused(code: str, status: int) -> ClientError:
    """Return an answer of AWS that is no success."""
    answer: Any = {
        "Error": {"Code": code, "Message": ""},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "DescribeStackEvents")


@pytest.mark.parametrize(
    "error",
    [
        refused("Throttling", 400),
        refused("ServiceUnavailable", 503),
        EndpointConnectionError(endpoint_url="https://x"),
    ],
)
def test_following_survives_what_passes(error: Exception) -> None:
    """Throttling, a server's error and a lost connection do not end it."""
    of = Unreliable([{"StackEvents": []}], error, 0)
    reader = EventReader(client(of), [stack_id("web")])
    of.paginators["describe_stack_events"].pages = [
        {"StackEvents": [event("1", "web", "DELETE_COMPLETE")]}
    ]
    of.failures = 20

    status = follow(reader, stack_id("web"), stop=Impatient(), on_event=lambda _: None)

    assert status == "DELETE_COMPLETE"


@pytest.mark.parametrize(
    ("error", "failures"),
    [(refused("AccessDenied", 403), 1), (refused("Throttling", 400), 21)],
)
def test_following_ends_with_what_does_not_pass(error: ClientError, failures: int) -> None:
    """A refusal at once, anything else when it has come too often in a row."""
    of = Unreliable([{"StackEvents": []}], error, 0)
    reader = EventReader(client(of), [stack_id("web")])
    of.failures = failures

    with pytest.raises(ClientError):
        follow(reader, stack_id("web"), stop=Impatient(), on_event=lambda _: None)
    assert of.failures == 0


def test_failures_are_those_of_the_latest_deletion() -> None:
    """An earlier attempt's failures are history."""
    of = pages(
        [
            event("6", "web", "DELETE_FAILED"),
            event("5", "B", "DELETE_FAILED"),
            event("4", "A", "DELETE_FAILED"),
        ],
        [event("3", "web", "DELETE_IN_PROGRESS"), event("2", "Old", "DELETE_FAILED")],
    )

    failures = last_failures(client(of), stack_id("web"))

    assert [(each.logical_id, each.reason) for each in failures] == [
        ("A", "reason 4"),
        ("B", "reason 5"),
    ]
