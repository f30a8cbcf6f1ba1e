"""Writes into docs/python.md every name of the package, from its docstrings.

`make docs` runs it; a test sees that the page is up to date.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ecrdrain
from benchmarks.page import put_all, table

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE = Path(__file__).parents[1] / "docs" / "python.md"

EVENT = "One of `Listed`, `Deleted`, `RoundEnded`"
"""The one name without a docstring of its own: an alias of types."""

FAILURE = {
    "digest": "The image's digest",
    "code": "ECR's failure code",
    "reason": "ECR's reason",
}
"""The fields of Failure, whose docstring is one sentence about all three."""


def documentation(of: object) -> str:
    """Return a docstring as it is meant."""
    return inspect.cleandoc(of.__doc__ or "")


def summary(of: object) -> str:
    """Return the first sentence of a docstring."""
    return documentation(of).partition("\n")[0].rstrip(".")


def section(of: object, title: str) -> dict[str, str]:
    """Return the entries of a part of a docstring, such as "Args"."""
    _, _, rest = documentation(of).partition(f"\n{title}:\n")
    part = re.split(r"^\S", rest, maxsplit=1, flags=re.MULTILINE)[0]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", part, re.MULTILINE)
    return {name: " ".join(text.split()).rstrip(".") for name, text in entries}


def kind_of(name: str) -> str:
    """Say what a name of the package is."""
    value = getattr(ecrdrain, name)
    if not inspect.isclass(value):
        return "function" if inspect.isfunction(value) else "type"
    return "exception" if issubclass(value, Exception) else "class"


def name_table() -> str:
    """Return one line a name."""
    return table(
        ("name", "is", "for"),
        (
            (
                f"`{name}`",
                kind_of(name),
                EVENT if name == "Event" else summary(getattr(ecrdrain, name)),
            )
            for name in ecrdrain.__all__
        ),
    )


def argument_table(function: Callable[..., Any]) -> str:
    """Return one line an argument of a function."""
    meanings = section(function, "Args")
    return table(
        ("argument", "default", "meaning"),
        (
            (f"`{name}`", default(parameter), meanings[name])
            for name, parameter in inspect.signature(function).parameters.items()
        ),
    )


def default(parameter: inspect.Parameter) -> str:
    """Return a parameter's default as a reader would write it."""
    if parameter.default is inspect.Parameter.empty:
        return "needed"
    return "nobody" if callable(parameter.default) else f"`{parameter.default!r}`"


def attributes(name: str) -> dict[str, str]:
    """Return all that an object of a class has of its own, with what it means."""
    cls = getattr(ecrdrain, name)
    if name == "Failure":
        return FAILURE
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if not base.__module__.startswith("ecrdrain"):
            continue
        found |= section(base, "Attributes")
        for member, value in vars(base).items():
            if member.startswith("_") or not documentation(value):
                continue
            if isinstance(value, property):
                found[member] = summary(value)
            elif inspect.isfunction(value):
                found[f"{member}()"] = summary(value)
    return found


def attribute_table() -> str:
    """Return one line an attribute of each class."""
    return table(
        ("attribute", "meaning"),
        (
            (f"`{name}.{attribute}`", meaning)
            for name in ecrdrain.__all__
            if inspect.isclass(getattr(ecrdrain, name))
            for attribute, meaning in attributes(name).items()
        ),
    )


TABLES = {
    "names": name_table,
    "drain": lambda: argument_table(ecrdrain.drain),
    "drain_all": lambda: argument_table(ecrdrain.drain_all),
    "client_config": lambda: argument_table(ecrdrain.client_config),
    "attributes": attribute_table,
}
"""What stands between which markers of the page."""


if __name__ == "__main__":
    PAGE.write_text(put_all(PAGE.read_text(), TABLES))
