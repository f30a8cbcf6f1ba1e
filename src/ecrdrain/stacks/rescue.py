"""What to do about a deletion that failed: a decision over plain data."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ecrdrain.fate.evidence import REPOSITORY_TYPE, STACK_TYPE
from ecrdrain.stacks.repositories import PUBLIC
from ecrdrain.stacks.tree import DELETE_FAILED

# What CloudFormation's resource handlers call retriable ("Resource type handler error codes",
# CloudFormation CLI user guide). Their code stands in the reason of the event, as
# "(RequestToken: ..., HandlerErrorCode: Throttling)"; the API has no member of its own for it.
TRANSIENT = frozenset(
    {"NetworkFailure", "ResourceConflict", "ServiceInternalError", "ServiceTimeout", "Throttling"}
)
_CODE = re.compile(r"\bHandlerErrorCode: (\w+)")


class Step(StrEnum):
    """A way to go on, each taken at most once."""

    RETAIN_WITHOUT_FUNCTION = "retain the drain whose function is gone"
    AGAIN = "delete again"
    DRAIN_AGAIN = "drain what has been pushed since, and delete again"
    RETAIN_FAILING = "retain the drain that fails although nothing is left to drain"


@dataclass(frozen=True)
class FailedResource:
    """A resource that could not be deleted.

    Attributes:
        stack: The name of the stack that lists it.
        stack_status: The status of that stack.
        reason: CloudFormation's reason.
        drain: Whether it is a drain, which stands for nothing that could be left behind.
        function_gone: Whether it is a custom resource whose function is certainly gone.
    """

    stack: str
    stack_id: str
    stack_status: str
    logical_id: str
    type: str
    physical_id: str
    reason: str
    drain: bool = False
    function_gone: bool = False

    @property
    def transient(self) -> bool:
        """Return whether the same may well succeed the next time."""
        code = _CODE.search(self.reason)
        return code is not None and code[1] in TRANSIENT

    @property
    def hint(self) -> str:
        """How to go on when it can no longer be deleted; "" when there is nothing to add."""
        if self.drain or not self.function_gone:
            return ""
        return (
            ". Its function is gone; if all that it did was to empty a repository, "
            f"say --drain-resource {self.logical_id}"
        )

    @property
    def why_let_go(self) -> str:
        """Why its stack was deleted without it."""
        if self.function_gone:
            return "its function is gone; its repository was drained from here"
        return "its function does not answer; its repository was drained from here"


@dataclass(frozen=True)
class Remedy:
    """A way to go on, and the drains that the stacks are to let go of."""

    step: Step
    retain: Sequence[FailedResource] = field(default_factory=tuple)


def find_remedy(
    failed: Iterable[FailedResource], taken: frozenset[Step], *, pushed: bool = False
) -> Remedy | None:
    """Decide how to go on after a failed deletion; None means that it stays failed.

    The repositories that go away have been drained before, and are drained again before the next
    attempt: a repository that failed because an image came in between is worth that attempt, and
    where images are seen to have come even another.

    Args:
        failed: What could not be deleted, in all stacks of the tree.
        taken: The steps taken before.
        pushed: Whether a repository that goes away holds images again.
    """
    # A nested stack fails for what is in it, which is listed as well.
    causes = [resource for resource in failed if resource.type != STACK_TYPE]
    # RetainResources is for stacks that are DELETE_FAILED (API_DeleteStack).
    drains = [cause for cause in causes if cause.drain and cause.stack_status == DELETE_FAILED]
    without_function = [cause for cause in drains if cause.function_gone]
    if without_function and Step.RETAIN_WITHOUT_FUNCTION not in taken:
        return Remedy(Step.RETAIN_WITHOUT_FUNCTION, tuple(without_function))
    may_succeed = any(cause.drain or cause.transient or _is_repository(cause) for cause in causes)
    if may_succeed and Step.AGAIN not in taken:
        return Remedy(Step.AGAIN)
    if pushed and any(map(_is_repository, causes)) and Step.DRAIN_AGAIN not in taken:
        return Remedy(Step.DRAIN_AGAIN)
    if drains and len(drains) == len(causes) and Step.RETAIN_FAILING not in taken:
        return Remedy(Step.RETAIN_FAILING, tuple(drains))
    return None


def _is_repository(failed: FailedResource) -> bool:
    return failed.type in {REPOSITORY_TYPE, PUBLIC}
