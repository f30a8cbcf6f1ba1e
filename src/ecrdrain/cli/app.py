"""The commands under one name, and how they end."""

from collections.abc import Sequence
from typing import Annotated

import typer

from ecrdrain import __version__
from ecrdrain.cli.lazy import LazyCommand, LazyGroup, register
from ecrdrain.cli.options import Debug

PROGRAM = "ecrdrain"
WRONG_USE = 2

COMMANDS = (
    LazyCommand("drain", "ecrdrain.cli.drain:drain", "Empty repositories."),
    LazyCommand(
        "stack",
        "ecrdrain.cli.stack:app",
        "List, show and delete stacks that own repositories.",
    ),
    LazyCommand(
        "template",
        "ecrdrain.cli.template:template",
        "Write a CloudFormation template, the function's source inside.",
    ),
    LazyCommand(
        "install",
        "ecrdrain.cli.install:install",
        "Install the provider: the function that Custom::EcrDrain calls.",
    ),
    LazyCommand(
        "uninstall",
        "ecrdrain.cli.uninstall:uninstall",
        "Remove the provider stack: function, role and log group.",
    ),
    LazyCommand(
        "status",
        "ecrdrain.cli.status:status",
        "Tell whether the provider is there and well, and what it could not do of late.",
    ),
    LazyCommand(
        "logs",
        "ecrdrain.cli.logs:logs",
        "Tell what the drains of a stack have logged, from its creation on.",
    ),
    LazyCommand(
        "demo",
        "ecrdrain.cli.demo:demo",
        "Tell the whole story on a local AWS, and check every claim of it.",
    ),
    LazyCommand("lab", "ecrdrain.cli.lab:app", "Local stand-ins for AWS, to try clients against."),
)

app = typer.Typer(
    name=PROGRAM,
    cls=LazyGroup,
    rich_markup_mode=None,  # plain help: quick, and the same in every terminal and pipe
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in COMMANDS:
    register(app, _command)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer passes the option's value so
    if wanted:
        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    _debug: Debug = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Empty Amazon ECR repositories so that their CloudFormation stacks delete cleanly."""
    # --debug is read off the arguments (run), --version is answered by its callback.


def _misplaced(arguments: Sequence[str]) -> str:
    """Say where options belong that stand before the command; "" where none does."""
    names = [command.name for command in COMMANDS]
    at = next((index for index, each in enumerate(arguments) if each in names), 0)
    before = list(arguments[:at])
    if not before or not before[0].startswith("--") or before[0] == "--debug":
        return ""
    after = " ".join([*arguments[at:], *before])
    return f"{before[0]} belongs behind the command: {PROGRAM} {after}"


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status.

    Every error ends here: as one line on standard error, or, with ``--debug``, as it was raised.
    """
    if list(arguments[:1]) == ["help"]:  # as with git and aws
        arguments = [*arguments[1:], "--help"]
    command = typer.main.get_command(app)
    try:
        status = command.main(
            list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False
        )
    except Exception as error:  # whatever it is, the user is told in one line
        from ecrdrain.cli.errors import explain  # noqa: PLC0415 - an error may take its time

        hint = _misplaced(arguments) if isinstance(error, typer.TyperException) else ""
        if hint:
            typer.echo(f"Error: {hint}", err=True)
            return WRONG_USE
        if "--debug" in arguments and not isinstance(error, typer.TyperException):
            raise
        explanation = explain(error)
        typer.echo(explanation.message, err=True)
        return explanation.status
    return status if isinstance(status, int) else 0
