"""What a drain did, in figures that add up."""

from dataclasses import dataclass, field
from typing import Any

from ecrdrain.engine.errors import CallError


@dataclass(frozen=True, slots=True)
class Failure:
    """An image that ECR refused to delete, by ECR's own code and reason."""

    digest: str
    code: str
    reason: str


@dataclass(frozen=True)
class Report:
    """The outcome of one drain.

    Attributes:
        repository: The repository's name.
        registry: "private" or "public".
        registry_id: The account of the registry; None means the caller's own.
        region: The region of the calls; None means that the client did not tell.
        deleted: Images (digests) that this drain saw go.
        left: Images known to be there still.
        left_exact: Whether a whole listing stands behind `left`. False means "at least".
        failures: Why each image is still there, for those that ECR named a reason for.
        calls: Calls sent, repeats included, by operation.
        throttled: How many of them AWS throttled.
        rounds: Passes over what was left, the last one (which finds nothing) included.
        seconds: How long it took.
        empty: Whether a listing made after the last deletion was empty. The one thing to ask.
        stopped: Why the drain ended before it was done ("deadline", "interrupt", "error"), or
            None when it ran to its end.
        error: The call that ended it, when `stopped` is "error"; otherwise the one that would
            have been repeated, if there was such.
    """

    repository: str
    registry: str
    registry_id: str | None
    region: str | None
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
    failure_codes: dict[str, int] = field(default_factory=dict)

    @property
    def images(self) -> int:
        """Count the images that the drain met: those deleted and those left."""
        return self.deleted + self.left

    def to_dict(self) -> dict[str, Any]:
        """Return the report as the JSON document of the command line and the log."""
        return {
            "repository": self.repository,
            "registry": self.registry,
            "registryId": self.registry_id,
            "region": self.region,
            "images": self.images,
            "deleted": self.deleted,
            "left": self.left,
            "leftExact": self.left_exact,
            "failures": [
                {"imageDigest": each.digest, "code": each.code, "reason": each.reason}
                for each in self.failures
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
