"""FilterLogEvents returns the lines of JSON that a pattern matches."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ecrdrain.lab import Lab

LINES = (
    json.dumps({"event": "answer", "status": "FAILED", "stackId": "arn:stack/shop/1"}),
    json.dumps({"event": "answer", "status": "SUCCESS", "stackId": "arn:stack/shop-Nested/2"}),
    json.dumps({"event": "ignored", "status": "FAILED", "stackId": None}),
    'START {"event": "answer"}',
    "[1]",
)


def matching(lab: Lab, pattern: str) -> list[int]:
    """Return which lines of a log a pattern matches."""
    logs = lab.client("logs")
    group = {"logGroupName": f"test-{uuid.uuid4().hex}"}
    now = int(time.time() * 1000)
    try:
        logs.create_log_group(**group)
        logs.create_log_stream(**group, logStreamName="lines")
        events = [{"timestamp": now, "message": line} for line in LINES]
        logs.put_log_events(**group, logStreamName="lines", logEvents=events)
        found = logs.filter_log_events(**group, filterPattern=pattern)["events"]
        logs.delete_log_group(**group)
    finally:
        logs.close()
    return [LINES.index(each["message"]) for each in found]


FAILURES = '{ ($.event = "answer") && ($.status = "FAILED") }'


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ('{ $.event = "answer" }', [0, 1]),
        (FAILURES, [0]),
        ('{ $.stackId = "arn:stack/shop*" }', [0, 1]),
        ('{ $.stackId = "arn:stack/shop/*" }', [0]),
        ('{ $.stackId = "arn:stack/sho?/*" }', []),
        ('{ $.nothing = "*" }', []),
        ("", [0, 1, 2, 3, 4]),
        ("START", [3]),
    ],
)
def test_a_pattern_in_braces_compares_properties(lab: Lab, pattern: str, lines: list[int]) -> None:
    """Texts are equal but for *; lines that are no objects do not match; other patterns stay."""
    assert matching(lab, pattern) == lines


def test_the_plain_emulator_returns_all_lines(plain_lab: Lab) -> None:
    """Without the addition a wrong pattern would never be noticed."""
    assert matching(plain_lab, FAILURES) == [0, 1, 2, 3, 4]
