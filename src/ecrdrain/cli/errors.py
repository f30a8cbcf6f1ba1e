"""What an error says to the person at the terminal."""

from dataclasses import dataclass

import typer

FAILED = 1
WRONG_USE = 2


@dataclass(frozen=True)
class Told:
    """One line for standard error, and the exit status."""

    message: str
    status: int


def explain(error: Exception) -> Told:
    """Say in one line what is wrong and what to do."""
    if isinstance(error, typer.TyperException):
        return Told(_usage(error), error.exit_code)
    return Told(f"{type(error).__name__}: {error}. Run it again with --debug to see where", FAILED)


def _usage(error: typer.TyperException) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}. See {context.command_path} --help"
