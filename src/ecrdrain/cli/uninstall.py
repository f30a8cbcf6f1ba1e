"""``ecrdrain uninstall``: remove the provider stack, unless somebody still needs it."""

from threading import Event

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents import SERVICE_TOKEN
from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.options import (
    Debug,
    DryRun,
    EndpointUrl,
    Output,
    OutputFormat,
    Profile,
    Region,
    StackName,
    Yes,
)
from ecrdrain.cli.stack_delete import carry_out
from ecrdrain.cli.terminal import Terminal
from ecrdrain.stacks.declared import declares_export
from ecrdrain.stacks.inspection import inspect
from ecrdrain.stacks.means import Means
from ecrdrain.stacks.plan import plan_deletion


def uninstall(  # noqa: PLR0913 - one for each option
    *,
    stack_name: StackName = "ecrdrain",
    dry_run: DryRun = False,
    yes: Yes = False,
    output: Output = OutputFormat.TEXT,
    profile: Profile = None,
    region: Region = None,
    endpoint_url: EndpointUrl = None,
    debug: Debug = False,
) -> None:
    """Remove the provider stack: function, role and log group.

    While a stack imports the provider's export it stays, and the importers are named.
    """
    del debug  # read off the arguments
    terminal = Terminal(json=output is OutputFormat.JSON)
    with Aws(profile, region, endpoint_url) as aws:
        inspection = inspect(aws, stack_name)
        answer = aws.cloudformation.get_template(StackName=inspection.stack.id)
        if not declares_export(answer["TemplateBody"], SERVICE_TOKEN):
            raise WrongUseError(
                f"stack {stack_name} is not the provider: it has no export {SERVICE_TOKEN}. "
                "ecrdrain stack delete deletes any stack"
            )
        plan = plan_deletion([inspection])
        status = carry_out(terminal, Means(aws, Event()), plan, dry_run=dry_run, yes=yes)
    raise typer.Exit(status)
