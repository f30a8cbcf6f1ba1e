"""Options that several commands share, each written once, in groups.

A command names the groups that it takes as parameters and gets an object of each:

    @with_options
    def show(stacks: list[str], *, output: OutputOptions, aws: AwsOptions) -> None: ...
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_type_hints

import typer

from ecrdrain.cli.completion import complete_profiles, complete_regions
from ecrdrain.engine import CONCURRENCY


class OutputFormat(StrEnum):
    """How a command writes its result."""

    TEXT = "text"
    JSON = "json"


Debug = Annotated[bool, typer.Option("--debug", help="Show the whole traceback of an error.")]
StackName = Annotated[str, typer.Option(help="Name of the provider's stack.", metavar="NAME")]

AcceptReplicatedDeletions = Annotated[
    bool,
    typer.Option(
        "--accept-replicated-deletions",
        help="Delete images even where a replication rule (deleteReplication) deletes them in "
        "other registries, too.",
    ),
]


@dataclass(frozen=True)
class SpeedOptions:
    """How fast the drains of a command are."""

    concurrency: Annotated[
        int,
        typer.Option(
            help="Calls that the drains may have under way at once.", min=1, max=100, metavar="N"
        ),
    ] = CONCURRENCY


@dataclass(frozen=True)
class PlanOptions:
    """What becomes of a command's plan."""

    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop.")] = False
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer the question with yes.")] = False


@dataclass(frozen=True)
class OutputOptions:
    """How a command writes its result."""

    output: Annotated[
        OutputFormat,
        typer.Option(
            help="text, or json: one document on standard output, all else on the other."
        ),
    ] = OutputFormat.TEXT
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Write errors and questions alone.")
    ] = False

    @property
    def json(self) -> bool:
        """Whether the result is a JSON document."""
        return self.output is OutputFormat.JSON


@dataclass(frozen=True)
class AwsOptions:
    """Which account, region and endpoint a command works with."""

    profile: Annotated[
        str | None,
        typer.Option(
            help="Profile of the AWS configuration.",
            show_default=False,
            metavar="NAME",
            autocompletion=complete_profiles,
        ),
    ] = None
    region: Annotated[
        str | None,
        typer.Option(
            help="AWS region.",
            show_default=False,
            metavar="REGION",
            autocompletion=complete_regions,
        ),
    ] = None
    endpoint_url: Annotated[
        str | None,
        typer.Option(
            help="Address to use in place of AWS's own.", show_default=False, metavar="URL"
        ),
    ] = None
    debug: Debug = False


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of its groups, in the places of the groups."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: hint for name, hint in hints.items() if is_dataclass(hint)}
    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name in groups:
            parameters += _options(groups[name])
        else:
            parameters.append(parameter.replace(annotation=hints[name]))

    @wraps(command)
    def run(**values: Any) -> None:  # noqa: ANN401 - of whatever type the options are
        for name, group in groups.items():
            values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
        command(**values)

    # What typer reads.
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _options(group: Any) -> list[Parameter]:  # noqa: ANN401 - a dataclass
    hints = get_type_hints(group, include_extras=True)
    return [
        Parameter(
            field.name,
            Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(group)
    ]
