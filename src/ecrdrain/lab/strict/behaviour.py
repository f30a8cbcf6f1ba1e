"""How the server behaves: slow, throttling, faulty, hostile, and where AWS is undocumented.

A `Behaviour` is plain data. It can be given at the start and changed while the server runs, in
Python or as JSON. Settings "by operation" are one number for all of ECR's operations, or a
mapping from an operation's name to a number in which "*" stands for each other operation.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from functools import partial
from typing import Any

from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict.errors import SettingsError, one_of
from ecrdrain.lab.strict.services import OPERATIONS

ByOperation = float | Mapping[str, float]

EVERY_OTHER = "*"

# As API_ImageFailure lists them.
FAILURE_CODES = (
    "InvalidImageDigest",
    "InvalidImageTag",
    "ImageTagDoesNotMatchDigest",
    "ImageNotFound",
    "MissingDigestAndTag",
    "ImageReferencedByManifestList",
    "KmsError",
    "UpstreamAccessDenied",
    "UpstreamTooManyRequests",
    "UpstreamUnavailable",
    "ImageInaccessible",
)


class Fault(StrEnum):
    """What can go wrong with a whole call."""

    SERVER_ERROR = "server-error"
    """HTTP 500, ServerException; nothing was done."""
    UNAVAILABLE = "unavailable"
    """HTTP 503; nothing was done."""
    CLOSED_BEFORE = "closed-before"
    """The connection is closed without an answer; nothing was done."""
    CLOSED_AFTER = "closed-after"
    """The connection is closed without an answer, but the call took effect."""


class Referrers(StrEnum):
    """What deleting a subject does to its referrers.

    ECR documents it for lifecycle policies alone: those delete the referrers too.
    """

    STAY = "stay"
    GO_WITH_SUBJECT = "go-with-subject"


class UnknownMembers(StrEnum):
    """What becomes of request members that botocore's model does not know."""

    IGNORE = "ignore"
    """As AWS's JSON services do: newer clients can talk to older servers."""
    REJECT = "reject"
    """InvalidParameterException: finds typing errors in requests made by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFailures:
    """BatchDeleteImage refuses some images with a failure code of its own.

    `share` of the images are chosen by the server's seed and their digests, or `digests` names
    them. Each is refused `times` times; None: always, a hostile image.
    """

    code: str
    times: int | None = 1
    share: float = 0.0
    digests: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in FAILURE_CODES:
            raise SettingsError(f"unknown failure code {self.code}: {', '.join(FAILURE_CODES)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushes:
    """Somebody pushes while the repository is drained.

    Whenever `every` more images have been deleted, at least `images` more appear: whole pushes
    of the repository's own topology. That ends when `limit` images or more have been pushed.
    """

    images: int
    every: int
    limit: int

    def __post_init__(self) -> None:
        if min(self.images, self.every, self.limit) < 1:
            raise SettingsError("pushes needs images, every and limit of at least 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """All that can be set while the server runs. The default is prompt and faultless."""

    latency: ByOperation = field(default_factory=dict)
    """Seconds that an answer takes, by operation. Throttled calls are answered at once."""
    effect_at: float = 0.5
    """Where in the latency a call takes effect: 0 at its arrival, 1 when it is answered."""
    rate: ByOperation = field(default_factory=dict)
    """Calls a second that are not throttled, by operation; a token bucket each. 0: no limit."""
    burst: ByOperation = field(default_factory=dict)
    """Calls that may come at once, by operation. Default: one second's worth, at least 1."""
    faults: Mapping[str, Mapping[Fault, float]] = field(default_factory=dict)
    """The probability of each fault, by operation."""
    denied_from: Mapping[str, int] = field(default_factory=dict)
    """From which of an operation's calls on (1: the first) it answers AccessDeniedException."""
    image_failures: tuple[ImageFailures, ...] = ()
    """Images that BatchDeleteImage refuses; the first that fits decides."""
    pushes: Pushes | None = None
    """Images that arrive while others are deleted; None: nobody pushes."""
    same_call: SameCall = SameCall.SNAPSHOT
    """May one BatchDeleteImage call take an index and its children?"""
    name_parents: bool = True
    """Does the reason of ImageReferencedByManifestList name the indexes? It does in AWS's user
    guide (docs.aws.amazon.com/AmazonECR/latest/userguide/image-artifact-delete.html)."""
    referrers: Referrers = Referrers.STAY
    """What deleting a subject does to its referrers."""
    unknown_members: UnknownMembers = UnknownMembers.IGNORE
    """What becomes of request members that botocore's model does not know."""

    def __post_init__(self) -> None:
        for name in ("latency", "rate", "burst", "denied_from"):
            for operation, number in _by_operation(getattr(self, name)).items():
                _check_number(name, operation, number)
        for operation, faults in self.faults.items():
            for probability in faults.values():
                _check_number("faults", operation, probability)
            if sum(faults.values()) > 1:
                raise SettingsError(f"the probabilities of {operation}'s faults add up to over 1")
        if not 0 <= self.effect_at <= 1:
            raise SettingsError(f"effect_at must be from 0 to 1, got {self.effect_at}")


