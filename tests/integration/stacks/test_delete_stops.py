"""Deletions that must not go on: interrupted, overtaken, or with images left."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecrdrain.engine import Deleted, Event, OnEvent
from ecrdrain.lab.strict import StrictEcr
from ecrdrain.stacks.context import DeletionContext, NoListener
from ecrdrain.stacks.delete import delete_stack
from ecrdrain.stacks.inspection import inspect
from ecrdrain.stacks.outcome import Ending
from ecrdrain.stacks.waiting import wait_until_idle
from tests.integration.stacks.conftest import digests, drain, fill, repository
from tests.integration.stacks.functions import ARN, ROLE, function

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecrdrain.engine import Report, Repository
    from ecrdrain.stacks.events import StackEvent
    from tests.integration.stacks.conftest import LabClients, StackMaker


class Disturbance(NoListener):
    """Does something at a moment of the deletion.

    Args:
        on_deleted: Called when images have been deleted.
        on_drained: Called between the drain and the deletion of the stack.
        on_event: Called while CloudFormation deletes the stack.
        on_deleting: Called when the drains are done, right before each deletion.
    """

    def __init__(
        self,
        *,
        on_deleted: Callable[[], object] = lambda: None,
        on_drained: Callable[[], object] = lambda: None,
        on_event: Callable[[], object] = lambda: None,
        on_deleting: Callable[[], object] = lambda: None,
    ) -> None:
        self.on_deleted = on_deleted
        self.on_drained = on_drained
        self.on_event = on_event
        self.on_deleting = on_deleting

    def on_drain(self, repository: Repository) -> OnEvent:
        """Listen for the first deletion."""
        del repository

        def on_event(event: Event) -> None:
            if isinstance(event, Deleted):
                self.on_deleted()

        return on_event

    def on_report(self, report: Report) -> None:
        """Disturb between the drain and the deletion."""
        del report
        self.on_drained()

    def on_stack_event(self, event: StackEvent) -> None:
        """Disturb while CloudFormation deletes."""
        del event
        self.on_event()

    def on_step(self, stack: str, text: str) -> None:
        """Disturb right before the deletion."""
        del stack
        if text.startswith("deleting"):
            self.on_deleting()


@pytest.fixture
def slow(make_stack: StackMaker, image_name: str) -> str:
    """The name of a stack whose deletion takes a moment, because a function has to answer."""
    return make_stack(
        {
            "Function": function(ROLE),
            "Repository": repository(image_name),
            "Drain": drain(ARN, {"Ref": "Repository"}),
        }
    )


def test_an_interrupt_while_cloudformation_deletes_leaves_it_to_it(
    clients: LabClients, slow: str
) -> None:
    """The stack goes all the same; the outcome says that this is to be expected."""
    stop = threading.Event()
    context = DeletionContext(clients, stop, listener=Disturbance(on_event=stop.set))
    planned = inspect(clients, slow)

    outcome = delete_stack(context, planned)
    stack_id = wait_until_idle(clients.cloudformation, planned.stack.id)

    assert outcome.ending is Ending.INTERRUPTED
    assert outcome.why == (
        "interrupted: CloudFormation goes on by itself; run this again to follow it"
    )
    assert inspect(clients, stack_id).stack.status == "DELETE_COMPLETE"


def test_an_interrupt_while_a_repository_is_drained_does_not_delete_the_stack(
    clients: LabClients, make_stack: StackMaker, image_name: str
) -> None:
    """The report of the drain is part of the outcome."""
    name = make_stack({"Repository": repository(image_name)})
    fill(clients.ecr, image_name)
    stop = threading.Event()
    context = DeletionContext(clients, stop, listener=Disturbance(on_deleted=stop.set))

    outcome = delete_stack(context, inspect(clients, name))

    assert outcome.ending is Ending.INTERRUPTED
    assert outcome.attempts == 0
    assert [each.stopped for each in outcome.drained] == ["interrupt"]
    assert outcome.status == "CREATE_COMPLETE"
    assert len(digests(clients.ecr, image_name)) == 3 - outcome.drained[0].deleted


def test_a_stack_whose_images_do_not_all_go_is_not_deleted(
    clients: LabClients, make_stack: StackMaker, image_name: str
) -> None:
    """A deletion that must fail is not begun. ECR's refusals are those of the strict server."""
    name = make_stack({"Repository": repository(image_name)})
    fill(clients.ecr, image_name)
    refusing = {"code": "ImageInaccessible", "times": None, "share": 1.0}
    with StrictEcr.start(
        repository=image_name, images=5, in_process=True, image_failures=[refusing]
    ) as server:
        client = server.client("ecr")
        context = DeletionContext(replace(clients, draining_ecr=client), threading.Event())

        outcome = delete_stack(context, inspect(clients, name))
        client.close()

    assert outcome.ending is Ending.FAILED
    assert outcome.why == f"not deleted, because images are left in {image_name}"
    assert outcome.attempts == 0
    assert outcome.drained[0].failure_codes == {"ImageInaccessible": 5}
    assert inspect(clients, name).stack.status == "CREATE_COMPLETE"


