"""The deletion of one stack: drain what goes away, delete, follow, and rescue once."""

import time
import uuid
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ecrdrain.engine import drain_repositories
from ecrdrain.engine.errors import aws_errors
from ecrdrain.stacks.clients import make_repository
from ecrdrain.stacks.context import DeletionContext
from ecrdrain.stacks.errors import Interrupted, StacksError, UnknownNameError
from ecrdrain.stacks.events import EventReader, StackEvent, follow
from ecrdrain.stacks.failures import read_failed
from ecrdrain.stacks.inspection import InspectedRepository, Inspection, inspect_repositories
from ecrdrain.stacks.outcome import Ending, Leftover, Outcome, leftover
from ecrdrain.stacks.rescue import FailedResource, Remedy, Step, find_remedy
from ecrdrain.stacks.tree import DELETE_FAILED, DELETED, Stack, describe, is_busy, read_stack

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import DeleteStackInputTypeDef

    from ecrdrain.engine import Report


class _Aborted(Exception):  # noqa: N818 - the end of a deletion, not an error
    """The deletion cannot go on; the message says why."""


def delete_stack(context: DeletionContext, planned: Inspection) -> Outcome:
    """Delete one stack as planned, and say how it ended.

    Args:
        context: Clients, settings and the listener.
        planned: The stack as it was when the plan was made. If what would be drained is no
            longer the same, nothing is touched.
    """
    return _Deletion(context, planned).run()