def changed(behaviour: Behaviour, settings: Mapping[str, Any]) -> Behaviour:
    """Return the behaviour with some settings replaced, their values as JSON has them.

    Raises SettingsError for an unknown name or a wrong value, naming what is allowed.
    """
    values = {}
    for name, value in settings.items():
        if name not in _READERS:
            raise SettingsError(f"unknown setting {name}: {', '.join(_READERS)}")
        try:
            values[name] = _READERS[name](value)
        except SettingsError:
            raise
        except (ValueError, TypeError, AttributeError) as error:
            raise SettingsError(f"wrong value for {name}: {error}") from error
    return replace(behaviour, **values)


def as_json(behaviour: Behaviour) -> dict[str, Any]:
    """Return the settings as `changed` reads them, in types that JSON has."""
    return asdict(behaviour)


def of_operation(value: ByOperation, operation: str) -> float | None:
    """Return the number set for the operation; None where nothing is set."""
    numbers = _by_operation(value)
    return numbers.get(operation, numbers.get(EVERY_OTHER))


def _by_operation(value: ByOperation) -> Mapping[str, float]:
    return value if isinstance(value, Mapping) else {EVERY_OTHER: value}


def _check_number(name: str, operation: str, number: float) -> None:
    if operation != EVERY_OTHER and operation not in OPERATIONS:
        raise SettingsError(
            f"unknown operation {operation}: {', '.join(OPERATIONS)}, or {EVERY_OTHER}"
        )
    if number < 0:
        raise SettingsError(f"{name} must not be negative, got {number}")


def _read_numbers(value: Any) -> ByOperation:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return {operation: float(number) for operation, number in value.items()}
    return float(value)


def _read_faults(value: Any) -> dict[str, dict[Fault, float]]:  # noqa: ANN401 - JSON
    return {
        operation: {
            one_of(Fault, kind): float(probability) for kind, probability in faults.items()
        }
        for operation, faults in value.items()
    }


def _read_image_failures(value: Any) -> tuple[ImageFailures, ...]:  # noqa: ANN401 - JSON
    return tuple(
        ImageFailures(**{**rule, "digests": tuple(rule.get("digests", ()))}) for rule in value
    )


_READERS: dict[str, Callable[[Any], Any]] = {
    "latency": _read_numbers,
    "effect_at": float,
    "rate": _read_numbers,
    "burst": _read_numbers,
    "faults": _read_faults,
    "denied_from": lambda value: {name: int(call) for name, call in value.items()},
    "image_failures": _read_image_failures,
    "pushes": lambda value: None if value is None else Pushes(**value),
    "same_call": partial(one_of, SameCall),
    "name_parents": bool,
    "referrers": partial(one_of, Referrers),
    "unknown_members": partial(one_of, UnknownMembers),
}
