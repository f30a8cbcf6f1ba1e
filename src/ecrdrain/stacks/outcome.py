"""How the deletion of one stack ended."""

from dataclasses import dataclass
from enum import StrEnum

from ecrdrain.engine import Report
from ecrdrain.stacks.events import StackEvent
from ecrdrain.stacks.rescue import FailedResource


class Ending(StrEnum):
    """What became of a stack."""

    DELETED = "deleted"
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Leftover:
    """A resource that is no longer in any stack, or still in one, and why.

    Attributes:
        stack: The stack that listed it.
        logical_id: The logical id.
        type: The resource type.
        physical_id: Its name or ARN.
        why: The reason.
    """

    stack: str
    logical_id: str
    type: str
    physical_id: str
    why: str


def leftover(resource: FailedResource | StackEvent, why: str) -> Leftover:
    """Make a leftover of a resource that failed, or of an event about it."""
    return Leftover(resource.stack, resource.logical_id, resource.type, resource.physical_id, why)


@dataclass(frozen=True)
class Outcome:
    """The deletion of one stack.

    Attributes:
        stack: The name.
        stack_id: The id.
        ending: deleted, failed, skipped (what imports from it is still there) or interrupted.
        status: CloudFormation's last status.
        why: What kept it from being deleted, in words; "" when it is, and when an error did.
        error: The error of AWS that did; None when none.
        drained: One report for each drain, of all attempts.
        kept: Resources that CloudFormation kept by their DeletionPolicy.
        let_go: Drains that could not answer and were let go of; nothing is left behind by that.
        failed: Resources that could not be deleted.
        attempts: How often its deletion was started.
        seconds: How long it took, drains included.
    """

    stack: str
    stack_id: str
    ending: Ending
    status: str
    why: str = ""
    error: Exception | None = None
    drained: tuple[Report, ...] = ()
    kept: tuple[Leftover, ...] = ()
    let_go: tuple[Leftover, ...] = ()
    failed: tuple[Leftover, ...] = ()
    attempts: int = 0
    seconds: float = 0.0