def test_a_deletion_that_somebody_else_has_begun_is_not_raced(
    clients: LabClients, slow: str
) -> None:
    """Between the plan and its execution the stack came under an operation."""
    planned = inspect(clients, slow)
    clients.cloudformation.delete_stack(StackName=slow)

    outcome = delete_stack(DeletionContext(clients, threading.Event()), planned)
    wait_until_idle(clients.cloudformation, planned.stack.id)

    assert outcome.ending is Ending.FAILED
    assert outcome.why == "it is DELETE_IN_PROGRESS now: run this again when that has ended"
    assert outcome.attempts == 0


def test_an_operation_that_begins_while_images_go_is_not_raced(
    clients: LabClients, slow: str, image_name: str
) -> None:
    """The status is looked at again right before the deletion."""
    fill(clients.ecr, image_name)
    planned = inspect(clients, slow)
    begin = Disturbance(on_drained=lambda: clients.cloudformation.delete_stack(StackName=slow))

    outcome = delete_stack(DeletionContext(clients, threading.Event(), listener=begin), planned)
    wait_until_idle(clients.cloudformation, planned.stack.id)

    assert outcome.ending is Ending.FAILED
    assert outcome.why == "it is DELETE_IN_PROGRESS now: run this again when that has ended"
    assert outcome.attempts == 0
    assert [each.deleted for each in outcome.drained] == [3]


@pytest.mark.parametrize(
    "row",
    [
        (False, 1, Ending.DELETED, 2),
        (False, 2, Ending.DELETED, 3),
        (False, 9, Ending.FAILED, 3),
        (True, 1, Ending.DELETED, 2),
        (True, 9, Ending.FAILED, 2),
    ],
)
def test_what_is_pushed_between_drain_and_deletion_is_drained_before_the_next_attempt(
    row: tuple[bool, int, Ending, int],
    clients: LabClients,
    make_stack: StackMaker,
    image_name: str,
) -> None:
    """Whoever goes on pushing is named in the end: attempts are bounded."""
    failed_before, pushes, ending, attempts = row
    name = make_stack({"Repository": repository(image_name)})
    fill(clients.ecr, image_name)
    if failed_before:
        clients.cloudformation.delete_stack(StackName=name)
        wait_until_idle(clients.cloudformation, name)
    left = iter(range(pushes))

    def push() -> None:
        if next(left, None) is not None:
            fill(clients.ecr, image_name)

    pusher = Disturbance(on_deleting=push)

    outcome = delete_stack(
        DeletionContext(clients, threading.Event(), listener=pusher), inspect(clients, name)
    )

    assert (outcome.ending, outcome.attempts) == (ending, attempts)
    assert [each.deleted for each in outcome.drained] == [3] * attempts
    still = f"Images are still being pushed to {image_name}: stop that first"
    assert outcome.why.endswith(still) is (ending is Ending.FAILED)
