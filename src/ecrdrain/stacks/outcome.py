"""How the deletion of one stack ended."""

from dataclasses import dataclass
from enum import StrEnum

from ecrdrain.engine import Report


class Ending(StrEnum):
    """What became of a stack."""

    DELETED = "deleted"
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Leftover:
    """A resource that is no longer in any stack, or still in one, and why."""

    stack: str
    logical_id: str
    type: str
    physical_id: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """The deletion of one stack.

    Attributes:
        status: The stack's last known status.
        why: What kept it from being deleted, in words; "" when it is, and when an error did.
        error: The error of AWS that did; None when none.
        drained: What each drain did, those of later attempts after those of earlier ones.
        kept: Resources that CloudFormation kept by their DeletionPolicy.
        let_go: Drains that the stack let go of because they could not answer; nothing is left
            behind by that.
        failed: Resources that could not be deleted.
        attempts: How often the deletion was started.
        seconds: How long all of it took.
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
