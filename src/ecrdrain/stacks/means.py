"""What a deletion works with: clients, pace, the way to interrupt it, and who hears of it."""

from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from ecrdrain.engine import CONCURRENCY, OnEvent, Report, Repository, ignore
from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.events import StackEvent


class Audience(Protocol):
    """Hears of a deletion while it happens; called by several threads."""

    def draining(self, repository: Repository) -> OnEvent:
        """Take that a repository is about to be drained; return who hears of that."""
        ...

    def drained(self, report: Report) -> None:
        """Take the end of a drain."""
        ...

    def event(self, event: StackEvent) -> None:
        """Take something that CloudFormation did."""
        ...

    def note(self, stack: str, text: str) -> None:
        """Take what is about to be done to a stack, in words."""
        ...


class SilentAudience:
    """Hears nothing."""

    def draining(self, repository: Repository) -> OnEvent:
        """Return who hears nothing."""
        del repository
        return ignore

    def drained(self, report: Report) -> None:
        """Do nothing."""

    def event(self, event: StackEvent) -> None:
        """Do nothing."""

    def note(self, stack: str, text: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Means:
    """What a deletion works with.

    Attributes:
        clients: The AWS clients.
        stop: Once set, nothing more is started, and the waiting ends.
        concurrency: How many calls the drains may have in flight, all together.
        audience: Who hears of it.
        lift_protection: Whether termination protection may be turned off.
        more_drains: Logical ids of custom resources that are drains, by the user's word.
    """

    clients: Clients
    stop: Event
    concurrency: int = CONCURRENCY
    audience: Audience = field(default_factory=SilentAudience)
    lift_protection: bool = False
    more_drains: frozenset[str] = frozenset()
