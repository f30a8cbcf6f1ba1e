"""The documents about repositories by name: those of ``drain``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

from ecrdrain.cli.fields import Field, derived, itself
from ecrdrain.engine import Report
from ecrdrain.stacks.replication import Destination
from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.targets import Target


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


def with_account(report: Report, account: str | None) -> Report:
    """Return a report with the account that it leaves out when that is the caller's own."""
    return replace(report, registry_id=report.registry_id or account)


SURVEY = (
    *("images", "tags", "indexes", "archived"),
    *("size_in_bytes", "last_push", "last_pull"),
)
"""The attributes of a survey that are shown."""

REPLICATION = (
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
"""Where deletions are carried on to, for each repository of a plan."""

DRAIN_PLAN = (
    *derived(UntouchedDrain, "dry_run", "obstacles", "warnings"),
    Field(
        "repositories",
        "what would be drained",
        attrgetter("targets"),
        inner=(
            *derived(Target, "repository", "registry"),
            *derived(Survey, *SURVEY, at="survey"),
            *REPLICATION,
        ),
    ),
)
"""The document of ``drain`` when nothing was touched."""

DRAIN = (
    Field(
        "repositories",
        "one report for each repository",
        itself,
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
