"""What the server has seen so far."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Counts:
    """Calls by operation and outcome, and how many the server has had in hand at once."""

    started: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    in_flight: int = 0
    max_in_flight: int = 0

    def begin(self, operation: str) -> int:
        """Count a call that arrives and return its number (1: the operation's first)."""
        self.started[operation] += 1
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)
        return self.started[operation]

    def end(self, operation: str, outcome: str) -> None:
        """Count what became of the call."""
        self.in_flight -= 1
        self.outcomes.setdefault(operation, Counter())[outcome] += 1


@dataclass(frozen=True, slots=True)
class RepositoryState:
    """What one repository holds and has gone through."""

    images: int
    deleted: int
    pushed_meanwhile: int


@dataclass(frozen=True, slots=True)
class State:
    """A view of the server at one moment.

    `calls` counts finished calls by operation and outcome: "ok", "throttled", "denied",
    "invalid" (breaks a constraint of the model), "refused" (an error of the operation's own,
    RepositoryNotFoundException for example) or the name of a fault. `repositories` is by
    "SERVICE/NAME"; `replicas` counts the images that replication rules have put into other
    registries, by "ACCOUNT/REGION/NAME".
    """

    calls: dict[str, dict[str, int]]
    in_flight: int
    max_in_flight: int
    repositories: dict[str, RepositoryState]
    replicas: dict[str, int] = field(default_factory=dict)

    @property
    def images(self) -> int:
        """All images of all repositories."""
        return sum(repository.images for repository in self.repositories.values())

    def count(self, operation: str | None = None, outcome: str | None = None) -> int:
        """Return the number of finished calls; None counts every operation or outcome."""
        return sum(
            number
            for name, outcomes in self.calls.items()
            for result, number in outcomes.items()
            if operation in (None, name) and outcome in (None, result)
        )

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "State":
        """Return the state that the control endpoint wrote."""
        held = {name: RepositoryState(**state) for name, state in value["repositories"].items()}
        return cls(**{**value, "repositories": held})
