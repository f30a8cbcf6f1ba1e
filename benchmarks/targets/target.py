"""One promise of the project, and what came out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table of targets, in words that a table shows."""

    what: str
    limit: str
    measured: str
    met: bool
