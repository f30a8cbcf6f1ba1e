"""``ecrdrain stack``: the commands about stacks."""

import typer

from ecrdrain.cli.stack_delete import delete
from ecrdrain.cli.stack_list import list_
from ecrdrain.cli.stack_show import show

app = typer.Typer(
    help="List, show and delete stacks that own repositories.",
    rich_markup_mode=None,
    add_completion=False,
)
app.command("list")(list_)
app.command()(show)
app.command()(delete)
