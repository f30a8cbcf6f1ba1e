"""``ecrdrain stack delete``: drain what goes away, delete, and rescue what is stuck."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.completion import complete_stacks
from ecrdrain.cli.denials import warn_of
from ecrdrain.cli.documents.stacks import DELETION, DELETION_PLAN, UntouchedPlan, why
from ecrdrain.cli.errors import FAILED, INTERRUPTED, OK, some
from ecrdrain.cli.interrupts import ending_at_once, interruptible
from ecrdrain.cli.options import (
    AcceptReplicatedDeletions,
    AwsOptions,
    OutputOptions,
    PlanOptions,
    SpeedOptions,
    with_options,
)
from ecrdrain.cli.progress import ProgressView, draws
from ecrdrain.cli.stack_rest import show_rest
from ecrdrain.cli.stack_show import show_stacks
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import count, seconds
from ecrdrain.stacks.context import DeletionContext
from ecrdrain.stacks.deletions import delete_stacks
from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.inspection import Inspection, denied_drains, inspect
from ecrdrain.stacks.outcome import Ending, Outcome
from ecrdrain.stacks.place import Place
from ecrdrain.stacks.plan import Plan, plan_deletion
from ecrdrain.stacks.tree import DELETED, find_deleted
from ecrdrain.stacks.waiting import wait_until_idle


@with_options
def delete(  # noqa: PLR0913 - one for each option
    stacks: Annotated[
        list[str],
        typer.Argument(
            metavar="STACK",
            help="Names or ids of stacks.",
            show_default=False,
            autocompletion=complete_stacks,
        ),
    ],
    *,
    disable_termination_protection: Annotated[
        bool,
        typer.Option(
            "--disable-termination-protection",
            help="Lift termination protection where it is on, once the question is answered.",
        ),
    ] = False,
    accept_replicated_deletions: AcceptReplicatedDeletions = False,
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Wait for stacks that are in the middle of an operation."),
    ] = False,
    drain_resource: Annotated[
        list[str] | None,
        typer.Option(
            metavar="LOGICAL_ID",
            help="A custom resource that only emptied a repository, if its function is gone too; "
            "may be repeated. Custom::EcrDrain is known.",
            show_default=False,
        ),
    ] = None,
    speed: SpeedOptions,
    plan_options: PlanOptions,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Delete stacks whose repositories hold images; rescue those that are DELETE_FAILED.

    Only repositories that go away with their stack are drained, never one that is retained. Stacks
    that import from others go first, independent ones go side by side. A drain whose function is
    gone is let go of; all else that fails is reported and stays in its stack.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    lift, accept = disable_termination_protection, accept_replicated_deletions
    with Aws(aws_options, speed.concurrency) as aws:
        with ending_at_once(), terminal.busy("Reading stacks"):
            inspections = _inspect(aws, stacks, wait=wait)
        plan = plan_deletion(inspections, lift_protection=lift, accept_replicated=accept)
        context = DeletionContext(
            aws,
            Event(),
            speed.concurrency,
            lift_protection=lift,
            accept_replicated=accept,
            more_drains=frozenset(drain_resource or ()),
        )
        status = carry_out(terminal, context, plan, plan_options, aws.place)
    terminal.close()
    raise typer.Exit(status)


def carry_out(
    terminal: Terminal, context: DeletionContext, plan: Plan, options: PlanOptions, place: Place
) -> int:
    """Show a plan, ask once, do it, and return the exit status."""
    show_stacks(terminal, plan.inspections, place)
    show_rest(terminal, plan)
    for obstacle in plan.obstacles:
        terminal.complain(f"Error: {obstacle.stack}: {obstacle.why}")
    denials = denied_drains(context.clients, plan.drains)
    warnings = warn_of(terminal, denials, dry_run=options.dry_run)
    if options.dry_run or plan.obstacles:
        untouched = UntouchedPlan(options.dry_run, warnings, plan)
        terminal.document(DELETION_PLAN, untouched, place)
        return FAILED if plan.obstacles else OK
    existing = [
        inspection.stack.name
        for inspection in plan.inspections
        if inspection.stack.status != DELETED
    ]
    if existing and not options.yes and not terminal.ask(_question(plan, existing, place)):
        terminal.mention("Nothing was deleted.")
        return FAILED
    images = {inspected.repository.name: inspected.survey.images for inspected in plan.drains}
    with (
        interruptible(aloud=not draws(terminal)) as stop,
        ProgressView(terminal, images, stop=stop) as view,
    ):
        outcomes = delete_stacks(replace(context, stop=stop, listener=view), plan)
    for outcome in outcomes:
        _show_outcome(terminal, outcome)
    terminal.document(DELETION, outcomes, place)
    if stop.is_set():
        return INTERRUPTED
    return OK if all(outcome.ending is Ending.DELETED for outcome in outcomes) else FAILED


def _inspect(aws: Aws, names: Sequence[str], *, wait: bool) -> list[Inspection]:
    """Look at the stacks, each once, whether it is named or given by its id."""
    by_id: dict[str, Inspection] = {}
    for name in names:
        try:
            if wait:
                stack_id = wait_until_idle(aws.cloudformation, name)
                inspection = inspect(aws, stack_id)
            else:
                inspection = inspect(aws, name)
        except UnknownNameError:
            # The command may be run again after the deletion; a wrong name is an error.
            deleted = find_deleted(aws.cloudformation, name)
            if deleted is None:
                raise
            inspection = Inspection(deleted)
        by_id[inspection.stack.id] = inspection
    return list(by_id.values())


def _question(plan: Plan, stacks: Sequence[str], place: Place) -> str:
    names = ", ".join(stacks)
    images = sum(inspected.survey.images for inspected in plan.drains)
    first = ""
    if images:
        repositories = count(len(plan.drains), "repository", "repositories")
        first = f"{count(images, 'image')} in {repositories}, then "
    data = [resource.name for resource in plan.deleted if resource.stateful]
    last = f", and the data of {some(data)}" if data else ""
    return f"Delete {first}{names} of {place}{last}?"


def _show_outcome(terminal: Terminal, outcome: Outcome) -> None:
    for resource in outcome.kept:
        terminal.say(
            f"{outcome.stack}: {resource.logical_id} ({resource.physical_id}) "
            f"was kept by {resource.why}",
            "cyan",
        )
    for drain in outcome.let_go:
        terminal.say(
            f"{outcome.stack}: {drain.logical_id} in {drain.stack} was let go: {drain.why}"
        )
    for resource in outcome.failed:
        terminal.say(
            f"{outcome.stack}: {resource.logical_id} ({resource.type}) in {resource.stack} "
            f"failed: {resource.why}",
            "red",
        )
    if outcome.ending is Ending.DELETED and not outcome.attempts:
        terminal.say(f"{outcome.stack}: was deleted before", "green")
    elif outcome.ending is Ending.DELETED:
        terminal.say(f"{outcome.stack}: deleted in {seconds(outcome.seconds)}", "green")
    else:
        terminal.say(
            f"{outcome.stack}: {outcome.ending}, {outcome.status}: {why(outcome)}", "bold red"
        )
