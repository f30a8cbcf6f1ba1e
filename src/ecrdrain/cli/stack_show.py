"""``ecrdrain stack show``: what the deletion of stacks would do to their repositories."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.completion import complete_stacks
from ecrdrain.cli.documents.stacks import STACKS
from ecrdrain.cli.interrupts import ending_at_once
from ecrdrain.cli.options import AwsOptions, OutputOptions, with_options
from ecrdrain.cli.tables import Column
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import size
from ecrdrain.engine.parallel import at_once
from ecrdrain.stacks.inspection import InspectedRepository, Inspection, inspect
from ecrdrain.stacks.place import Place
from ecrdrain.stacks.repositories import Verdict
from ecrdrain.stacks.tree import DELETED, match_stacks

_STYLES = {
    Verdict.BLOCKS.value: "bold red",
    Verdict.NATIVE.value: "green",
    Verdict.DRAINED.value: "green",
    Verdict.KEPT.value: "cyan",
    Verdict.UNKNOWN.value: "bold red",
}


def _style(verdict: str) -> str:
    return _STYLES.get(verdict.partition(":")[0], "")


_COLUMNS = (
    Column("repository", shrinks=True),
    Column("logical id", rank=4),
    Column("stack", rank=1),
    Column("images", right=True),
    Column("size", right=True, rank=3),
    Column("DeletionPolicy", rank=6),
    Column("EmptyOnDelete", rank=7),
    Column("drain", rank=5),
    Column("verdict", wraps=True, style=_style),
)


@with_options
def show(
    stacks: Annotated[
        list[str],
        typer.Argument(
            metavar="STACK",
            help="Names or ids of stacks, or patterns such as 'team-*'.",
            show_default=False,
            autocompletion=complete_stacks,
        ),
    ],
    *,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Show the repositories of stacks and what keeps these from being deleted.

    Nested stacks are included. For a stack that is DELETE_FAILED it shows what failed and why.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    with Aws(aws_options) as aws:
        with ending_at_once(), terminal.busy("Reading stacks"):
            names = match_stacks(aws.cloudformation, stacks)
            inspections = at_once(partial(inspect, aws), names)
        place = aws.place
    if not terminal.json:
        show_stacks(terminal, inspections, place)
    terminal.document(STACKS, inspections, place)


def show_stacks(terminal: Terminal, inspections: Sequence[Inspection], place: Place) -> None:
    """Write what is known of each stack."""
    terminal.say(f"{place}:")
    for number, inspection in enumerate(inspections):
        if number:
            terminal.say("")
        _show_stack(terminal, inspection)


def _show_stack(terminal: Terminal, inspection: Inspection) -> None:
    stack = inspection.stack
    terminal.say(f"{stack.name}: {stack.status}", "bold")
    if stack.reason:
        terminal.say(f"reason: {stack.reason}")
    if stack.protected:
        terminal.say("termination protection: on")
    for export, importers in inspection.importers.items():
        terminal.say(f"export {export}: imported by {', '.join(importers)}")
    for failure in inspection.failures:
        terminal.say(
            f"failed: {failure.logical_id} ({failure.type}) in {failure.stack}: {failure.reason}",
            "red",
        )
    if stack.status == DELETED:
        return
    if not inspection.repositories:
        terminal.say("no repositories")
        return
    terminal.table(_COLUMNS, [_row(repository) for repository in inspection.repositories])
    for names, replication in inspection.replications:
        terminal.say(f"{names}: {replication.note}", "bold red")


def _row(inspected: InspectedRepository) -> tuple[str, ...]:
    repository, survey, judgement = inspected.repository, inspected.survey, inspected.judgement
    return (
        repository.name,
        repository.logical_id,
        repository.stack,
        f"{survey.images:,}",
        size(survey.size_in_bytes),
        repository.deletion_policy or "?",
        "yes" if repository.empty_on_delete else "no",
        repository.drain.logical_id if repository.drain else "-",
        f"{judgement.verdict}: {judgement.why}",
    )
