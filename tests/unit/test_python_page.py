"""What docs/python.md says of each name is what its docstring says."""

from __future__ import annotations

import ecrdrain
from benchmarks.page import put_all
from benchmarks.python_page import FAILURE, PAGE, TABLES, attributes


def test_the_tables_are_the_docstrings() -> None:
    """When this fails: `make docs`."""
    page = PAGE.read_text(encoding="utf-8")

    assert put_all(page, TABLES) == page


def test_every_name_of_the_package_is_on_the_page() -> None:
    """In words, or in the table of names."""
    page = PAGE.read_text(encoding="utf-8")

    assert [name for name in ecrdrain.__all__ if f"| `{name}` |" not in page] == []


def test_every_field_has_its_meaning() -> None:
    """Those of tuples and of the report, which has its own beside the outcome's."""
    assert tuple(FAILURE) == ecrdrain.Failure._fields
    for event in (ecrdrain.Listed, ecrdrain.Deleted, ecrdrain.RoundEnded):
        assert tuple(attributes(event.__name__)) == event._fields
    assert set(ecrdrain.Report.__dataclass_fields__) <= set(attributes("Report"))
