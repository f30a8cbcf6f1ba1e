"""``ecrdrain template``: print or write the templates."""

from pathlib import Path
from typing import Annotated

import typer

from ecrdrain.templates import TemplateError, TemplateName, render


def template(
    name: Annotated[TemplateName, typer.Argument(help="Which template.")],
    output_dir: Annotated[
        Path | None,
        typer.Option(
            help="Write below this folder, replacing files of the same name, and print the paths.",
            file_okay=False,
            show_default="standard output",
        ),
    ] = None,
) -> None:
    """Write a CloudFormation template, the function's source inside.

    provider: the function, once per account and region.

    standalone: a repository and its drain in one file.

    nested: the same as four templates, a root and three that it nests.
    """
    try:
        files = render(name)
    except TemplateError as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(1) from error
    if output_dir is None:
        if len(files) > 1:
            raise typer.BadParameter(
                f"{name} is {len(files)} files: say where to write them with --output-dir DIR",
                param_hint="NAME",
            )
        typer.echo("".join(files.values()), nl=False)
        return
    for path, text in files.items():
        target = output_dir / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            typer.echo(f"Error: cannot write {target}: {error.strerror}", err=True)
            raise typer.Exit(1) from error
        typer.echo(target)
