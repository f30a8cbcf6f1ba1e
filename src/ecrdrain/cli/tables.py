"""Tables: plain in pipes, and as wide as a window allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

_GAP = 2  # columns of space between those of a table
_SHORTEST_NAME = 32
"""Characters that a name is shortened to before a column is left out for it."""
_NARROWEST = 24
"""Characters that a cell over several lines has in each of them at least."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        right: Whether its cells stand at the right, as figures do.
        wraps: Whether its cells may go over several lines.
        shrinks: Whether its cells are shortened in their middle where the window is narrow.
        rank: Where the window is narrow, columns of a higher rank are left out first; those of
            rank 0 never.
        style: Chooses a style of rich for a cell's text; None leaves all as they are.
    """

    title: str
    right: bool = False
    wraps: bool = False
    shrinks: bool = False
    rank: int = 0
    style: Callable[[str], str] | None = None


def plain_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lay a table out in lines of plain text, which nothing breaks."""
    titles = [column.title for column in columns]
    widths = [max(len(row[index]) for row in [titles, *rows]) for index, _ in enumerate(columns)]
    return [
        (" " * _GAP)
        .join(
            cell.rjust(width) if column.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        .rstrip()
        for row in [titles, *rows]
    ]


def table_width(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Return how many characters of width a table needs at least."""
    widths = [len(column.title) for column in columns]
    for row in rows:
        for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
            words = cell.split() if column.wraps else [cell]
            least = min(len(cell), _NARROWEST) if column.wraps else 0
            widths[index] = max(widths[index], *(len(word) for word in words), least)
    return sum(widths) + _GAP * (len(columns) - 1)


def fit(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> tuple[list[Column], list[Sequence[str]]]:
    """Leave columns out and shorten names until a table fits into so many characters."""
    kept = list(columns)
    cells: list[Sequence[str]] = [list(row) for row in rows]
    while True:
        longest = _longest_name(kept, cells)
        spare = width - (table_width(kept, cells) - longest)
        rank = max((column.rank for column in kept), default=0)
        if spare >= min(longest, _SHORTEST_NAME) or not rank:
            break
        index = next(i for i, column in enumerate(kept) if column.rank == rank)
        del kept[index]
        cells = [[*row[:index], *row[index + 1 :]] for row in cells]
    for index, column in enumerate(kept):
        if column.shrinks and spare >= len(column.title):
            cells = [
                [*row[:index], shorten(row[index], spare), *row[index + 1 :]] for row in cells
            ]
    return kept, cells


def _longest_name(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> int:
    """Return how wide the column that shrinks is."""
    for index, column in enumerate(columns):
        if column.shrinks:
            return max(len(text) for text in [column.title, *(row[index] for row in rows)])
    return 0


def shorten(text: str, size: int) -> str:
    """Cut a text in its middle: names differ at their ends."""
    if len(text) <= size:
        return text
    mark = "..."
    head = (size - len(mark)) // 2
    return text[:head] + mark + text[len(text) - (size - len(mark) - head) :]


def rich_table(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], *, summed: bool = False
) -> "Table":
    """Make a table of rich.

    Args:
        columns: The columns.
        rows: A cell for each column.
        summed: Whether the last row sums the others up.
    """
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - rich takes its time, and help needs none
    from rich.table import Table  # noqa: PLC0415 - goes with it
    from rich.text import Text  # noqa: PLC0415 - goes with it

    # One column of padding and one of the box between the cells: _GAP.
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for column in columns:
        table.add_column(
            column.title,
            justify="right" if column.right else "left",
            no_wrap=not column.wraps,
            overflow="fold",
        )
    for number, row in enumerate(rows, 1):
        table.add_row(
            *(
                Text(cell, style=column.style(cell) if column.style else "")
                for column, cell in zip(columns, row, strict=True)
            ),
            style="bold" if summed and number == len(rows) else None,
        )
    return table
