"""What stands in the way of reading or deleting stacks, each with its remedy."""

from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

_MOST = 3
_SPREAD = 0.15  # of 1: beside a name that is very near, one that is less so is no hint


class StacksError(Exception):
    """Something about the stacks is not as it must be; the message says what to do."""


class WrongNameError(StacksError):
    """What was given for a name cannot be one, or is the name of something elsewhere."""


class UnknownNameError(StacksError):
    """A stack or repository of that name does not exist where it was looked for.

    Args:
        kind: What was looked for: "stack" or "repository".
        name: The name given.
        known: The names that do exist; the nearest of them are offered.

    Attributes:
        place: Account and region, in words; "" until somebody who knows them adds them.
    """

    def __init__(self, kind: str, name: str, known: Sequence[str] = ()) -> None:
        self.kind = kind
        self.name = name
        self.near = near_names(name, known)
        self.place = ""
        super().__init__(kind, name)

    def __str__(self) -> str:
        where = f" in {self.place}" if self.place else ""
        hint = f". Did you mean {' or '.join(self.near)}?" if self.near else ""
        return f"there is no {self.kind} {self.name}{where}{hint}"


class ChangeSetError(StacksError):
    """CloudFormation could not make a change set; the message carries its reason."""


class Interrupted(Exception):  # noqa: N818 - not an error: the user asked for it
    """The user interrupted a wait; what CloudFormation has begun goes on by itself."""


def near_names(name: str, known: Sequence[str]) -> list[str]:
    """Return at most three known names that look like the given one, the nearest first."""
    wanted = name.lower()
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(wanted, by_lower, n=_MOST)
    likeness = [SequenceMatcher(None, candidate, wanted).ratio() for candidate in near]
    return [
        by_lower[candidate]
        for candidate, like in zip(near, likeness, strict=True)
        if like > likeness[0] - _SPREAD
    ]
