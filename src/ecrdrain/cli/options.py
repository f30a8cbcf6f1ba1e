"""Options that several commands share, each written once."""

from enum import StrEnum
from typing import Annotated

import typer


class OutputFormat(StrEnum):
    """How a command tells its result."""

    TEXT = "text"
    JSON = "json"


Profile = Annotated[
    str | None,
    typer.Option(help="Profile of the AWS configuration.", show_default=False, metavar="NAME"),
]
Region = Annotated[
    str | None, typer.Option(help="AWS region.", show_default=False, metavar="REGION")
]
EndpointUrl = Annotated[
    str | None,
    typer.Option(help="Address to use in place of AWS's own.", show_default=False, metavar="URL"),
]
Output = Annotated[
    OutputFormat,
    typer.Option(help="text, or json: one document on standard output, all else on the other."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer the question with yes.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")]
Concurrency = Annotated[
    int,
    typer.Option(
        help="Calls that the drains may have under way at once.", min=1, max=100, metavar="N"
    ),
]
StackName = Annotated[str, typer.Option(help="Name of the provider's stack.", metavar="NAME")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")]
