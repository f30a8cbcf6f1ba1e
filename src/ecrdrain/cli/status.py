"""``ecrdrain status``: is the provider there, and is it well?"""

import typer

from ecrdrain import __version__
from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents.provider import STATUS
from ecrdrain.cli.errors import FAILED, OK
from ecrdrain.cli.interrupts import ending_at_once
from ecrdrain.cli.options import AwsOptions, OutputOptions, with_options
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import moment
from ecrdrain.stacks.health import DAYS, Health, examine


@with_options
def status(*, output: OutputOptions, aws_options: AwsOptions) -> None:
    """Tell whether the provider is there and well, and what it could not do of late.

    Its function is invoked once with a request that asks for nothing. The exit status is 0 when
    there is nothing to do; else it is 1, and each problem stands with its remedy.
    """
    terminal = Terminal(json=output.json, quiet=output.quiet)
    with Aws(aws_options) as aws:
        with ending_at_once(), terminal.busy("Looking at the provider"):
            health = examine(aws, __version__)
        place = aws.place
    if not terminal.json:
        terminal.say(f"{place}:")
        _show(terminal, health)
    for problem in health.problems:
        terminal.complain(f"Error: {problem.what}: {problem.remedy}")
    terminal.document(STATUS, health, place)
    raise typer.Exit(OK if health.well else FAILED)


def _show(terminal: Terminal, health: Health) -> None:
    provider = health.provider
    if provider is None:
        terminal.say("provider: none")
        return
    answers = "answers" if health.answers else "does not answer"
    version = provider.function_version or "unknown"
    terminal.say(f"provider: {provider.stack}, {provider.status}")
    terminal.say(f"version: {version}, this command's: {health.command_version}")
    terminal.say(f"function: {provider.function} {answers}")
    terminal.say(f"log: {provider.log_group}")
    terminal.say(f"imported by: {', '.join(provider.imported_by) or 'no stack'}")
    if not health.failures:
        terminal.say(f"failures of the last {DAYS} days: none")
        return
    terminal.say(f"failures of the last {DAYS} days, the newest first:")
    for failure in health.failures:
        style = "red" if failure.open else ""
        terminal.say(f"{moment(failure.time)}  {failure.stack}: {failure.reason}", style)
        terminal.say(f"  to do: {failure.remedy}")
