"""How tables are laid out, and what goes where."""

from __future__ import annotations

import json
import re

import pytest

from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.fields import Field
from ecrdrain.cli.tables import Column, fit, plain_table, shorten, table_width
from ecrdrain.cli.terminal import Terminal
from ecrdrain.stacks.place import Place

HERE = Place(None, "eu-west-1")
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
    assert table_width(COLUMNS, ROWS) == len("repository") + len("images") + 24 + 4
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


def test_with_json_there_is_nothing_but_the_document_and_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The document is all that there is in a pipe, but for what is wrong."""
    terminal = Terminal(json=True)

    terminal.say("told")
    terminal.mention("meanwhile")
    terminal.table(COLUMNS, ROWS)
    terminal.document([Field("a", "one", lambda source: source)], 1, HERE)
    terminal.complain("wrong")

    captured = capsys.readouterr()
    assert json.loads(captured.out) == {"account": None, "region": "eu-west-1", "a": 1}
    assert captured.err == "wrong\n"


def test_quiet_leaves_errors_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the result nor what is going on is written."""
    terminal = Terminal(quiet=True)

    terminal.say("told")
    terminal.mention("meanwhile")
    terminal.table(COLUMNS, ROWS)
    terminal.complain("wrong")

    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "wrong\n")


def test_without_json_there_is_no_document(capsys: pytest.CaptureFixture[str]) -> None:
    """Words are the result then; what is going on goes to standard error."""
    terminal = Terminal()

    terminal.say("told [not markup] :smile: " + "long " * 50)
    terminal.mention("meanwhile")
    terminal.document([Field("a", "one", lambda source: source)], 1, HERE)

    captured = capsys.readouterr()
    assert captured.out == "told [not markup] :smile: " + "long " * 50 + "\n"
    assert captured.err == "meanwhile\n"


def test_a_question_needs_somebody_to_answer() -> None:
    """Standard input is no terminal here."""
    with pytest.raises(WrongUseError, match="say --yes"):
        Terminal().ask("Really?")


def test_names_are_shortened_in_their_middle() -> None:
    """Both ends stay: that is where names differ."""
    assert shorten("abcdefghij", 10) == "abcdefghij"
    assert shorten("abcdefghij", 9) == "abc...hij"
    assert shorten("abcdefghij", 8) == "ab...hij"


@pytest.mark.parametrize(
    ("width", "titles", "longest"),
    [(60, ["name", "a", "b"], 48), (50, ["name", "a", "b"], 38), (40, ["name", "a"], 34)],
)
def test_columns_give_way_by_rank_and_names_before_them(
    width: int, titles: list[str], longest: int
) -> None:
    """Down to 32 characters of a name no column is left out; then the highest rank goes first."""
    columns = [Column("name", shrinks=True), Column("a"), Column("b", rank=2)]
    rows = [("n" * 48, "1234", "1234"), ("short", "1", "2")]

    kept, cells = fit(columns, rows, width)

    assert [column.title for column in kept] == titles
    assert max(len(row[0]) for row in cells) == longest
    assert cells[1][0] == "short"
    assert table_width(kept, cells) <= width
