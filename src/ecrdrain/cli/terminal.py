"""What a command writes: for a person at a terminal, for a pipe, or as a JSON document.

The result goes to standard output; questions and progress go to standard error. With JSON the
document is all that standard output gets.
"""

import json
import os
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from threading import Timer
from typing import TYPE_CHECKING

from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.fields import PLACE, Field, write_document
from ecrdrain.cli.tables import Column, fit, plain_table, rich_table, table_width
from ecrdrain.engine.limits import LOOK_UP
from ecrdrain.stacks.place import Place

if TYPE_CHECKING:
    from rich.console import Console

_A_WHILE = 2.0
"""Seconds after which somebody wonders what is going on."""


class Terminal:
    """The two streams of a command.

    Args:
        json: Whether the result is a JSON document. Then standard error gets, unless it is a
            terminal, errors alone.
        quiet: Whether only errors and questions are written.
    """

    def __init__(self, *, json: bool = False, quiet: bool = False) -> None:
        self.json = json
        self.quiet = quiet
        self._last = ""

    @cached_property
    def out(self) -> "Console":
        """Standard output."""
        return _console(stderr=False)

    @property
    def silent(self) -> bool:
        """Whether nobody wants to read along."""
        return self.quiet or (self.json and not self.err.is_terminal)

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
        self._last = text
        if not self.silent:
            say(self.text, text, style)

    def mention(self, text: str, style: str = "") -> None:
        """Write a line about what is going on."""
        if not self.silent:
            say(self.err, text, style)

    def complain(self, text: str) -> None:
        """Write a line about what is wrong, whoever wants to read along."""
        say(self.err, text, "bold red")

    def close(self) -> None:
        """See that the last line of the result is read, even if nobody took it."""
        if getattr(self.out, "broken", False) and not self.silent:
            say(self.err, self._last)

    def document(self, fields: Sequence[Field], source: object, place: Place) -> None:
        """Write the JSON document with these fields, if the result is to be one.

        Args:
            fields: What it says.
            source: What it is about.
            place: Account and region, which it says before all else.
        """
        if self.json:
            document = {**write_document(PLACE, place), **write_document(fields, source)}
            try:
                sys.stdout.write(json.dumps(document, indent=2) + "\n")
                sys.stdout.flush()
            except BrokenPipeError:
                self.out.on_broken_pipe()

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[str]],
        total: Sequence[str] | None = None,
    ) -> None:
        """Write a table.

        Where the window is too narrow, columns are left out and names shortened; and where that
        does not help, it becomes records, one below the other.

        Args:
            columns: The columns.
            rows: A cell for each column.
            total: The last row, which sums the others up; None means that there is none.
        """
        console = self.text
        if self.silent:
            return
        everything = [*rows, *([total] if total else [])]
        if not is_rich(console):
            for line in plain_table(columns, everything):
                say(console, line)
            return
        columns, everything = fit(columns, everything, console.width)
        if table_width(columns, everything) > console.width:
            for row in everything:
                self._record(columns, row)
        else:
            console.print(rich_table(columns, everything, summed=total is not None))

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Show, for as long as the block runs, what is being waited for.

        Off a terminal that is a line, if it takes a while.
        """
        if self.silent:
            yield
        elif is_rich(self.err):
            # A spinner of ASCII characters, for every encoding.
            with self.err.status(text, spinner="line"):
                yield
        else:
            timer = Timer(_A_WHILE, lambda: self.mention(f"{text} ..."))
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()

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
        # A signal that comes just before the read would wait for the next key: so look up.
        while os.name == "posix" and not select.select([sys.stdin], [], [], LOOK_UP)[0]:
            pass
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


def _console(*, stderr: bool) -> "Console":
    from rich.console import Console  # noqa: PLC0415 - rich takes its time, and help needs none

    class Stream(Console):
        """A console that goes on when nobody reads it any more."""

        broken = False

        def on_broken_pipe(self) -> None:
            """Take that nobody reads; what is being done is not less worth finishing."""
            self.broken = True
            self.quiet = True
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    return Stream(stderr=stderr, highlight=False, markup=False, emoji=False)
