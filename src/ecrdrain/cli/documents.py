"""The JSON documents of the commands, each of their fields with its meaning.

The documentation is made from the tables; a test holds every document against them.
"""

from collections.abc import Sequence
from typing import Any

from ecrdrain.cli.errors import in_words
from ecrdrain.cli.words import timestamp
from ecrdrain.engine import Report
from ecrdrain.stacks.change_sets import Change
from ecrdrain.stacks.events import StackEvent
from ecrdrain.stacks.inspection import InspectedRepository, Inspection
from ecrdrain.stacks.outcome import Leftover, Outcome
from ecrdrain.stacks.plan import Plan
from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.targets import Target

SERVICE_TOKEN = "ecrdrain-ServiceToken"  # noqa: S105 - the name of an export
"""The export of provider.yaml."""

SURVEY_FIELDS = {
    "images": "images (digests), archived ones included",
    "tags": "tags",
    "indexes": "images that list other images",
    "archived": "images of the archive storage class",
    "sizeInBytes": "compressed; a layer that several images share counts with each",
    "lastPush": "when the youngest image was pushed; null without any",
    "lastPull": "when one was last pulled, as far as ECR recorded it; else null",
}

DRAIN_PLAN_FIELDS = {
    "dryRun": "true: nothing was done",
    "repositories": "what would be drained:",
    "repositories[].repository": "the name",
    "repositories[].registry": "private or public",
    **{f"repositories[].{name}": text for name, text in SURVEY_FIELDS.items()},
}

_REPORT_FIELDS = {
    "repository": "the name",
    "registry": "private or public",
    "registryId": "the account of the registry; null when AWS does not tell the caller's",
    "region": "the region",
    "images": "images that the drain met: deleted + left",
    "deleted": "images that it saw go",
    "left": "images known to be there still",
    "leftExact": "false: left means at least so many",
    "failures": "why each image is still there:",
    "failures[].imageDigest": "the image",
    "failures[].code": "ECR's failure code",
    "failures[].reason": "ECR's reason",
    "failureCodes": "how many failures of each code",
    "calls": "calls sent, repeats included, by operation",
    "throttled": "how many of them AWS throttled",
    "rounds": "passes over what was left, the last one, which finds nothing, included",
    "seconds": "how long it took",
    "empty": "whether a listing after the last deletion was empty: the one thing to ask",
    "stopped": "why it ended early: deadline, interrupt or error; else null",
    "error": "the call that ended it; else null",
}

DRAIN_FIELDS = {
    "repositories": "one report for each repository:",
    **{f"repositories[].{name}": text for name, text in _REPORT_FIELDS.items()},
}

_STACK_FIELDS = {
    "stack": "the name",
    "stackId": "the id",
    "status": "CloudFormation's status",
    "statusReason": 'its reason; "" without one',
    "terminationProtection": "whether it is on",
    "parent": "the id of the stack that nests it; else null",
    "exports": "exports that stacks outside of this one import:",
    "exports[].name": "the name of the export",
    "exports[].importedBy": "the names of these stacks",
    "repositories": "the repositories of the stack and its nested stacks:",
    "repositories[].repository": "the name",
    "repositories[].registry": "private or public",
    "repositories[].logicalId": "the logical id",
    "repositories[].stack": "the stack that owns it",
    **{f"repositories[].{name}": text for name, text in SURVEY_FIELDS.items()},
    "repositories[].deletionPolicy": "its own DeletionPolicy; null when it is not a literal",
    "repositories[].emptyOnDelete": "whether CloudFormation itself empties it",
    "repositories[].drain": "the logical id of the drain attached to it; else null",
    "repositories[].verdict": (
        "blocks deletion, deletes natively, drained on delete, kept, gone already or unknown"
    ),
    "repositories[].why": "the evidence for the verdict",
    "failed": "for a stack that is DELETE_FAILED, what could not be deleted:",
    "failed[].stack": "the stack that lists it",
    "failed[].logicalId": "the logical id",
    "failed[].type": "the resource type",
    "failed[].physicalId": "its name or ARN",
    "failed[].why": "CloudFormation's reason",
}

STACK_FIELDS = {
    "stacks": "the stacks, in the order given:",
    **{f"stacks[].{name}": text for name, text in _STACK_FIELDS.items()},
}

DELETION_PLAN_FIELDS = {
    "dryRun": "whether only the plan was asked for; nothing was touched in either case",
    "obstacles": "what forbids the deletion:",
    "obstacles[].stack": "the stack",
    "obstacles[].why": "the reason and the remedy",
    "stacks": "the stacks, in the order of their deletion, with the fields of stack show",
}

_LEFTOVER_FIELDS = {
    "stack": "the stack that listed it",
    "logicalId": "the logical id",
    "type": "the resource type",
    "physicalId": "its name or ARN",
    "why": "why",
}

_OUTCOME_FIELDS = {
    "stack": "the name",
    "stackId": "the id",
    "ending": "deleted, failed, skipped (what imports from it is still there) or interrupted",
    "status": "CloudFormation's last status",
    "why": 'what kept it from being deleted; "" when it is',
    "attempts": "how often its deletion was started",
    "seconds": "how long it took, drains included",
    "repositories": "one report for each drain, with the fields of drain",
    "kept": "resources that CloudFormation kept by their DeletionPolicy:",
    **{f"kept[].{name}": text for name, text in _LEFTOVER_FIELDS.items()},
    "letGo": "drains that could not answer and were let go of; nothing is left behind by that:",
    **{f"letGo[].{name}": text for name, text in _LEFTOVER_FIELDS.items()},
    "failed": "resources that could not be deleted:",
    **{f"failed[].{name}": text for name, text in _LEFTOVER_FIELDS.items()},
}

