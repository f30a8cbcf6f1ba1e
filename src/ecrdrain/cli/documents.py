"""The JSON documents of the commands.

Each table lists the fields of a document; the documentation is made from the same tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter, itemgetter

from ecrdrain.cli.errors import in_words
from ecrdrain.cli.fields import Field, derived, write_document
from ecrdrain.engine import Report
from ecrdrain.stacks.change_sets import Change
from ecrdrain.stacks.health import Failure, Health, Problem, Provider
from ecrdrain.stacks.outcome import Leftover, Outcome, leftover
from ecrdrain.stacks.plan import Obstacle, Plan
from ecrdrain.stacks.provider import SERVICE_TOKEN
from ecrdrain.stacks.region import ListedStack
from ecrdrain.stacks.replication import Destination
from ecrdrain.stacks.repositories import Judgement, StackRepository
from ecrdrain.stacks.rest import DyingResource
from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.targets import Target


@dataclass(frozen=True)
class UntouchedPlan:
    """A plan for stacks that was not carried out.

    Attributes:
        dry_run: Whether only the plan was asked for; nothing was touched in either case.
        warnings: What would stop it half-way, in words: calls that are denied.
        plan: The plan.
    """

    dry_run: bool
    warnings: Sequence[str]
    plan: Plan


@dataclass(frozen=True)
class UntouchedDrain:
    """A plan for repositories that was not carried out.

    Attributes:
        dry_run: Whether only the plan was asked for; nothing was touched in either case.
        obstacles: What forbids it, in words.
        warnings: What would stop it half-way, in words: calls that are denied.
        targets: The plan.
    """

    dry_run: bool
    obstacles: Sequence[str]
    warnings: Sequence[str]
    targets: Sequence[Target]


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


def why(outcome: Outcome) -> str:
    """Say what kept a stack from being deleted; "" when nothing did."""
    return in_words(outcome.error) if outcome.error else outcome.why


def with_account(report: Report, account: str | None) -> Report:
    """Return a report with the account that it leaves out when that is the caller's own."""
    return replace(report, registry_id=report.registry_id or account)


def _reports(outcome: Outcome) -> list[Report]:
    account = outcome.stack_id.split(":")[4]  # arn:PARTITION:cloudformation:REGION:ACCOUNT:...
    return [with_account(report, account) for report in outcome.drained]


def _itself(source: object) -> object:
    return source


SURVEY = (
    *("images", "tags", "indexes", "archived"),
    *("size_in_bytes", "last_push", "last_pull"),
)
"""The attributes of a survey that are shown."""

_REPLICATION = (
    Field(
        "replicatedTo",
        "where deletions are carried on to by a replication rule",
        attrgetter("replication.destinations"),
        inner=derived(Destination, "registry_id", "region"),
    ),
    Field(
        "replicationUnknown",
        'why that is not known; "" when it is',
        attrgetter("replication.unknown"),
    ),
)

DRAIN_PLAN = (
    *derived(UntouchedDrain, "dry_run", "obstacles", "warnings"),
    Field(
        "repositories",
        "what would be drained",
        attrgetter("targets"),
        inner=(
            *derived(Target, "repository", "registry"),
            *derived(Survey, *SURVEY, at="survey"),
            *_REPLICATION,
        ),
    ),
)
"""The document of ``drain`` when nothing was touched."""

DRAIN = (
    Field(
        "repositories",
        "one report for each repository",
        _itself,
        inner=(
            *derived(Report, "repository", "registry", "registry_id", "region", "exists"),
            Field("images", "images that the drain met: deleted + left", attrgetter("images")),
            *derived(Report, "deleted", "left", "left_exact"),
            *derived(
                Report,
                "failures",
                inner=(
                    Field("imageDigest", "the image", attrgetter("digest")),
                    Field("code", "ECR's failure code", attrgetter("code")),
                    Field("reason", "ECR's reason", attrgetter("reason")),
                ),
            ),
            Field("failureCodes", "how many failures of each code", attrgetter("failure_codes")),
            *derived(Report, "calls", "throttled", "rounds", "seconds", "empty", "stopped"),
            Field(
                "error",
                "the call that ended it; else null",
                lambda report: report.to_dict()["error"],
            ),
        ),
    ),
)
"""The document of ``drain``, about reports."""

