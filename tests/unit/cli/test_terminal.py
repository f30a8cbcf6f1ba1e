"""How tables are laid out, and what goes where."""

from __future__ import annotations

import json
import re

import pytest

from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.fields import Field
from ecrdrain.cli.terminal import Column, Terminal, plain_table, table_width

COLUMNS = (Column("repository"), Column("images", right=True), Column("verdict", wraps=True))
ROWS = [("team/web", "1,234", "blocks deletion: it holds images"), ("a", "0", "")]


def test_a_plain_table_aligns_its_columns_and_breaks_nothing() -> None:
    """Figures stand at the right, and no line ends in spaces."""
    assert plain_table(COLUMNS, ROWS) == [
        "repository  images  verdict",
        "team/web     1,234  blocks deletion: it holds images",
        "a                0",
    ]


def test_a_table_needs_the_width_of_what_must_not_break() -> None:
    """A column that wraps needs room for its longest word alone."""
    assert table_width(COLUMNS, ROWS) == len("repository") + len("images") + len("deletion:") + 4
    assert table_width(COLUMNS, []) == len("repository") + len("images") + len("verdict") + 4


@pytest.mark.parametrize("more", [0, 1, 40])
def test_a_table_that_fits_is_drawn_without_cutting_anything(
    more: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a window that is exactly as wide as it needs, and in wider ones."""
    width = table_width(COLUMNS, ROWS) + more
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    Terminal().table(COLUMNS, ROWS)

    lines = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert max(len(line) for line in lines) <= width
    assert lines[0].split() == ["repository", "images", "verdict"]
    assert lines[2].startswith("team/web     1,234  blocks")
    last = next(number for number, line in enumerate(lines) if line.startswith("a "))
    words = [line[len("repository  images  ") :].strip() for line in lines[2:last]]
    assert " ".join(words) == "blocks deletion: it holds images"


def test_a_table_that_does_not_fit_becomes_records(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One column less, and nothing could be drawn whole."""
    monkeypatch.setenv("COLUMNS", str(table_width(COLUMNS, ROWS) - 1))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    Terminal().table(COLUMNS, ROWS)

    out = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    assert out.splitlines() == [
        "team/web",
        "  images      1,234",
        "  verdict     blocks deletion: it holds images",
        "",
        "a",
        "  images      0",
        "  verdict",
        "",
    ]


def test_with_json_words_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The document alone is on standard output."""
    terminal = Terminal(json=True)

    terminal.say("told")
    terminal.table(COLUMNS, ROWS)
    terminal.document([Field("a", "one", lambda source: source)], 1)

    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"a": 1}
    assert captured.err.splitlines()[0] == "told"
    assert len(captured.err.splitlines()) == 4


def test_without_json_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Words are the result then; what is going on goes to standard error."""
    terminal = Terminal()

    terminal.say("told [not markup] :smile: " + "long " * 50)
    terminal.mention("meanwhile")
    terminal.document([Field("a", "one", lambda source: source)], 1)

    captured = capsys.readouterr()
    assert captured.out == "told [not markup] :smile: " + "long " * 50 + "\n"
    assert captured.err == "meanwhile\n"


def test_a_question_needs_somebody_to_answer() -> None:
    """Standard input is no terminal here."""
    with pytest.raises(WrongUseError, match="say --yes"):
        Terminal().ask("Really?")
