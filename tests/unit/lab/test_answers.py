"""What CloudFormation would not take as an answer, fault by fault."""

import json
from typing import Any

import pytest

from ecrdrain.lab.answers import find_fault

_REQUEST = {"StackId": "stack", "RequestId": "request", "LogicalResourceId": "Drain"}
_GOOD = {**_REQUEST, "Status": "SUCCESS", "PhysicalResourceId": "id"}


def _fault(**members: Any) -> str | None:
    return find_fault(_REQUEST, json.dumps({**_GOOD, **members}).encode())


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"Status": "FAILED", "Reason": "why"},
        {"Data": {"Name": "value"}, "NoEcho": True},
        {"PhysicalResourceId": "x" * 1024},
    ],
)
def test_a_documented_answer_has_no_fault(members: dict[str, Any]) -> None:
    """What the reference allows is taken."""
    assert _fault(**members) is None


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[]", b"null", b"\xff"])
def test_an_answer_is_a_json_object(body: bytes) -> None:
    """Nothing, text, and JSON of another kind are no answer."""
    assert (find_fault(_REQUEST, body) or "").startswith("Invalid response: not ")


def test_4096_bytes_are_taken_and_one_more_is_not() -> None:
    """The limit counts the whole body."""
    room = 4096 - len(json.dumps({**_GOOD, "Reason": ""}))

    assert _fault(Reason="x" * room) is None
    assert _fault(Reason="x" * (room + 1)) == "Response object is too long."


@pytest.mark.parametrize(
    "members",
    [
        {"PhysicalResourceId": None},
        {"PhysicalResourceId": 1},
        {"PhysicalResourceId": "é" * 513},
    ],
)
def test_a_physical_id_is_a_text_of_1_to_1024_bytes(members: dict[str, Any]) -> None:
    """Anything else is the known complaint."""
    assert _fault(**members) == "Invalid PhysicalResourceId"


@pytest.mark.parametrize(
    ("members", "word"),
    [
        ({"LogicalResourceId": "drain"}, "LogicalResourceId"),
        ({"Status": "success"}, "Status"),
        ({"Reason": None}, "Reason"),
        ({"Status": "FAILED"}, "without a Reason"),
        ({"Status": "FAILED", "Reason": ""}, "without a Reason"),
    ],
)
def test_a_faulty_member_is_named(members: dict[str, Any], word: str) -> None:
    """The fault says which member is wrong."""
    assert word in (_fault(**members) or "")
