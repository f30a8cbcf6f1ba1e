"""What a command writes: for a person at a terminal, for a pipe, or as a JSON document.

The result goes to standard output; questions and progress go to standard error. With JSON the
document is all that standard output gets.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.fields import Field, write_document

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_GAP = 2  # columns of space between those of a table


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        right: Whether its cells stand at the right, as figures do.
        wraps: Whether its cells may go over several lines.
        style: Chooses a style of rich for a cell's text; None leaves all as they are.
    """

    title: str
    right: bool = False
    wraps: bool = False
    style: Callable[[str], str] | None = None


class Terminal:
    """The two streams of a command.

    Args:
        json: Whether the result is a JSON document.
    """

    def __init__(self, *, json: bool = False) -> None:
        self.json = json

    @cached_property
    def out(self) -> "Console":
        """Standard output."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> "Console":
        """Standard error."""
        return _console(stderr=True)

    @property
    def text(self) -> "Console":
        """Where the result goes as text."""
        return self.err if self.json else self.out

    def say(self, text: str, style: str = "") -> None:
        """Write a line of the result in words."""
        say(self.text, text, style)

    def mention(self, text: str, style: str = "") -> None:
        """Write a line about what is going on."""
        say(self.err, text, style)

    def document(self, fields: Sequence[Field], source: object) -> None:
        """Write the JSON document with these fields, if the result is to be one."""
        if self.json:
            sys.stdout.write(json.dumps(write_document(fields, source), indent=2) + "\n")

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; as records, one below the other, where the window is too narrow."""
        console = self.text
        if not is_rich(console):
            for line in plain_table(columns, rows):
                say(console, line)
        elif table_width(columns, rows) > console.width:
            for row in rows:
                self._record(columns, row)
        else:
            console.print(_rich_table(columns, rows))

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show at a terminal, for as long as the block runs, what is being waited for."""
        if not is_rich(self.err):
            yield
            return
        # A spinner of ASCII characters, for every encoding.
        with self.err.status(text, spinner="line"):
            yield

    def ask(self, question: str) -> bool:
        """Ask a question that is answered with yes or no; anything but yes means no.

        Raises:
            WrongUseError: Nobody is there to answer.
        """
        if not sys.stdin.isatty():
            raise WrongUseError(
                "nobody is there to answer the question: say --yes to go on without it, "
                "or --dry-run to see the plan alone"
            )
        self.err.print(f"{question} [y/N] ", end="", markup=False, soft_wrap=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    def _record(self, columns: Sequence[Column], row: Sequence[str]) -> None:
        width = max(len(column.title) for column in columns)
        say(self.text, row[0], "bold")
        for column, cell in zip(columns[1:], row[1:], strict=True):
            style = column.style(cell) if column.style else ""
            say(self.text, f"  {column.title:<{width}}  {cell}".rstrip(), style)
        say(self.text, "")


def say(console: "Console", text: str, style: str = "") -> None:
    """Write a line as it is: no markup, no guessing of colours, no breaking."""
    console.print(text, style=style or None, markup=False, highlight=False, soft_wrap=True)


def is_rich(console: "Console") -> bool:
    """Return whether a console is a terminal that can do more than write lines."""
    return console.is_terminal and not console.is_dumb_terminal


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
            widths[index] = max(widths[index], *(len(word) for word in words), 0)
    return sum(widths) + _GAP * (len(columns) - 1)


def _rich_table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> "Table":
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
    for row in rows:
        table.add_row(
            *(
                Text(cell, style=column.style(cell) if column.style else "")
                for column, cell in zip(columns, row, strict=True)
            )
        )
    return table


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - rich takes its time, and help needs none

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
