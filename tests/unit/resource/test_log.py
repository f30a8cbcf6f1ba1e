"""The log: JSON lines without the secret."""

from __future__ import annotations

import json

import pytest

from ecrdrain.resource.log import Log

SECRET = 'https://bucket.example/answer?Signature=a"b\\c'


def test_each_event_is_one_json_object_on_one_line() -> None:
    """A line holds the event, its facts, and what all lines of the request say."""
    lines: list[str] = []
    Log(write=lines.append, requestId="r")("listed", images=5, note="two\nlines")
    (line,) = lines
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert json.loads(line) == {
        "event": "listed", "images": 5, "note": "two\nlines", "requestId": "r"
    }  # fmt: skip


@pytest.mark.parametrize("said", [SECRET, f"error at {SECRET}!", SECRET.partition("?")[2]])
def test_the_secret_never_gets_into_a_line(said: str) -> None:
    """Neither the address nor its query is written, escaped or not."""
    lines: list[str] = []
    Log(SECRET, lines.append)("error", traceback=said)
    assert "Signature" not in lines[0]
    assert "[ResponseURL]" in lines[0]
    json.loads(lines[0])


def test_lines_go_to_standard_output_unless_told_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Lambda takes standard output for the log."""
    Log()("listed", images=1)
    assert json.loads(capsys.readouterr().out) == {"event": "listed", "images": 1}
