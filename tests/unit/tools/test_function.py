"""The function as it is committed, and how large it is."""

import runpy
from pathlib import Path

import pytest

from ecrdrain.templates import function_source
from tools.function import source
from tools.function.layout import findings, lay_out
from tools.function.modules import Package
from tools.function.sizes import parts, table
from tools.function.source import COMMITTED, make_function


def test_the_committed_function_is_what_its_modules_make() -> None:
    """What is deployed is what was reviewed; if this fails, run `make function`."""
    assert make_function() == COMMITTED.read_text(), "function.py is stale: run `make function`"


def test_the_committed_function_is_what_is_rendered() -> None:
    """Templates get it word for word."""
    assert function_source() == COMMITTED.read_text()


def test_the_function_is_in_standard_layout() -> None:
    """Ruff would lay it out in the same way, and finds nothing without an explanation."""
    text = function_source()
    assert lay_out(text) == text
    assert findings(text) == []
    assert "\t" not in text


def test_parts_are_measured_as_they_stand_in_a_template() -> None:
    """Each line counts with its indentation and its end; an empty one has no indentation."""
    measured = list(parts("# top\n\n\n# --- a/: A.\n\nB = 'ä'\n", indent=2))
    assert [(each.name, each.lines, each.size) for each in measured] == [
        ("header and imports", 3, 10),
        ("a/", 3, 15 + 1 + 11),
    ]


def test_the_table_adds_up() -> None:
    """The parts' bytes are the function's, and with the template's they leave what is free."""
    rows = [row.split() for row in table(function_source()).replace(",", "").splitlines()]
    (function,) = [int(row[-1]) for row in rows if row[:2] == ["the", "function"]]
    rooms = {row[0]: int(row[-1]) for row in rows if row and row[0].endswith("/")}
    (top,) = [int(row[-1]) for row in rows if row[:1] == ["header"]]
    assert list(rooms) == ["engine/", "fate/", "resource/"]
    assert top + sum(rooms.values()) == function
    (template,) = [row for row in rows if row[:1] == ["standalone.yaml"]]
    bare, full, free = map(int, template[1:])
    assert bare + function == full + 1  # an empty line stands in the bare one
    assert free == 51_200 - full


def test_the_command_writes_the_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make function` writes the file and prints where the bytes are."""
    written = tmp_path / "function.py"
    monkeypatch.setattr(source, "COMMITTED", written)
    runpy.run_module("tools.function", run_name="__main__")
    assert written.read_text() == make_function()
    assert capsys.readouterr().out.startswith("part ")


def test_a_function_that_cannot_be_made_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command exits with the place, and writes nothing."""
    monkeypatch.setattr(source, "COMMITTED", tmp_path / "function.py")
    monkeypatch.setattr(source, "PACKAGE", Package("ecrdrain", tmp_path))
    with pytest.raises(SystemExit) as caught:
        runpy.run_module("tools.function", run_name="__main__")
    assert "make function: no source for module ecrdrain.resource.handler" in str(caught.value)
    assert not list(tmp_path.iterdir())