_LEFTOVER = derived(Leftover, "stack", "logical_id", "type", "physical_id", "why")

STACKS = (
    Field(
        "stacks",
        "the stacks, in the order given",
        _itself,
        inner=(
            Field("stack", "the name", attrgetter("stack.name")),
            Field("stackId", "the id", attrgetter("stack.id")),
            Field("status", "CloudFormation's status", attrgetter("stack.status")),
            Field("statusReason", 'its reason; "" without one', attrgetter("stack.reason")),
            Field("terminationProtection", "whether it is on", attrgetter("stack.protected")),
            Field(
                "parent",
                "the id of the stack that nests it; else null",
                attrgetter("stack.parent_id"),
            ),
            Field(
                "exports",
                "exports that stacks outside of this one import",
                lambda inspection: inspection.importers.items(),
                inner=(
                    Field("name", "the name of the export", itemgetter(0)),
                    Field("importedBy", "the names of these stacks", itemgetter(1)),
                ),
            ),
            Field(
                "repositories",
                "the repositories of the stack and its nested stacks",
                attrgetter("repositories"),
                inner=(
                    Field("repository", "the name", attrgetter("repository.name")),
                    *derived(StackRepository, "registry", "logical_id", "stack", at="repository"),
                    *derived(Survey, *SURVEY, at="survey"),
                    *derived(
                        StackRepository, "deletion_policy", "empty_on_delete", at="repository"
                    ),
                    Field(
                        "drain",
                        "the logical id of the drain attached to it; else null",
                        lambda inspected: getattr(inspected.repository.drain, "logical_id", None),
                    ),
                    *derived(Judgement, "verdict", "why", at="judgement"),
                    *_REPLICATION,
                ),
            ),
            Field(
                "failed",
                "for a stack that is DELETE_FAILED, what could not be deleted",
                lambda inspection: [
                    leftover(event, event.reason) for event in inspection.failures
                ],
                inner=_LEFTOVER,
            ),
        ),
    ),
)
"""The document of ``stack show``, about inspections."""

STACK_LIST = (
    Field(
        "stacks",
        "the stacks, those that are DELETE_FAILED first",
        _itself,
        inner=derived(ListedStack, "stack", "stack_id", "status", "repositories", "verdict"),
    ),
)
"""The document of ``stack list``."""


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

DELETION_PLAN = (
    *derived(UntouchedPlan, "dry_run", "warnings"),
    Field(
        "obstacles",
        "what forbids the deletion",
        attrgetter("plan.obstacles"),
        inner=derived(Obstacle, "stack", "why"),
    ),
    Field(
        "deleted",
        "what else is deleted with the stacks",
        attrgetter("plan.deleted"),
        inner=derived(DyingResource, "stack", "logical_id", "type", "physical_id", "stateful"),
    ),
    Field(
        "kept",
        "what CloudFormation keeps",
        attrgetter("plan.kept"),
        inner=derived(DyingResource, "stack", "logical_id", "type", "physical_id", "stateful"),
    ),
    Field(
        "stacks",
        "the stacks, in the order of their deletion, with the fields of stack show",
        lambda untouched: write_document(STACKS, untouched.plan.inspections)["stacks"],
    ),
)
"""The document of ``stack delete`` and ``uninstall`` when nothing was touched."""

DELETION = (
    Field(
        "stacks",
        "one outcome for each stack",
        _itself,
        inner=(
            *derived(Outcome, "stack", "stack_id", "ending", "status"),
            Field("why", 'what kept it from being deleted; "" when it is', why),
            *derived(Outcome, "attempts", "seconds"),
            Field(
                "repositories",
                "one report for each drain, with the fields of drain",
                lambda outcome: write_document(DRAIN, _reports(outcome))["repositories"],
            ),
            *derived(Outcome, "kept", "let_go", "failed", inner=_LEFTOVER),
        ),
    ),
)
"""The document of ``stack delete`` and ``uninstall``, about outcomes."""

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
        _itself,
        inner=derived(ToldLine, "time", "stack", "repository", "text", "line"),
    ),
)
"""The document of ``logs``."""
