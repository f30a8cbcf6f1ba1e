"""How the story is told: what it does, what it sees, and what it expects."""

from collections.abc import Sequence
from typing import Protocol


class Stage(Protocol):
    """Shows the story to somebody, and remembers whether every expectation held."""

    def chapter(self, title: str, about: str) -> None:
        """Begin a chapter."""
        ...

    def does(self, command: str) -> None:
        """Show a step, as the command of the AWS CLI that would do the same."""
        ...

    def shows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show what came back: rows of columns."""
        ...

    def expects(self, what: str, *, holds: bool, seen: str) -> None:
        """Check an expectation against what was seen."""
        ...