class _Deletion:
    def __init__(self, context: DeletionContext, planned: Inspection) -> None:
        self._context = context
        self._planned = planned
        self._stack = planned.stack
        self._repositories: Sequence[InspectedRepository] = ()
        self._drained: list[Report] = []
        self._kept: list[Leftover] = []
        self._let_go: list[Leftover] = []
        self._failed: list[Leftover] = []
        self._attempts = 0

    def run(self) -> Outcome:
        started = time.monotonic()
        ending, why = Ending.DELETED, ""
        problem: Exception | None = None
        try:
            self._delete()
        except Interrupted:
            ending, why = Ending.INTERRUPTED, "interrupted"
            if self._attempts:
                why += ": CloudFormation goes on by itself; run this again to follow it"
        except (_Aborted, StacksError) as error:
            ending, why = Ending.FAILED, str(error)
        except aws_errors() as error:
            # One stack's error is no reason to leave the others unreported.
            ending, problem = Ending.FAILED, error
        return Outcome(
            stack=self._stack.name,
            stack_id=self._stack.id,
            ending=ending,
            status=self._stack.status if ending is not Ending.DELETED else DELETED,
            why=why,
            error=problem,
            drained=tuple(self._drained),
            kept=tuple(self._kept),
            let_go=tuple(self._let_go),
            failed=tuple(self._failed) if ending is not Ending.DELETED else (),
            attempts=self._attempts,
            seconds=time.monotonic() - started,
        )

    def _delete(self) -> None:
        self._check_plan()
        taken: frozenset[Step] = frozenset()
        remedy: Remedy | None = None
        if self._stack.status == DELETE_FAILED:
            # It has failed before: this is the second attempt, and drains whose function is gone
            # are retained at once.
            taken = frozenset({Step.AGAIN})
            remedy = find_remedy(self._read_failed(), taken | {Step.RETAIN_FAILING})
        while self._stack.status != DELETED:
            if remedy is not None:
                taken |= {remedy.step}
            self._attempt(remedy)
            if self._stack.status == DELETED:
                return
            failed = self._read_failed()
            self._failed = [
                leftover(resource, resource.reason + resource.hint) for resource in failed
            ]
            # Images may have come since the drains: that can be what the deletion failed on.
            self._repositories = inspect_repositories(self._context.clients, self._stack)
            pushed = [each.repository.name for each in self._repositories if each.needs_draining]
            remedy = find_remedy(failed, taken, pushed=bool(pushed))
            if remedy is None:
                why = self._stack.reason or f"it is {self._stack.status}"
                if pushed:
                    why += (
                        f" Images are still being pushed to {', '.join(pushed)}: stop that first"
                    )
                raise _Aborted(why)

    def _read_failed(self) -> list[FailedResource]:
        return read_failed(self._context.clients, self._stack, self._context.more_drains)

    def _check_plan(self) -> None:
        """Check that the plan still holds: much can happen while a question waits.

        The images are not listed again: the drain starts with the plan's listing, and ends with
        one of its own.
        """
        self._stack = self._read_stack()
        if self._stack.status == DELETED:
            return
        if self._stack.busy:
            raise _Aborted(f"it is {self._stack.status} now: run this again when that has ended")
        planned = self._planned.repositories
        self._repositories = inspect_repositories(
            self._context.clients, self._stack, inspected_before=planned
        )
        if _planned_facts(self._repositories) != _planned_facts(planned):
            raise _Aborted("it has changed since the plan was made: run this again")

    def _attempt(self, remedy: Remedy | None) -> None:
        context, root = self._context, self._stack
        if context.stop.is_set():
            raise Interrupted
        if root.protected and context.lift_protection:
            context.listener.on_step(root.name, "lifting termination protection")
            context.clients.cloudformation.update_termination_protection(
                StackName=root.id, EnableTerminationProtection=False
            )
        retain = remedy.retain if remedy else ()
        # Before the drains: without the permission to read events, no image is deleted.
        reader = EventReader(context.clients.cloudformation, [stack.id for stack in root.walk()])
        self._drain()
        status: str = describe(context.clients.cloudformation, root.id)["StackStatus"]
        if is_busy(status):
            raise _Aborted(f"it is {status} now: run this again when that has ended")
        # The inmost first: an outer stack ends only when all inside has.
        for nested in reversed(list(root.walk())):
            retained = [resource for resource in retain if resource.stack_id == nested.id]
            if retained and nested is not root:
                status = self._start_and_follow(nested, retained, reader)
                if status != DELETED:
                    raise _Aborted(f"its nested stack {nested.name} is {status}")
        self._attempts += 1
        status = self._start_and_follow(
            root, [resource for resource in retain if resource.stack_id == root.id], reader
        )
        self._stack = self._read_stack(status)

    def _drain(self) -> None:
        """Drain what goes away; go on only when all of it is empty."""
        if not self._context.accept_replicated:
            self._check_replication()
        repositories = [
            make_repository(
                self._context.clients,
                inspected.repository.registry,
                inspected.repository.name,
                listing=inspected.survey.listing,
            )
            for inspected in self._repositories
            if inspected.needs_draining
        ]
        reports = drain_repositories(
            repositories,
            concurrency=self._context.concurrency,
            stop=self._context.stop,
            on_event=self._context.listener.on_drain,
            done=self._context.listener.on_report,
        )
        self._drained += reports
        left = [report for report in reports if not report.empty]
        if self._context.stop.is_set():
            raise Interrupted
        if left:
            names = ", ".join(report.repository for report in left)
            raise _Aborted(f"not deleted, because images are left in {names}")

    def _check_replication(self) -> None:
        """Refuse what the plan could not: images that came, or rules that were made, after it."""
        for inspected in self._repositories:
            objection = inspected.replication_to_accept.objection
            if objection:
                raise _Aborted(f"{inspected.repository.name}: {objection}")

    def _start_and_follow(
        self, stack: Stack, retain: Sequence[FailedResource], reader: EventReader
    ) -> str:
        """Delete one stack of the tree without some of its drains, and return its last status."""
        context = self._context
        retained = {resource.logical_id for resource in retain}
        step = "deleting"
        # Never with DeletionMode FORCE_DELETE_STACK: it leaves behind what fails, unreported.
        request: DeleteStackInputTypeDef = {
            "StackName": stack.id,
            "ClientRequestToken": f"ecrdrain-{uuid.uuid4()}",
        }
        if retain:
            names = ", ".join(resource.logical_id for resource in retain)
            step = f"deleting without {names}, whose function does not answer"
            request["RetainResources"] = [resource.logical_id for resource in retain]
        context.listener.on_step(stack.name, step)
        context.clients.cloudformation.delete_stack(**request)
        skipped: list[StackEvent] = []

        def on_event(event: StackEvent) -> None:
            if event.status == "DELETE_SKIPPED":
                skipped.append(event)
            context.listener.on_stack_event(event)

        status = follow(reader, stack.id, stop=context.stop, on_event=on_event)
        for event in skipped:
            let_go = event.stack_id == stack.id and event.logical_id in retained
            kept = leftover(event, "its DeletionPolicy")
            # A second attempt skips it again.
            if not let_go and kept not in self._kept:
                self._kept.append(kept)
        if status == DELETED:
            self._let_go += [leftover(resource, resource.why_let_go) for resource in retain]
        return status

    def _read_stack(self, status: str = "") -> Stack:
        """Read the stack again, unless its last status says that there is no more to read."""
        gone = Stack(self._stack.id, self._stack.name, DELETED)
        if status == DELETED:
            return gone
        try:
            return read_stack(self._context.clients.cloudformation, self._stack.id)
        except UnknownNameError:
            return gone  # so long ago that CloudFormation has forgotten it


def _planned_facts(repositories: Iterable[InspectedRepository]) -> set[tuple[object, ...]]:
    """Return what must still be as planned; how many images there are may change."""
    return {
        (
            inspected.repository.stack_id,
            inspected.repository.name,
            inspected.repository.fate,
            inspected.repository.why,
            inspected.repository.drain is not None and inspected.repository.drain.objection,
        )
        for inspected in repositories
    }
