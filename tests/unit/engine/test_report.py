"""What a drain tells, as the documents of the command line and the log have it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ecrdrain import DrainError
from ecrdrain.engine import CallError, Failure, Report

REPORT = Report(
    repository="team/app",
    registry="private",
    registry_id="123456789012",
    region="eu-west-1",
    exists=True,
    deleted=1_230,
    left=4,
    left_exact=True,
    failures=(Failure("sha256:ab", "ImageInaccessible", "no"),),
    calls={"ListImages": 3, "BatchDeleteImage": 13},
    throttled=1,
    rounds=2,
    seconds=1.23456,
    empty=False,
    stopped="error",
    error=CallError("ListImages", "AccessDeniedException", "not authorized"),
)


def test_a_report_is_one_json_document_with_figures_that_add_up() -> None:
    """The images are those deleted and those left; seconds come in milliseconds' precision."""
    document = json.loads(json.dumps(REPORT.to_dict()))
    assert document == {
        "repository": "team/app",
        "registry": "private",
        "registryId": "123456789012",
        "region": "eu-west-1",
        "exists": True,
        "images": 1_234,
        "deleted": 1_230,
        "left": 4,
        "leftExact": True,
        "failures": [{"imageDigest": "sha256:ab", "code": "ImageInaccessible", "reason": "no"}],
        "failureCodes": {"ImageInaccessible": 1},
        "calls": {"ListImages": 3, "BatchDeleteImage": 13},
        "throttled": 1,
        "rounds": 2,
        "seconds": 1.235,
        "empty": False,
        "stopped": "error",
        "error": {
            "operation": "ListImages",
            "code": "AccessDeniedException",
            "message": "not authorized",
        },
    }


def test_without_an_error_the_document_has_none() -> None:
    """The key is there all the same."""
    document = replace(REPORT, stopped=None, error=None).to_dict()
    assert (document["stopped"], document["error"]) == (None, None)


def test_a_repository_that_is_verified_empty_raises_nothing() -> None:
    """Whatever else the report says."""
    replace(REPORT, empty=True).raise_if_left()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "4 left (AccessDeniedException: not authorized)"),
        ({"error": None}, "4 left (ImageInaccessible)"),
        (
            {"error": None, "failures": (), "stopped": "deadline", "left_exact": False},
            "at least 4 left (deadline)",
        ),
        ({"error": None, "failures": (), "stopped": None}, "4 left"),
    ],
)
def test_a_repository_that_is_not_verified_empty_raises_what_is_known(
    changes: dict[str, object], message: str
) -> None:
    """The error says how many are gone and left, and the first reason there is."""
    report: Report = replace(REPORT, **changes)  # type: ignore[arg-type]
    with pytest.raises(DrainError) as raised:
        report.raise_if_left()
    assert raised.value.report is report
    assert str(raised.value) == f"team/app is not empty: 1230 images deleted, {message}"
