"""How figures and outcomes are put."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ecrdrain.cli.words import count, day, outcome_of, refusals_of, seconds, size, timestamp
from ecrdrain.engine import CallError, Failure, Report

REFUSED = (
    Failure("sha256:1", "KmsError", ""),
    Failure("sha256:2", "ImageInaccessible", ""),
    Failure("sha256:3", "ImageInaccessible", ""),
)
MOMENT = datetime(2026, 1, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))


def report(**facts: object) -> Report:
    """Return a report with what the test is about."""
    given: dict[str, Any] = {
        "repository": "web",
        "registry": "private",
        "registry_id": None,
        "region": "eu-west-1",
        "exists": True,
        "deleted": 1234,
        "left": 0,
        "left_exact": True,
        "failures": (),
        "calls": {},
        "throttled": 0,
        "rounds": 2,
        "seconds": 1.94,
        "empty": True,
    }
    return Report(**{**given, **facts})


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 images"), (1, "1 image"), (1234, "1,234 images")]
)
def test_a_count_agrees_with_its_noun(number: int, words: str) -> None:
    """One image, two images."""
    assert count(number, "image") == words
    assert count(number, "repository", "repositories").startswith(f"{number:,} repositor")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (2_500_000_000, "2.5 GB"),
        (7_200_000_000_000_000, "7200.0 TB"),
    ],
)
def test_a_size_has_the_unit_that_keeps_it_short(number: int, words: str) -> None:
    """Units are powers of ten, as in ECR's console."""
    assert size(number) == words


def test_moments_are_told_in_utc() -> None:
    """A day for people, ISO 8601 for programs."""
    assert day(MOMENT) == "2025-12-31"
    assert timestamp(MOMENT) == "2025-12-31T23:30:00+00:00"
    assert day(None) == "-"
    assert timestamp(None) is None
    assert timestamp(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("duration", "words"),
    [(0.04, "0.0 s"), (59.94, "59.9 s"), (60, "1 min 0 s"), (200.7, "3 min 20 s")],
)
def test_durations_are_short(duration: float, words: str) -> None:
    """Tenths of seconds below a minute, whole ones above."""
    assert seconds(duration) == words


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "web: empty, {}"),
        (
            {"empty": False, "left": 3, "failures": REFUSED},
            "web: 3 images left, {}: ImageInaccessible (2), KmsError (1)",
        ),
        (
            {"empty": False, "left": 5, "left_exact": False, "stopped": "interrupt"},
            "web: at least 5 images left, {}: interrupted, run it again to go on",
        ),
        (
            {
                "empty": False,
                "left_exact": False,
                "stopped": "error",
                "error": CallError("ListImages", "AccessDeniedException", "no"),
            },
            "web: an unknown number left, {}: access denied: grant ecr:ListImages. AWS says: no",
        ),
    ],
)
def test_an_outcome_tells_what_is_left_and_why(facts: dict[str, object], words: str) -> None:
    """An empty repository, refused images, an interruption, a failed call."""
    assert outcome_of(report(**facts)) == words.format("1,234 images deleted in 1.9 s")


def refused(number: int, code: str = "KmsError") -> Report:
    """Report images that ECR has refused."""
    failures = tuple(Failure(f"sha256:{each:064x}", code, "so it is") for each in range(number))
    return Report("app", True, 0, number, True, failures, {}, 0, 2, 1.0, False)  # noqa: FBT003 - fields


def test_the_first_images_that_were_refused_are_named_with_what_to_do() -> None:
    """Five of them, how many more there are, and one line of advice for each code."""
    lines = list(refusals_of(refused(7)))
    assert lines[0] == f"  sha256:{0:064x}: KmsError: so it is"
    assert lines[5] == "  and 2 more; --output json names them all"
    assert lines[6].startswith("  KmsError: the repository's KMS key cannot be used: ")
    assert len(lines) == 7


def test_a_code_without_advice_has_some_all_the_same() -> None:
    """Nobody is left with a word of ECR's alone."""
    [_, advice] = refusals_of(refused(1, "SomethingNew"))
    assert advice.startswith("  SomethingNew: ECR's own reason says why")


@pytest.mark.parametrize(
    ("left", "exact", "planned", "rounds", "words"),
    [
        (3, True, 10, 2, "3 images left, "),
        (500, False, 10_300, 1, "10,300 images left, "),
        (500, False, 10_300, 2, "about 10,300 images left, "),
        (0, False, 0, 1, "no image known to be left, "),
        (500, False, None, 1, "at least 500 images left, "),
        (0, False, None, 1, "an unknown number left, "),
    ],
)
def test_what_is_left_is_what_the_plan_knows(
    *, left: int, exact: bool, planned: int | None, rounds: int, words: str
) -> None:
    """Never "at least 500" where 10,300 have been counted."""
    report = Report("app", True, 0, left, exact, (), {}, 0, rounds, 1.0, False, "interrupt")  # noqa: FBT003 - fields
    assert outcome_of(report, planned).startswith(f"app: {words}")
