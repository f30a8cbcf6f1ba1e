"""``ecrdrain demo``: the whole story on a local AWS."""

import textwrap
import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

WIDEST = 100
"""Columns beyond which running text is hard to read."""


def demo(
    *,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="Leave the local AWS running, and tell how to use it."),
    ] = False,
) -> None:
    """Tell the whole story on a local AWS, and check every claim of it.

    Needs no AWS account, no network and no Docker; only the lab: pip install 'ecrdrain[lab]'.
    """
    from ecrdrain.lab.demo import tell_story  # noqa: PLC0415 - imports boto3
    from ecrdrain.lab.emulator import Lab, LabError  # noqa: PLC0415 - goes with it

    stage = Terminal(Console(highlight=False))
    started = time.monotonic()
    try:
        lab = Lab.start()
    except LabError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from error
    kept = False
    try:
        stage.opening(lab.endpoint_url)
        tell_story(lab, stage)
        stage.closing(time.monotonic() - started)
        if keep:
            stage.kept(lab.detach(), lab.variables)
            kept = True
    finally:
        if not kept:
            lab.stop()
    if stage.failed:
        raise typer.Exit(1)


class Terminal:
    """The stage of a terminal, or of a pipe: the same lines, colour where there is some."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._width = min(console.width, WIDEST) if console.is_terminal else WIDEST
        self._chapters = 0
        self.checked = 0
        self.failed = 0

    def opening(self, endpoint: str) -> None:
        """Say where the story takes place."""
        self._line("ecrdrain demo", style="bold")
        self._line(f"A local AWS is running at {endpoint}; nothing touches your account.")

    def chapter(self, title: str, about: str) -> None:
        """Begin a chapter."""
        self._chapters += 1
        self._line("")
        self._line(f"{self._chapters}. {title}", style="bold cyan")
        self._line(about, indent=3)
        self._line("")

    def does(self, command: str) -> None:
        """Show a step as a command."""
        self._line(f"$ {command}", indent=3, hanging=5)

    def shows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show rows of columns, the first ones aligned, the last one wrapped."""
        columns = max((len(row) for row in rows), default=1)
        widths = [
            max(len(row[column]) for row in rows if column < len(row) - 1)
            for column in range(columns - 1)
        ]
        left = 5 + sum(widths) + 2 * len(widths)
        for row in rows:
            *first, last = row
            cells = [cell.ljust(width) for cell, width in zip(first, widths, strict=False)]
            self._line("  ".join([*cells, last]), indent=5, hanging=left, style="dim")

    def expects(self, what: str, *, holds: bool, seen: str) -> None:
        """Check an expectation, and count it."""
        self.checked += 1
        if holds:
            mark, style = "ok", "green"
        else:
            mark, style = "FAIL", "bold red"
            self.failed += 1
        self._line(f"{mark:4} {what}: {seen}", indent=0, hanging=5, style=style)

    def closing(self, seconds: float) -> None:
        """Sum up."""
        self._line("")
        if self.failed:
            verdict, style = f"{self.failed} of {self.checked} expectations failed", "bold red"
        else:
            verdict, style = f"All {self.checked} expectations held", "bold green"
        self._line(f"{verdict}, in {seconds:.0f} seconds.", style=style)

    def kept(self, process: int, variables: Mapping[str, str]) -> None:
        """Say how to use the local AWS that stays, and how to end it."""
        self._line("")
        self._line("The local AWS keeps running. Point the AWS CLI at it:")
        for name, value in variables.items():
            self._line(f"export {name}={value}", indent=3)
        self._line(f"Stop it with: kill {process}")

    def _line(
        self, text: str, *, indent: int = 0, hanging: int | None = None, style: str = ""
    ) -> None:
        lines = textwrap.wrap(
            text,
            self._width,
            initial_indent=" " * indent,
            subsequent_indent=" " * min(indent if hanging is None else hanging, self._width // 2),
            break_on_hyphens=False,
            break_long_words=False,
            replace_whitespace=False,
        )
        for line in lines or [""]:
            self._console.print(Text(line, style=style), soft_wrap=True)
