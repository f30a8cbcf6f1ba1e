"""``ecrdrain logs``: what the drains of a stack have logged, told in sentences."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.provider import LOG, ToldLine
from ecrdrain.cli.errors import INTERRUPTED, OK
from ecrdrain.cli.interrupts import ending_at_once, interruptible
from ecrdrain.cli.options import AwsOptions, OutputOptions, with_options
from ecrdrain.cli.telling import Teller, count_drains
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import moment
from ecrdrain.stacks.drain_log import DrainLog, find_drain_log, follow_drain_log
from ecrdrain.stacks.errors import Interrupted
from ecrdrain.stacks.function_log import LogLine

_STYLES = {"answer: FAILED": "red", "answered FAILED": "red", "answered SUCCESS": "green"}


@with_options
def logs(
    stack: Annotated[
        str,
        typer.Argument(metavar="STACK", help="Name or id of a stack.", show_default=False),
    ],
    *,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow",
            "-f",
            help="Go on until Ctrl-C, or until the stack is gone and its drains have answered.",
        ),
    ] = False,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Tell what the drains of a stack have logged, from its creation on.

    Nested stacks are included, and the stack may be deleted: CloudFormation remembers it for 90
    days. The log is that of the function that its drains name, else that of the provider. Where
    there are several drains, a line begins with the repository of its own, once that is known.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    status = OK
    with Aws(aws_options) as aws:
        with ending_at_once(), terminal.busy("Looking for the log"):
            log = find_drain_log(aws, stack)
        lines: list[LogLine] = []
        if not follow:
            with ending_at_once(), terminal.busy("Reading the log"):
                lines = log.new(log.reader(aws))
        story = _Story(terminal, log, lines)
        for line in lines:
            story.go_on(line)
        if follow:
            try:
                with interruptible() as stop:
                    follow_drain_log(aws, log, stop=stop, on_line=story.go_on)
            except Interrupted:
                status = INTERRUPTED
        place = aws.place
    if not story.lines:
        terminal.mention(f"{log.stack.name} has no lines in {', '.join(log.groups)}")
    terminal.document(LOG, story.lines, place)
    raise typer.Exit(status)


class _Story:
    """The lines told so far.

    Args:
        terminal: Where to tell them.
        log: Where they come from.
        lines: Those that are known beforehand.
    """

    def __init__(self, terminal: Terminal, log: DrainLog, lines: Sequence[LogLine]) -> None:
        self.lines: list[ToldLine] = []
        self._terminal = terminal
        self._names = {stack.id: stack.name for stack in log.stack.walk()}
        self._teller = Teller(lines)
        self._many = max(log.drains, count_drains(lines)) > 1

    def go_on(self, line: LogLine) -> None:
        """Tell the next line."""
        text = self._teller.tell(line)
        stack = self._names[line.stack_id]
        repository = self._teller.repository_of(line)
        self.lines.append(ToldLine(line.time, stack, repository, text, line.facts))
        if self._terminal.json:
            return
        where = f"{repository}: " if repository and self._many else ""
        style = next((_STYLES[start] for start in _STYLES if text.startswith(start)), "")
        self._terminal.say(f"{moment(line.time)}  {where}{text}", style)
