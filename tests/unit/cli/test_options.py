"""Groups of options become options of a command, and come back as objects."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
import typer

from ecrdrain.cli.options import AwsOptions, OutputOptions, PlanOptions, with_options

if TYPE_CHECKING:
    from collections.abc import Sequence


def call(arguments: Sequence[str]) -> tuple[object, ...]:
    """Call a command with these arguments and return what it is given."""
    given: list[object] = []

    @with_options
    def command(name: str, *, plan: PlanOptions, more: int = 0, output: OutputOptions) -> None:
        """Take what it is given."""
        given.extend((name, plan, more, output.json))

    app = typer.Typer(add_completion=False)
    app.command()(command)
    typer.main.get_command(app).main(list(arguments), standalone_mode=False)
    return tuple(given)


def test_a_command_gets_one_object_of_each_group() -> None:
    """With what the user gave, and else with the defaults of the group."""
    assert call(["web"]) == ("web", PlanOptions(), 0, False)
    assert call(["web", "--more", "1", "-y", "--output", "json"]) == (
        *("web", PlanOptions(yes=True), 1, True),
    )


def test_options_stand_in_the_place_of_their_group() -> None:
    """So the order of a command's parameters is the order of its help."""

    def command(*, aws: AwsOptions, more: int = 0, plan: PlanOptions) -> None:
        del aws, more, plan

    assert list(inspect.signature(with_options(command)).parameters) == [
        *("profile", "region", "endpoint_url", "debug"),
        *("more", "dry_run", "yes"),
    ]


def test_an_option_of_a_group_is_checked_like_any_other() -> None:
    """The annotations of the group's fields are typer's."""
    with pytest.raises(typer.BadParameter, match="is not one of"):
        call(["web", "--output", "xml"])
