"""The documents about stacks: those of ``stack list``, ``stack show`` and ``stack delete``."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter, itemgetter

from ecrdrain.cli.documents.repositories import DRAIN, REPLICATION, SURVEY, with_account
from ecrdrain.cli.errors import in_words
from ecrdrain.cli.fields import Field, derived, itself, write_document
from ecrdrain.engine import Report
from ecrdrain.stacks.outcome import Leftover, Outcome, leftover
from ecrdrain.stacks.plan import Obstacle, Plan
from ecrdrain.stacks.region import ListedStack
from ecrdrain.stacks.repositories import Judgement, StackRepository
from ecrdrain.stacks.rest import DyingResource
from ecrdrain.stacks.survey import Survey


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


def why(outcome: Outcome) -> str:
    """Say what kept a stack from being deleted; "" when nothing did."""
    return in_words(outcome.error) if outcome.error else outcome.why


def _reports(outcome: Outcome) -> list[Report]:
    account = outcome.stack_id.split(":")[4]  # arn:PARTITION:cloudformation:REGION:ACCOUNT:...
    return [with_account(report, account) for report in outcome.drained]


_LEFTOVER = derived(Leftover, "stack", "logical_id", "type", "physical_id", "why")

STACKS = (
    Field(
        "stacks",
        "the stacks, in the order given",
        itself,
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
                    *REPLICATION,
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
        itself,
        inner=derived(ListedStack, "stack", "stack_id", "status", "repositories", "verdict"),
    ),
)
"""The document of ``stack list``."""

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
        itself,
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
