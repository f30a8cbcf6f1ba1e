"""The commands under one name, and how they end."""

import importlib.util
from collections.abc import Sequence
from typing import Annotated

import typer

from ecrdrain import __version__
from ecrdrain.cli.errors import explain
from ecrdrain.cli.template import template

PROGRAM = "ecrdrain"

app = typer.Typer(
    name=PROGRAM,
    rich_markup_mode=None,  # plain help: quick, and the same in every terminal and pipe
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer passes the option's value so
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the whole traceback of an error.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""
    del debug, version  # read off the arguments, and answered by its callback


app.command()(template)
if importlib.util.find_spec("ecrdrain.cli.demo"):
    app.command()(importlib.import_module("ecrdrain.cli.demo").demo)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status.

    Every error ends here: as one line on standard error, or, with ``--debug``, as it was raised.
    """
    command = typer.main.get_command(app)
    try:
        status = command.main(
            list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False
        )
    except Exception as error:
        if "--debug" in arguments and not isinstance(error, typer.TyperException):
            raise
        told = explain(error)
        typer.echo(f"Error: {told.message}", err=True)
        return told.status
    except KeyboardInterrupt:
        return 130
    return status if isinstance(status, int) else 0
