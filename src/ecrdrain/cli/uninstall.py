"""``ecrdrain uninstall``: remove the provider stack, unless somebody still needs it."""

from threading import Event

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.stacks import DELETION
from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.options import AwsOptions, OutputOptions, PlanOptions, StackName, with_options
from ecrdrain.cli.stack_delete import carry_out
from ecrdrain.cli.terminal import Terminal
from ecrdrain.stacks.context import DeletionContext
from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.inspection import inspect
from ecrdrain.stacks.plan import plan_deletion
from ecrdrain.stacks.provider import SERVICE_TOKEN, is_provider
from ecrdrain.stacks.tree import find_deleted


@with_options
def uninstall(
    *,
    stack_name: StackName = "ecrdrain",
    plan_options: PlanOptions,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Remove the provider stack: function, role and log group.

    While a stack imports the provider's export it stays, and the importers are named.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    with Aws(aws_options) as aws:
        try:
            inspection = inspect(aws, stack_name)
        except UnknownNameError:
            if find_deleted(aws.cloudformation, stack_name) is None:
                raise
            terminal.say(f"{stack_name} was removed before.")
            terminal.document(DELETION, [], aws.place)
            return
        if not is_provider(aws.cloudformation, inspection.stack.id):
            raise WrongUseError(
                f"stack {stack_name} is not the provider: it has no export {SERVICE_TOKEN}. "
                "ecrdrain stack delete deletes any stack"
            )
        plan = plan_deletion([inspection])
        context = DeletionContext(aws, Event())
        status = carry_out(terminal, context, plan, plan_options, aws.place)
    raise typer.Exit(status)