DELETION_FIELDS = {
    "stacks": "one outcome for each stack:",
    **{f"stacks[].{name}": text for name, text in _OUTCOME_FIELDS.items()},
}

INSTALLATION_FIELDS = {
    "stack": "the name of the provider stack",
    "stackId": "its id; null when it was not made",
    "status": "CloudFormation's status; null when nothing was done",
    "changed": "whether anything was changed",
    "changes": "the resources that the change set concerns:",
    "changes[].action": "Add, Modify or Remove",
    "changes[].logicalId": "the logical id",
    "changes[].type": "the resource type",
    "changes[].replacement": 'whether it is replaced: True, False, Conditional or ""',
    "serviceToken": "the export that stacks import to attach a drain",
}


def drain_plan(targets: Sequence[Target], registry: str) -> dict[str, Any]:
    """Return the document of ``drain --dry-run``."""
    return {
        "dryRun": True,
        "repositories": [
            {"repository": target.name, "registry": registry, **_survey(target.survey)}
            for target in targets
        ],
    }


def drain_result(reports: Sequence[Report], account: str | None) -> dict[str, Any]:
    """Return the document of ``drain``; the account is the caller's."""
    return {"repositories": [_report(report, account) for report in reports]}


def stacks_shown(inspections: Sequence[Inspection]) -> dict[str, Any]:
    """Return the document of ``stack show``."""
    return {"stacks": [_stack(each) for each in inspections]}


def deletion_plan(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    """Return the document of ``stack delete`` when nothing was touched."""
    return {
        "dryRun": dry_run,
        "obstacles": [{"stack": each.stack, "why": each.why} for each in plan.obstacles],
        **stacks_shown(plan.inspections),
    }


def deletion_result(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the document of ``stack delete`` and ``uninstall``."""
    return {"stacks": [_outcome(each) for each in outcomes]}


def why(outcome: Outcome) -> str:
    """Say what kept a stack from being deleted; "" when nothing did."""
    return in_words(outcome.error) if outcome.error else outcome.why


def installation(
    stack: str,
    stack_id: str | None,
    status: str | None,
    changes: Sequence[Change] = (),
    *,
    changed: bool = False,
) -> dict[str, Any]:
    """Return the document of ``install``."""
    return {
        "stack": stack,
        "stackId": stack_id,
        "status": status,
        "changed": changed,
        "changes": [
            {
                "action": each.action,
                "logicalId": each.logical_id,
                "type": each.type,
                "replacement": each.replacement,
            }
            for each in changes
        ],
        "serviceToken": SERVICE_TOKEN,
    }


def _survey(survey: Survey) -> dict[str, Any]:
    return {
        "images": survey.images,
        "tags": survey.tags,
        "indexes": survey.indexes,
        "archived": survey.archived,
        "sizeInBytes": survey.size,
        "lastPush": timestamp(survey.last_push),
        "lastPull": timestamp(survey.last_pull),
    }


def _stack(inspection: Inspection) -> dict[str, Any]:
    stack = inspection.stack
    return {
        "stack": stack.name,
        "stackId": stack.id,
        "status": stack.status,
        "statusReason": stack.reason,
        "terminationProtection": stack.protected,
        "parent": stack.parent_id,
        "exports": [
            {"name": export, "importedBy": list(names)}
            for export, names in inspection.importers.items()
        ],
        "repositories": [_repository(each) for each in inspection.repositories],
        "failed": [_event(each) for each in inspection.failures],
    }


def _repository(inspected: InspectedRepository) -> dict[str, Any]:
    repository = inspected.repository
    return {
        "repository": repository.name,
        "registry": repository.registry,
        "logicalId": repository.logical_id,
        "stack": repository.stack,
        **_survey(inspected.survey),
        "deletionPolicy": repository.policy,
        "emptyOnDelete": repository.empty_on_delete,
        "drain": repository.drain.logical_id if repository.drain else None,
        "verdict": inspected.judgement.verdict.value,
        "why": inspected.judgement.why,
    }


def _report(report: Report, account: str | None) -> dict[str, Any]:
    return {**report.to_dict(), "registryId": report.registry_id or account}


def _outcome(outcome: Outcome) -> dict[str, Any]:
    account = outcome.stack_id.split(":")[4]  # arn:PARTITION:cloudformation:REGION:ACCOUNT:...
    return {
        "stack": outcome.stack,
        "stackId": outcome.stack_id,
        "ending": outcome.ending.value,
        "status": outcome.status,
        "why": why(outcome),
        "attempts": outcome.attempts,
        "seconds": round(outcome.seconds, 3),
        "repositories": [_report(each, account) for each in outcome.drained],
        "kept": [_leftover(each) for each in outcome.kept],
        "letGo": [_leftover(each) for each in outcome.let_go],
        "failed": [_leftover(each) for each in outcome.failed],
    }


def _leftover(each: Leftover) -> dict[str, Any]:
    return {
        "stack": each.stack,
        "logicalId": each.logical_id,
        "type": each.type,
        "physicalId": each.physical_id,
        "why": each.why,
    }


def _event(event: StackEvent) -> dict[str, Any]:
    return {
        "stack": event.stack,
        "logicalId": event.logical_id,
        "type": event.type,
        "physicalId": event.physical_id,
        "why": event.reason,
    }
