"""What a deletion needs besides its plan: clients, settings, and who follows its progress."""

from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

from ecrdrain.engine import CONCURRENCY, OnEvent, Report, Repository, ignore
from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.events import StackEvent


class ProgressListener(Protocol):
    """Follows a deletion while it happens; called in several threads."""

    def on_drain(self, repository: Repository) -> OnEvent:
        """Take that a drain starts; return what takes its events."""
        ...

    def on_report(self, report: Report) -> None:
        """Take the report of a drain that has ended."""
        ...

    def on_stack_event(self, event: StackEvent) -> None:
        """Take an event of a stack."""
        ...

    def on_step(self, stack: str, text: str) -> None:
        """Take, in words, which step comes next for a stack."""
        ...


class NoListener:
    """Ignores all progress."""

    def on_drain(self, repository: Repository) -> OnEvent:
        """Ignore the drain's events, too."""
        del repository
        return ignore

    def on_report(self, report: Report) -> None:
        """Do nothing."""

    def on_stack_event(self, event: StackEvent) -> None:
        """Do nothing."""

    def on_step(self, stack: str, text: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class DeletionContext:
    """What the deletions of several stacks share.

    Attributes:
        clients: The AWS clients.
        stop: Once set, no further step is started, and waiting ends.
        concurrency: How many calls the drains may have in flight, all together.
        listener: Follows the progress.
        lift_protection: Whether termination protection may be turned off.
        accept_replicated: Whether images may be deleted whose deletion is replicated.
        more_drains: Logical ids of custom resources that are drains, as the user says.
    """

    clients: Clients
    stop: Event
    concurrency: int = CONCURRENCY
    listener: ProgressListener = field(default_factory=NoListener)
    lift_protection: bool = False
    accept_replicated: bool = False
    more_drains: frozenset[str] = frozenset()
