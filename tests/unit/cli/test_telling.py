"""What the function's log says, in sentences."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import ecrdrain
from ecrdrain.cli.telling import _SENTENCES, Teller
from ecrdrain.engine import Deleted, Listed, RoundEnded
from ecrdrain.stacks.function_log import LogLine

ARN = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/web"
DRAINED: dict[str, Any] = {
    "deleted": 250,
    "left": 0,
    "left_exact": True,
    "seconds": 1.94,
    "empty": True,
    "stopped": None,
    "error": None,
}


def line(event: str, **facts: object) -> LogLine:
    """Return a line of the log."""
    said = {"event": event, **facts, "requestId": "r", "stackId": "s"}
    return LogLine(datetime(2026, 1, 1, tzinfo=UTC), said)


@pytest.mark.parametrize(
    ("event", "facts", "sentence"),
    [
        (
            "request",
            {"type": "Delete", "identity": ARN},
            "request: Delete of the drain of shop/web",
        ),
        (
            "request",
            {"type": "Create", "identity": "ecrdrain-nothing-created-x"},
            "request: Create",
        ),
        (
            "decision",
            {"verdict": "drain", "why": "it is deleted with the stack of Repository in shop"},
            "decision: drain, it is deleted with the stack of Repository in shop",
        ),
        ("listed", {"round": 1, "rows": 1000}, "listed 1,000 rows in round 1"),
        ("deleted", {"sent": 100, "deleted": 100, "refused": {}}, "deleted 100 images"),
        (
            "deleted",
            {"sent": 3, "deleted": 1, "refused": {"KmsError": 2}},
            "deleted 1 image, refused: KmsError (2)",
        ),
        (
            "round",
            {"round": 1, "deleted": 250, "left": 2},
            "round 1 ended: 250 images deleted so far, 2 left",
        ),
        ("drained", DRAINED, "drained: empty, 250 images deleted in 1.9 s"),
        (
            "drained",
            {**DRAINED, "empty": False, "left": 3, "left_exact": False, "stopped": "deadline"},
            "drained: at least 3 images left, 250 images deleted in 1.9 s: deadline",
        ),
        (
            "drained",
            {**DRAINED, "empty": False, "left": 1, "stopped": "error", "error": "Denied: no"},
            "drained: 1 image left, 250 images deleted in 1.9 s: Denied: no",
        ),
        ("answer", {"status": "SUCCESS", "reason": ""}, "answer: SUCCESS"),
        ("answer", {"status": "FAILED", "reason": "a\n b"}, "answer: FAILED, a b"),
        (
            "answer not taken",
            {"problem": "HTTP status 500", "bytes": 9},
            "the answer was not taken: HTTP status 500",
        ),
        ("ignored", {"why": "no ResponseURL"}, "ignored: no ResponseURL"),
        (
            "overlooked",
            {"reason": "no such role", "why": "a rollback"},
            "overlooked, because of a rollback: no such role",
        ),
        ("preflight waits", {"problem": "grant x"}, "the preflight waits: grant x"),
        ("replication not seen", {"problem": "y"}, "replication rules not seen: y"),
        ("error", {"traceback": "Traceback\n  x\nKeyError: 'z'\n"}, "error: KeyError: 'z'"),
    ],
)
def test_each_event_has_its_sentence(event: str, facts: dict[str, Any], sentence: str) -> None:
    """A line for a line."""
    assert Teller().tell(line(event, **facts)) == sentence


@pytest.mark.parametrize(
    ("event", "facts"),
    [("sang", {"song": "x"}), ("deleted", {}), ("drained", {"deleted": None}), ("error", {})],
)
def test_what_is_not_understood_is_shown_as_it_is(event: str, facts: dict[str, Any]) -> None:
    """A function of another version may say other things."""
    unknown = line(event, **facts)

    assert json.loads(Teller().tell(unknown)) == unknown.facts


def test_what_was_answered_is_told_when_the_answer_has_been_taken() -> None:
    """The line itself does not repeat it."""
    teller = Teller()

    assert teller.tell(line("answered", problem="")) == "answered"
    teller.tell(line("answer", status="FAILED", reason="x", identity=ARN))
    assert teller.tell(line("answered", problem="")) == "answered FAILED"


def test_the_repository_of_a_request_is_known_once_a_line_has_named_it() -> None:
    """A Create has no id yet; its answer brings one."""
    teller = Teller()

    assert teller.repository_of(line("request", type="Create", identity="nothing")) is None
    assert teller.repository_of(line("answer", status="SUCCESS", identity=ARN)) == "shop/web"
    assert teller.repository_of(line("answered", problem="")) == "shop/web"


def test_every_event_of_the_function_has_a_sentence() -> None:
    """And no sentence is left over."""
    modules = Path(ecrdrain.__path__[0], "resource").glob("*.py")
    calls = re.findall(r"\blog\(\s*([^,)]+)", "".join(each.read_text("utf-8") for each in modules))
    logged = {word for call in calls for word in re.findall(r'"([\w ]+)"', call)}
    of_drains = {
        each.__name__.removesuffix("Ended").lower() for each in (Deleted, Listed, RoundEnded)
    }

    assert logged | of_drains == {*_SENTENCES, "answered"}
