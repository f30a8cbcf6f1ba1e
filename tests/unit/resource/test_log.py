"""The log: JSON lines without the secret."""

from __future__ import annotations

import json

import pytest

from ecrdrain.resource.log import Log

SECRET = 'https://bucket.example/answer?Signature=a"b\\c'


def test_each_event_is_one_json_object_on_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A line holds the event, its facts, and what all lines of the request say."""
    Log(requestId="r")("listed", images=5, note="two\nlines")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == {
        "event": "listed",
        "images": 5,
        "note": "two\nlines",
        "requestId": "r",
    }


@pytest.mark.parametrize("said", [SECRET, f"error at {SECRET}!", SECRET.partition("?")[2]])
def test_the_secret_never_gets_into_a_line(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the address nor its query is written, escaped or not."""
    Log(SECRET)("error", traceback=said)
    line = capsys.readouterr().out
    assert "Signature" not in line
    assert "[ResponseURL]" in json.loads(line)["traceback"]


def test_a_text_loses_the_secret_too() -> None:
    """What goes into an answer is cleaned like what goes into the log."""
    assert Log(SECRET).redact(f"at {SECRET}.") == "at [ResponseURL]."
    assert Log().redact("at home") == "at home"
