"""What a drain did, in figures that add up."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from ecrdrain.engine.errors import CallError


class Failure(NamedTuple):
    """An image that ECR refused to delete, by ECR's own code and reason."""

    digest: str
    code: str
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What one drain came to.

    Attributes:
        repository: The repository's name.
        exists: Whether there is such a repository. One that is not there is empty, too.
        deleted: Images (digests) that this drain has deleted.
        left: Images known to be there still.
        left_exact: Whether a whole listing stands behind `left`. False means "at least".
        failures: Why each image is still there, for those that ECR named a reason for.
        calls: Calls sent, repeats included, by operation.
        throttled: How many of them AWS throttled.
        rounds: Passes over what was left, the last one (which finds nothing) included.
        seconds: How long it took.
        empty: Whether a listing made after the last deletion was empty. Check this one.
        stopped: Why the drain ended before it was done ("deadline", "interrupt", "error"), or
            None when it ran to its end.
        error: The call that ended it, when `stopped` is "error"; else None.
    """

    repository: str
    exists: bool
    deleted: int
    left: int
    left_exact: bool
    failures: tuple[Failure, ...]
    calls: dict[str, int]
    throttled: int
    rounds: int
    seconds: float
    empty: bool
    stopped: str | None = None
    error: CallError | None = None

    @property
    def failure_codes(self) -> dict[str, int]:
        """Count the failures of each code."""
        return dict(Counter(failure.code for failure in self.failures))

    @property
    def images(self) -> int:
        """Count the images that the drain met: those deleted and those left."""
        return self.deleted + self.left


@dataclass(frozen=True)
class Report(Outcome):
    """The outcome of one drain, and where the repository is.

    Attributes:
        registry: "private" or "public".
        registry_id: The account of the registry; None means the caller's own.
        region: The region of the calls; None means that the client did not tell.
    """

    registry: str = "private"
    registry_id: str | None = None
    region: str | None = None

    def raise_if_left(self) -> None:
        """Raise DrainError unless the repository is verified empty."""
        if not self.empty:
            raise DrainError(self)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the JSON document of the command line."""
        return {
            "repository": self.repository,
            "registry": self.registry,
            "registryId": self.registry_id,
            "region": self.region,
            "exists": self.exists,
            "images": self.images,
            "deleted": self.deleted,
            "left": self.left,
            "leftExact": self.left_exact,
            "failures": [
                {"imageDigest": failure.digest, "code": failure.code, "reason": failure.reason}
                for failure in self.failures
            ],
            "failureCodes": self.failure_codes,
            "calls": self.calls,
            "throttled": self.throttled,
            "rounds": self.rounds,
            "seconds": round(self.seconds, 3),
            "empty": self.empty,
            "stopped": self.stopped,
            "error": self.error
            and {
                "operation": self.error.operation,
                "code": self.error.code,
                "message": self.error.message,
            },
        }


class DrainError(Exception):
    """A repository is not verified empty.

    Attributes:
        report: What the drain did, and what kept it from doing more.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        least = "" if report.left_exact else "at least "
        why = report.error or ", ".join(sorted(report.failure_codes)) or report.stopped or ""
        super().__init__(
            f"{report.repository} is not empty: {report.deleted} images deleted, "
            f"{least}{report.left} left" + (f" ({why})" if why else "")
        )
