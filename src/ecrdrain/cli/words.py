"""Figures and outcomes in words."""

from collections.abc import Iterator
from datetime import UTC, datetime

from ecrdrain.cli.errors import aws_in_words
from ecrdrain.engine import Report

_STEP = 1000  # ECR's console and price list count in powers of ten


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 image", "1,234 images"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def size(number: int) -> str:
    """Return a number of bytes in the unit that keeps it short."""
    value = float(number)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < _STEP or unit == "TB":
            break
        value /= _STEP
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def day(moment: datetime | None) -> str:
    """Return the day of a moment in UTC, or "-"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d") if moment else "-"


def timestamp(moment: datetime | None) -> str | None:
    """Return a moment for a JSON document: ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None


def moment(time: datetime) -> str:
    """Return a moment in UTC to the second: "2026-01-31T12:00:00Z"."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def seconds(duration: float) -> str:
    """Return a duration: "1.9 s", "3 min 20 s"."""
    minute = 60
    if duration < minute:
        return f"{duration:.1f} s"
    return f"{int(duration) // minute} min {int(duration) % minute} s"


def outcome_of(report: Report, planned: int | None = None) -> str:
    """Say how a drain ended.

    Args:
        report: The drain's.
        planned: How many images the plan counted; None when it did not.
    """
    deleted = f"{count(report.deleted, 'image')} deleted in {seconds(report.seconds)}"
    if report.empty:
        return f"{report.repository}: empty, {deleted}"
    line = f"{report.repository}: {_left(report, planned)} left, {deleted}"
    if report.stopped == "interrupt":
        return f"{line}: interrupted, run it again to go on"
    if report.error is not None:
        error = report.error
        return f"{line}: {aws_in_words(error)}"
    codes = ", ".join(
        f"{code} ({number})" for code, number in sorted(report.failure_codes.items())
    )
    return f"{line}: {codes}"


def _left(report: Report, planned: int | None) -> str:
    """Say how many images are left: what the plan counted less what went, where that is more."""
    least = max(report.left, (planned or 0) - report.deleted)
    if report.left_exact:
        return count(report.left, "image")
    if not least:
        return "an unknown number" if planned is None else "no image known to be"
    if planned is not None and report.rounds <= 1:
        return count(least, "image")
    if planned is not None:
        return f"about {count(least, 'image')}"  # others were at work, or a round has begun anew
    return f"at least {count(report.left, 'image')}"


ADVICE = {
    "ImageReferencedByManifestList": "an index that is pushed meanwhile lists it: stop what "
    "pushes, and run it again",
    "KmsError": "the repository's KMS key cannot be used: see that it is enabled, and that its "
    "policy lets ECR use it",
    "UpstreamAccessDenied": "the upstream registry refuses the pull-through cache: renew its "
    "credentials in Secrets Manager",
    "UpstreamTooManyRequests": "the upstream registry throttles: run it again later",
    "UpstreamUnavailable": "the upstream registry does not answer: run it again later",
}
"""What to do about images that ECR refuses to delete, by its failure code (API_ImageFailure)."""
_OTHER = "ECR's own reason says why; if it does not pass by itself, ask AWS Support"
_SHOWN = 5


def refusals_of(report: Report) -> Iterator[str]:
    """Say which images were refused, the first few of them, and what to do for each code."""
    for failure in report.failures[:_SHOWN]:
        yield f"  {failure.digest}: {failure.code}: {failure.reason}".rstrip(": ")
    if len(report.failures) > _SHOWN:
        yield f"  and {len(report.failures) - _SHOWN:,} more; --output json names them all"
    for code in sorted(report.failure_codes):
        yield f"  {code}: {ADVICE.get(code, _OTHER)}"
