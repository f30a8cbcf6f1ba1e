"""The documents about the provider: those of ``install``, ``status`` and ``logs``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from ecrdrain.cli.fields import Field, derived, itself
from ecrdrain.stacks.change_sets import Change
from ecrdrain.stacks.health import Failure, Health, Problem, Provider
from ecrdrain.stacks.provider import SERVICE_TOKEN


@dataclass(frozen=True)
class Installation:
    """What became of the provider stack.

    Attributes:
        stack: The name of the provider stack.
        stack_id: Its id; None when it was not made.
        status: CloudFormation's status; None when nothing was done.
        changed: Whether anything was changed.
        changes: The resources that the change set concerns.
        service_token: The export that stacks import to attach a drain.
    """

    stack: str
    stack_id: str | None = None
    status: str | None = None
    changed: bool = False
    changes: Sequence[Change] = ()
    service_token: str = SERVICE_TOKEN


@dataclass(frozen=True)
class ToldLine:
    """A line of the function's log.

    Attributes:
        time: When it was written.
        stack: The name of the stack whose request it is about.
        repository: The repository of its drain; None as long as no line has named it.
        text: What it says, in a sentence.
        line: The line itself, a JSON object.
    """

    time: datetime
    stack: str
    repository: str | None
    text: str
    line: Mapping[str, object]


def _of_provider(field: Field) -> Field:
    """Return a field of the provider that is null when there is none."""
    return replace(
        field,
        meaning=f"{field.meaning}; null without a provider",
        read=lambda health: None if health.provider is None else field.read(health),
    )


STATUS = (
    Field("well", "whether there is nothing to do", attrgetter("well")),
    *derived(Health, "command_version"),
    *map(
        _of_provider,
        derived(
            Provider,
            *("stack", "stack_id", "status", "function_version"),
            *("function", "log_group", "imported_by"),
            at="provider",
        ),
    ),
    *derived(Health, "answers"),
    *derived(Health, "problems", inner=derived(Problem, "what", "remedy")),
    *derived(
        Health,
        "failures",
        inner=derived(Failure, "time", "stack", "stack_id", "status", "reason", "remedy"),
    ),
)
"""The document of ``status``, about what is known of the provider."""

INSTALLATION = (
    *derived(Installation, "stack", "stack_id", "status", "changed"),
    *derived(
        Installation,
        "changes",
        inner=derived(Change, "action", "logical_id", "type", "replacement"),
    ),
    *derived(Installation, "service_token"),
)
"""The document of ``install``."""

LOG = (
    Field(
        "lines",
        "the lines, the oldest first; with --follow the document comes at the end",
        itself,
        inner=derived(ToldLine, "time", "stack", "repository", "text", "line"),
    ),
)
"""The document of ``logs``."""
