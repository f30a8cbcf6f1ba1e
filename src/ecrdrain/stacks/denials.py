"""Calls that IAM denies: noted while a plan is made, so that they can be told all at once."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ecrdrain.engine.errors import CallError, aws_errors, call_error

Result = TypeVar("Result")


class DeniedError(Exception):
    """Calls are not allowed.

    Attributes:
        denials: The first error of each operation, and the repositories that it is denied on.
    """

    def __init__(self, denials: Mapping[CallError, list[str]]) -> None:
        super().__init__(denials)
        self.denials = denials


def unless_denied(denied: list[CallError], call: Callable[[], Result]) -> Result | None:
    """Make a call; None when it is denied, and then that is noted."""
    try:
        return call()
    except aws_errors() as error:
        failure = call_error(error)
        if not failure.denied:
            raise
        denied.append(failure)
        return None


def gather(noted: Iterable[tuple[str, Iterable[CallError]]]) -> dict[CallError, list[str]]:
    """Gather what is denied: of each operation the first error, and on which repositories.

    Args:
        noted: The names of repositories, each with what is denied on it.
    """
    operations: dict[str, CallError] = {}
    denials: dict[CallError, list[str]] = {}
    for name, denied in noted:
        for error in denied:
            first = operations.setdefault(error.operation, error)
            denials.setdefault(first, []).append(name)
    return denials
