"""``ecrdrain install``: the provider stack, once per account and region."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.provider import INSTALLATION, Installation
from ecrdrain.cli.errors import FAILED, OK, WrongUseError
from ecrdrain.cli.interrupts import interruptible
from ecrdrain.cli.options import AwsOptions, OutputOptions, PlanOptions, StackName, with_options
from ecrdrain.cli.progress import ProgressView, draws
from ecrdrain.cli.tables import Column
from ecrdrain.cli.terminal import Terminal
from ecrdrain.stacks.change_sets import ChangeSet, discard, execute, prepare
from ecrdrain.stacks.errors import StacksError
from ecrdrain.stacks.place import Place
from ecrdrain.stacks.provider import SERVICE_TOKEN, check_place, lost_to
from ecrdrain.stacks.tree import describe
from ecrdrain.templates import TemplateName, render

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

ATTACH = f"""\
  Drain:
    Type: Custom::EcrDrain
    Properties:
      ServiceToken: !ImportValue {SERVICE_TOKEN}
      ServiceTimeout: 3600
      RepositoryName: !Ref Repository # drained first, deleted second"""
"""What a template needs to have its repository emptied; the logical id is the user's."""

_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE"})
_COLUMNS = (Column("change"), Column("logical id"), Column("type"), Column("replaced"))


@with_options
def install(  # noqa: PLR0913 - one for each option
    *,
    stack_name: StackName = "ecrdrain",
    update: Annotated[
        bool,
        typer.Option(
            "--update", help="Update the stack if it is there; parameters that are not given stay."
        ),
    ] = False,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="A parameter of the provider's template; may be repeated.",
            show_default=False,
        ),
    ] = None,
    plan: PlanOptions,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Install the provider: the function that Custom::EcrDrain calls.

    It gets a stack of its own, once per account and region. CloudFormation works out the change
    first; then there is one question. In the end it prints the lines that attach a drain to a
    repository.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    wanted = _parameters(parameter or [])
    body = render(TemplateName.PROVIDER)["provider.yaml"]
    with Aws(aws_options) as aws:
        client = aws.cloudformation
        check_place(client, stack_name)
        with interruptible() as stop:
            change_set = prepare(
                client, stack=stack_name, body=body, parameters=wanted, update=update, stop=stop
            )
        if change_set is None:
            existing = describe(client, stack_name)
            terminal.say(f"{stack_name} is up to date.")
            _show_use(terminal)
            result = Installation(stack_name, existing["StackId"], existing["StackStatus"])
            terminal.document(INSTALLATION, result, aws.place)
            return
        place = aws.place
        if not _agreed(terminal, client, change_set, plan, place):
            result = Installation(stack_name, changes=change_set.changes)
            terminal.document(INSTALLATION, result, place)
            raise typer.Exit(OK if plan.dry_run else FAILED)
        with (
            interruptible(aloud=not draws(terminal)) as stop,
            ProgressView(terminal, {}, stop=stop) as view,
        ):
            status = execute(client, change_set, stop=stop, on_event=view.on_stack_event)
    result = Installation(
        stack_name, change_set.stack_id, status, changed=True, changes=change_set.changes
    )
    terminal.document(INSTALLATION, result, place)
    if status not in _DONE:
        terminal.complain(
            f"Error: {stack_name} is {status}; the events above say why. "
            f"ecrdrain uninstall --stack-name {stack_name} removes it"
        )
        raise typer.Exit(FAILED)
    terminal.say(f"{stack_name}: {status}", "green")
    _show_use(terminal)


def _agreed(
    terminal: Terminal,
    client: "CloudFormationClient",
    change_set: ChangeSet,
    plan: PlanOptions,
    place: Place,
) -> bool:
    """Show what would change and ask; what is not wanted leaves no trace."""
    agreed = False
    try:
        terminal.say(f"{place}:")
        _show_changes(terminal, change_set)
        if plan.yes and not plan.dry_run:
            _refuse_losses(change_set)
        agreed = not plan.dry_run and (plan.yes or terminal.ask(_question(change_set, place)))
    finally:
        if not agreed:
            discard(client, change_set)
            terminal.mention("Nothing was changed.")
    return agreed


def _refuse_losses(change_set: ChangeSet) -> None:
    """Leave it to a question to remove or replace what was added to the provider's stack."""
    lost = [f"{change.logical_id} ({change.type})" for change in lost_to(change_set.changes)]
    if lost:
        raise StacksError(
            f"the update would remove or replace {', '.join(lost)} in {change_set.stack}, "
            "which is no part of the provider: run it without --yes and answer the question"
        )


def _parameters(given: Sequence[str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals:
            raise WrongUseError(f"--parameter {text} has no value: write --parameter {text}=VALUE")
        parameters[name] = value
    return parameters


def _question(change_set: ChangeSet, place: Place) -> str:
    doing = "Create" if change_set.creates else "Update"
    return f"{doing} {change_set.stack} in {place}?"


def _show_changes(terminal: Terminal, change_set: ChangeSet) -> None:
    rows = [
        (change.action, change.logical_id, change.type, change.replacement or "-")
        for change in change_set.changes
    ]
    terminal.table(_COLUMNS, rows)


def _show_use(terminal: Terminal) -> None:
    terminal.say("To have a repository emptied before its stack deletes it, add:")
    for line in ATTACH.splitlines():
        terminal.say(line)
