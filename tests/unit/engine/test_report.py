"""What a drain tells, as the documents of the command line and the log have it."""

from __future__ import annotations

import json

from ecrdrain.engine import CallError, Failure, Report
from ecrdrain.engine.errors import call_error
from tests.unit.engine.errors import denied, unreachable

REPORT = Report(
    repository="team/app",
    registry="private",
    registry_id="123456789012",
    region="eu-west-1",
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
    failure_codes={"ImageInaccessible": 1},
)


def test_a_report_is_one_json_document_with_figures_that_add_up() -> None:
    """The images are those deleted and those left; seconds come in milliseconds' precision."""
    document = json.loads(json.dumps(REPORT.to_dict()))
    assert document == {
        "repository": "team/app",
        "registry": "private",
        "registryId": "123456789012",
        "region": "eu-west-1",
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


def test_errors_are_told_by_code_and_message() -> None:
    """Those of AWS by its own, those that never reached it by their class."""
    assert str(call_error(denied())) == "AccessDeniedException: not authorized"
    assert call_error(denied()).denied
    assert not call_error(unreachable()).denied
    assert call_error(unreachable(), "ListImages").code == "EndpointConnectionError"
