"""Exports and who imports them: what must be deleted before what."""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.tree import Stack

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import ExportTypeDef


def find_export(client: "CloudFormationClient", name: str) -> "ExportTypeDef | None":
    """Return the export of that name; None when nobody exports it."""
    for page in client.get_paginator("list_exports").paginate():
        for export in page["Exports"]:
            if export.get("Name") == name:
                return export
    return None


def read_importers(client: "CloudFormationClient", export: str) -> tuple[str, ...]:
    """Return the names of the stacks that import a value."""
    try:
        pages = list(client.get_paginator("list_imports").paginate(ExportName=export))
    except aws_errors() as error:
        # What CloudFormation answers when nobody imports it (API_ListImports names no other).
        if call_error(error).code != "ValidationError":
            raise
        return ()
    return tuple(name for page in pages for name in page["Imports"])


def read_all_importers(
    client: "CloudFormationClient", root: Stack
) -> Mapping[str, tuple[str, ...]]:
    """Return who imports the exports of a stack and its nested stacks, from outside of these.

    Exports that nobody outside imports are left out.
    """
    inside = {stack.name for stack in root.walk()}
    importers = {
        export: tuple(name for name in read_importers(client, export) if name not in inside)
        for stack in root.walk()
        for export in stack.exports
    }
    return {export: names for export, names in importers.items() if names}


def waits_for(
    roots: Iterable[Stack], importers: Mapping[str, Mapping[str, tuple[str, ...]]]
) -> dict[str, set[str]]:
    """Return for each stack's id the ids of those that import from it: they must go first.

    Args:
        roots: The stacks to be deleted together.
        importers: For each of their ids, the importing stacks by export.
    """
    roots = list(roots)
    root_of = {stack.name: root.id for root in roots for stack in root.walk()}
    return {
        root.id: {
            root_of[name]
            for names in importers[root.id].values()
            for name in names
            if name in root_of
        }
        for root in roots
    }


def find_cycle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the ids of stacks that wait for one another in a circle; none when none do."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        cycle: list[str] = error.args[1]
        return cycle
    return []
