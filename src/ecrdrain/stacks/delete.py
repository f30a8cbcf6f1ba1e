"""The deletion of one stack: drain what goes away, delete, follow, and rescue once."""

import time
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ecrdrain.engine import drain_repositories
from ecrdrain.engine.errors import aws_errors
from ecrdrain.stacks.clients import drainable
from ecrdrain.stacks.errors import Interrupted, StacksError, UnknownNameError
from ecrdrain.stacks.events import EventReader, StackEvent, follow
from ecrdrain.stacks.failures import read_failed
from ecrdrain.stacks.inspection import InspectedRepository, Inspection, inspect_repositories
from ecrdrain.stacks.means import Means
from ecrdrain.stacks.outcome import Ending, Leftover, Outcome
from ecrdrain.stacks.rescue import Failed, Remedy, Step, find_remedy
from ecrdrain.stacks.tree import DELETE_FAILED, DELETED, Stack, describe, is_busy, read_stack

if TYPE_CHECKING:
    from types_boto3_cloudformation.type_defs import DeleteStackInputTypeDef

    from ecrdrain.engine import Report


class _GaveUp(Exception):  # noqa: N818 - the end of a deletion, not an error
    """The deletion cannot go on; the message says why."""


def delete_stack(means: Means, planned: Inspection) -> Outcome:
    """Delete one stack as planned, and say how it ended.

    Args:
        means: What to work with.
        planned: The stack as it was when the plan was made. If what would be drained is no
            longer the same, nothing is touched.
    """
    return _Deletion(means, planned).run()


