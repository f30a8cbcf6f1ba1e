"""The fields of JSON documents: each stands once, for the document and for its documentation.

A field that corresponds to an attribute of a class is derived from it: its name is the
attribute's in camelCase, its meaning stands in the class's docstring, below "Attributes:".
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from inspect import cleandoc
from operator import attrgetter
from typing import Any

from ecrdrain.cli.words import timestamp
from ecrdrain.stacks.place import Place


@dataclass(frozen=True)
class Field:
    """A field of a JSON document.

    Attributes:
        name: Its name in the document.
        meaning: What the documentation says of it.
        read: Returns its value for the object that the document is about.
        inner: The fields of each item, when the value is a list of objects.
    """

    name: str
    meaning: str
    read: Callable[[Any], Any]
    inner: Sequence["Field"] = ()

    def value(self, source: object) -> object:
        """Return the field's value as JSON has it."""
        value = self.read(source)
        if self.inner:
            return [write_document(self.inner, item) for item in value]
        return _plain(value)


def derived(
    cls: type, *attributes: str, at: str = "", inner: Sequence[Field] = ()
) -> tuple[Field, ...]:
    """Derive fields from attributes of a class.

    Args:
        cls: The class.
        attributes: The attributes, in the order of the document.
        at: Where the document's object holds the object of that class; "" means that it is one.
        inner: The fields of each item, when the attributes are lists of objects.
    """
    meanings = read_meanings(cls)
    prefix = f"{at}." if at else ""
    return tuple(
        Field(camel_case(name), meanings.get(name, ""), attrgetter(prefix + name), inner)
        for name in attributes
    )


def itself(source: object) -> object:
    """Return the document's object: what a field reads that is about all of it."""
    return source


def write_document(fields: Sequence[Field], source: object) -> dict[str, Any]:
    """Return the document about an object."""
    return {field.name: field.value(source) for field in fields}


def describe_document(fields: Sequence[Field], path: str = "") -> dict[str, str]:
    """Return the meaning of each field, inner ones too, by its path: "stacks[].status"."""
    described: dict[str, str] = {}
    for field in fields:
        described[path + field.name] = f"{field.meaning}:" if field.inner else field.meaning
        described |= describe_document(field.inner, f"{path}{field.name}[].")
    return described


def read_meanings(cls: type) -> dict[str, str]:
    """Return what the docstrings of a class and of its bases say of its attributes.

    Python's None is JSON's null there, and a sentence becomes the cell of a table.
    """
    meanings: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        # Without docstrings (python -OO) there is no documentation, but there are documents.
        _, _, section = cleandoc(base.__doc__ or "").partition("\nAttributes:\n")
        entries = re.findall(r"^ {4}(\w+): (.*(?:\n {5,}.*)*)", section, re.MULTILINE)
        meanings |= {name: _cell(" ".join(text.split())) for name, text in entries}
    return meanings


def camel_case(name: str) -> str:
    """Return an attribute's name as JSON has it: "stack_id" is "stackId"."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _cell(sentence: str) -> str:
    cell = sentence.rstrip(".")
    for python, json in (("None", "null"), ("True", "true"), ("False", "false")):
        cell = re.sub(rf'(?<!")\b{python}\b', json, cell)  # not where it is a text
    first = cell.partition(" ")[0]
    return cell if first[1:] != first[1:].lower() else cell[:1].lower() + cell[1:]


def _plain(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return timestamp(value)
        case float():
            return round(value, 3)
        case tuple():
            return list(value)
    return value


PLACE = derived(Place, "account", "region")
"""The fields that every document begins with."""
