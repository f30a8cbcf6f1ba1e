"""The function as one file in standard layout, its parts under their names."""

import ast
import textwrap
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from tools.function.bundle import Part, bundle, room_of
from tools.function.errors import BundleError
from tools.function.layout import WIDTH, findings, lay_out
from tools.function.modules import Package, rows_of

HEADING = "# --- "
"""How the line begins above a part."""


class Line(NamedTuple):
    """A line before it is laid out, and the place in the sources that it is from, if any."""

    text: str
    place: str = ""


def write(package: Package, entry: str, function: str, header: str) -> str:
    """Write a function and all it needs as one file.

    Args:
        package: Where the source is.
        entry: The absolute name of the module that holds the function.
        function: The function's name.
        header: A text for the top of the file.

    Raises:
        BundleError: The sources cannot be written faithfully or readably; the message names the
            place.
    """
    made = bundle(package, entry, function)
    lines = [Line(text) for text in [*_comment(header), "", *made.imports]]
    for room, parts in groupby(made.parts, key=lambda part: room_of(part.module.name)):
        heading = f"{HEADING[2:]}{room}/: {package.summary(f'{package.name}.{room}')}"
        lines += map(Line, ["", "", *_comment(heading)])
        for part in parts:
            lines += _part(part)
    draft = "".join(f"{line.text}\n" for line in lines)
    text = lay_out(draft)
    for finding in findings(text):
        row = _row_before(finding.row, text, draft)
        place = lines[row - 1].place or "the function's header"
        raise BundleError(f"{place}: {finding.message}")
    return text


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )


def _part(part: Part) -> Iterator[Line]:
    """Yield a part's statements, row by row."""
    name, rows = part.module.name, part.module.rows
    for statement in part.statements:
        text = _rows_in_texts(statement)
        for row in rows_of(statement):
            if rows[row - 1].strip() or row in text:
                yield Line(rows[row - 1], f"{name}, line {row}")


def _rows_in_texts(statement: ast.stmt) -> set[int]:
    """Return the rows at whose beginning a text goes on: an empty one is part of it."""
    return {
        row
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for row in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    }


def _row_before(row: int, text: str, draft: str) -> int:
    """Find the row of a draft whose statement is laid out in this row of the text."""
    before, after = (list(_statements(source)) for source in (draft, text))
    around = [index for index, each in enumerate(after) if row in rows_of(each)]
    innermost = min(around, key=lambda index: len(rows_of(after[index])), default=None)
    return 1 if innermost is None else before[innermost].lineno


def _statements(source: str) -> Iterator[ast.stmt]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            yield node