class _Deletion:
    def __init__(self, means: Means, planned: Inspection) -> None:
        self._means = means
        self._planned = planned
        self._stack = planned.stack
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
        except (_GaveUp, StacksError) as error:
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
        self._see_again()
        taken: frozenset[Step] = frozenset()
        remedy: Remedy | None = None
        if self._stack.status == DELETE_FAILED:
            # Failed before, so this is the second try already, and dead drains go at once.
            taken = frozenset({Step.AGAIN})
            remedy = find_remedy(self._read_failed(), taken | {Step.RETAIN_MUTE})
        while self._stack.status != DELETED:
            if remedy is not None:
                taken |= {remedy.step}
            self._attempt(remedy)
            if self._stack.status == DELETED:
                return
            failed = self._read_failed()
            self._failed = [_leftover(each, each.reason + _hint(each)) for each in failed]
            remedy = find_remedy(failed, taken)
            if remedy is None:
                raise _GaveUp(self._stack.reason or f"it is {self._stack.status}")

    def _read_failed(self) -> list[Failed]:
        return read_failed(self._means.clients, self._stack, self._means.more_drains)

    def _see_again(self) -> None:
        """See that what was planned still stands; much can happen while a question waits."""
        self._read()
        if self._stack.status == DELETED:
            return
        if self._stack.busy:
            raise _GaveUp(f"it is {self._stack.status} now: run this again when that has ended")
        planned = {_key(each) for each in self._planned.repositories}
        if {_key(each) for each in self._repositories} != planned:
            raise _GaveUp("it has changed since the plan was made: run this again")

    def _attempt(self, remedy: Remedy | None) -> None:
        means, stack = self._means, self._stack
        if means.stop.is_set():
            raise Interrupted
        if stack.protected and means.lift_protection:
            means.audience.note(stack.name, "lifting termination protection")
            means.clients.cloudformation.update_termination_protection(
                StackName=stack.id, EnableTerminationProtection=False
            )
        retain = remedy.retain if remedy else ()
        # Before the drains, so that whoever may not read events learns it before anything goes.
        reader = EventReader(means.clients.cloudformation, [each.id for each in stack.walk()])
        self._drain()
        status = describe(means.clients.cloudformation, stack.id)["StackStatus"]
        if is_busy(status):
            raise _GaveUp(f"it is {status} now: run this again when that has ended")
        # The inmost first: an outer stack ends only when all inside has.
        for each in reversed(list(stack.walk())):
            mine = [failed for failed in retain if failed.stack_id == each.id]
            if mine or each is stack:
                self._start_and_follow(each, mine, reader)

    def _drain(self) -> None:
        """Drain what goes away; go on only when all of it is empty."""
        repositories = [
            drainable(
                self._means.clients,
                each.repository.registry,
                each.repository.name,
                known=each.survey.listing,
            )
            for each in self._repositories
            if each.needs_draining
        ]
        reports = drain_repositories(
            repositories,
            concurrency=self._means.concurrency,
            stop=self._means.stop,
            on_event=self._means.audience.draining,
            done=self._means.audience.drained,
        )
        self._drained += reports
        left = [report for report in reports if not report.empty]
        if self._means.stop.is_set():
            raise Interrupted
        if left:
            names = ", ".join(report.repository for report in left)
            raise _GaveUp(f"not deleted, because images are left in {names}")

    def _start_and_follow(
        self, stack: Stack, retain: Sequence[Failed], reader: EventReader
    ) -> None:
        means = self._means
        doing = "deleting"
        if retain:
            names = ", ".join(each.logical_id for each in retain)
            doing = f"deleting without {names}, whose function does not answer"
        means.audience.note(stack.name, doing)
        self._attempts += stack is self._stack
        # Never with DeletionMode FORCE_DELETE_STACK: it leaves behind whatever fails, unsaid.
        request: DeleteStackInputTypeDef = {
            "StackName": stack.id,
            "ClientRequestToken": f"ecrdrain-{uuid.uuid4()}",
        }
        if retain:
            request["RetainResources"] = [each.logical_id for each in retain]
        means.clients.cloudformation.delete_stack(**request)
        skipped: list[StackEvent] = []
        status = follow(reader, stack.id, stop=means.stop, hear=self._hear(skipped))
        asked = {each.logical_id for each in retain}
        for event in skipped:
            kept = _leftover(event, "its DeletionPolicy")
            # A second attempt skips it again.
            if (event.stack_id != stack.id or event.logical_id not in asked) and (
                kept not in self._kept
            ):
                self._kept.append(kept)
        if status == DELETED:
            self._let_go += [_leftover(each, _why_let_go(each)) for each in retain]
        elif stack is not self._stack:
            raise _GaveUp(f"its nested stack {stack.name} is {status}")
        if stack is self._stack:
            self._read(status)

    def _hear(self, skipped: list[StackEvent]) -> Callable[[StackEvent], None]:
        def hear(event: StackEvent) -> None:
            if event.status == "DELETE_SKIPPED":
                skipped.append(event)
            self._means.audience.event(event)

        return hear

    def _read(self, status: str = "") -> None:
        """Read the stack again, unless its end is known already."""
        clients = self._means.clients
        if status == DELETED:
            self._stack = Stack(self._stack.id, self._stack.name, DELETED)
            return
        try:
            self._stack = read_stack(clients.cloudformation, self._stack.id)
        except UnknownNameError:
            # Deleted so long ago that CloudFormation has forgotten it.
            self._stack = Stack(self._stack.id, self._stack.name, DELETED)
        self._repositories = inspect_repositories(clients, self._stack)


def _key(inspected: InspectedRepository) -> tuple[object, ...]:
    """Return what must stay as planned; how many images there are may change."""
    repository = inspected.repository
    return (
        repository.stack_id,
        repository.name,
        repository.fate,
        repository.why,
        repository.drain is not None and repository.drain.objection,
    )


def _hint(failed: Failed) -> str:
    """Tell how to go on with a custom resource that nobody can delete any more."""
    if failed.drain or not failed.function_gone:
        return ""
    return (
        ". Its function is gone; if all that it did was to empty a repository, "
        f"say --drain-resource {failed.logical_id}"
    )


def _why_let_go(failed: Failed) -> str:
    if failed.function_gone:
        return "its function is gone; its repository was drained from here"
    return "its function does not answer; its repository was drained from here"


def _leftover(each: Failed | StackEvent, why: str) -> Leftover:
    return Leftover(each.stack, each.logical_id, each.type, each.physical_id, why)
