"""Commands whose modules are imported only when they are run.

Help, completion and corrections need names and summaries alone, and those stand in a table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

import typer
import typer.core

from ecrdrain.stacks.errors import Interrupted


@dataclass(frozen=True)
class LazyCommand:
    """A command before its module is imported.

    Attributes:
        name: What the user types.
        where: "module:attribute": a function, or a Typer with commands of its own.
        summary: The first line of its help.
    """

    name: str
    where: str
    summary: str

    def load(self) -> Any:  # noqa: ANN401 - typer gives its class of commands no public name
        """Import the command."""
        module, _, attribute = self.where.partition(":")
        what = getattr(import_module(module), attribute)
        if isinstance(what, typer.Typer):
            what.rich_markup_mode = None  # help looks the same everywhere
            return _in_plain_words(typer.main.get_group(what))
        alone = typer.Typer(rich_markup_mode=None, add_completion=False)
        alone.command(self.name)(what)
        return _in_plain_words(typer.main.get_command(alone))


def _in_plain_words(command: Any) -> Any:  # noqa: ANN401 - as in `load`
    """Let the help of a command, and of those below it, show no types of Python."""
    for inner in getattr(command, "commands", {}).values():
        _in_plain_words(inner)
    for parameter in command.params:
        shown = partial(_plain_type, parameter.display_type, parameter.param_type_name)
        parameter.display_type = shown
    return command


def _plain_type(display: Callable[[Any], str], kind: str, ctx: Any) -> str:  # noqa: ANN401 - as in `load`
    text = display(ctx)
    if kind == "argument":
        return "..." if text.startswith("<list[") else ""
    return {"<list[str]>": "TEXT", "<str>": "TEXT"}.get(text, text)


class LazyGroup(typer.core.TyperGroup):
    """A group that imports the one command that is run; `register` fills it."""

    table: dict[str, LazyCommand] = {}  # noqa: RUF012 - one table for the one group

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - as in `load`
        """Put the command itself in the place of its summary."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, self.table[str(name)].load(), rest

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as in `load`
        """Turn Ctrl-C into an error that is reported; typer would end the process silently."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None


def register(app: typer.Typer, command: LazyCommand) -> None:
    """Give a group of class `LazyGroup` a command."""

    def summary() -> None:
        """Stand in for the command where only its summary is shown."""

    LazyGroup.table[command.name] = command
    app.command(command.name, help=command.summary)(summary)
