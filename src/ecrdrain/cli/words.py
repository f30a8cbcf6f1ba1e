"""Figures and outcomes in words."""

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


def seconds(duration: float) -> str:
    """Return a duration: "1.9 s", "3 min 20 s"."""
    minute = 60
    if duration < minute:
        return f"{duration:.1f} s"
    return f"{int(duration) // minute} min {int(duration) % minute} s"


def outcome_of(report: Report) -> str:
    """Say how a drain ended."""
    deleted = f"{count(report.deleted, 'image')} deleted in {seconds(report.seconds)}"
    if report.empty:
        return f"{report.repository}: empty, {deleted}"
    left = count(report.left, "image")
    if not report.left_exact:
        left = f"at least {left}" if report.left else "an unknown number"
    line = f"{report.repository}: {left} left, {deleted}"
    if report.stopped == "interrupt":
        return f"{line}: interrupted, run it again to go on"
    if report.error is not None:
        error = report.error
        return f"{line}: {aws_in_words(error)}"
    codes = ", ".join(
        f"{code} ({number})" for code, number in sorted(report.failure_codes.items())
    )
    return f"{line}: {codes}"
