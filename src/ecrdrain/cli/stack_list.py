"""``ecrdrain stack list``: the region's stacks whose deletion is about repositories."""

from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.stacks import STACK_LIST
from ecrdrain.cli.interrupts import ending_at_once
from ecrdrain.cli.options import AwsOptions, OutputOptions, with_options
from ecrdrain.cli.tables import Column
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import count
from ecrdrain.stacks.place import Place
from ecrdrain.stacks.region import ListedStack, list_stacks
from ecrdrain.stacks.tree import DELETE_FAILED

_STYLES = {
    "blocks": "bold red",
    "unknown": "bold red",
    "kept": "cyan",
    "drained": "green",
    "deletes": "green",
    DELETE_FAILED: "bold red",
}


def _style(cell: str) -> str:
    return _STYLES.get(cell, "")


_COLUMNS = (
    Column("stack", shrinks=True),
    Column("status", style=_style, rank=1),
    Column("repositories", right=True),
    Column("verdict", style=_style),
)


@with_options
def list_(
    *,
    failed: Annotated[
        bool, typer.Option("--failed", help="Only stacks that are DELETE_FAILED.")
    ] = False,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """List the stacks of the region that hold repositories or are DELETE_FAILED.

    Nested stacks count as part of their root. The verdict is that of the worst repository: its
    deletion blocks, is unknown, is kept from, is drained, or deletes. Of each repository only
    the first image is looked at; stack show counts them.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    with Aws(aws_options) as aws:
        with ending_at_once(), terminal.busy("Reading the region's stacks"):
            stacks = list_stacks(aws, failed=failed)
        place = aws.place
    if not terminal.json:
        _show(terminal, stacks, place, failed=failed)
    terminal.document(STACK_LIST, stacks, place)


def _show(terminal: Terminal, stacks: list[ListedStack], place: Place, *, failed: bool) -> None:
    terminal.say(f"{place}:")
    if not stacks:
        none = "is DELETE_FAILED" if failed else "holds repositories or is DELETE_FAILED"
        terminal.say(f"no stack of the region {none}")
        return
    rows = [
        (each.stack, each.status, f"{each.repositories:,}", each.verdict or "-") for each in stacks
    ]
    terminal.table(_COLUMNS, rows)
    stuck = sum(each.status == DELETE_FAILED for each in stacks)
    if stuck:
        terminal.say(f"{count(stuck, 'stack')} stuck: ecrdrain stack delete STACK deletes it")
