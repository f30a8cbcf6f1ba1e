"""What templates declare besides policies, as far as the command needs it."""

import re
from collections.abc import Mapping
from typing import Final

from ecrdrain.fate.policies import read_plain, read_resource
from ecrdrain.fate.template import NotUnderstoodError, read_entries
from ecrdrain.stacks.tree import Stack

UNCLEAR: Final = object()
"""Stands for a property that may be there, or whose value cannot be read."""

_LONG_FORMS = {"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!ImportValue": "Fn::ImportValue"}
"""Functions by their short forms (User Guide, "Intrinsic function reference")."""

_WORD = re.compile(r"(?:(![\w:]+) +)?([A-Za-z0-9][\w:./-]*)", re.ASCII)


def read_property(stack: Stack, logical_id: str, name: str) -> object:
    """Return a resource's property.

    Returns:
        A text, also for true and false; a function in its long form, as {"Ref": "Name"}; None when
        the property is absent; else UNCLEAR.
    """
    try:
        resource = read_resource(stack.template, logical_id)
        if "Properties" not in resource:
            return None
        value = read_plain(resource["Properties"]).get(name)
        if isinstance(stack.template, str):
            return _yaml_value(value)
    except NotUnderstoodError:
        return UNCLEAR
    return _json_value(value)


def resolve_property(stack: Stack, logical_id: str, name: str) -> object:
    """Return a property as `read_property` does, but a parameter's value for a parameter."""
    match read_property(stack, logical_id, name):
        case {"Ref": str(parameter)}:
            return stack.parameters.get(parameter, UNCLEAR)
        case value:
            return value


def declares_export(template: object, name: str) -> bool:
    """Return whether a template declares an export by its plain name.

    Args:
        template: The TemplateBody of GetTemplate.
        name: The name of the export.
    """
    try:
        outputs = read_entries(read_entries(template).get("Outputs"))
    except NotUnderstoodError:
        return False
    return any(_exports(output, name) for output in outputs.values())


def _exports(output: object, name: str) -> bool:
    try:
        return read_entries(read_entries(output).get("Export")).get("Name") == name
    except NotUnderstoodError:
        return False


def _json_value(value: object) -> object:
    match value:
        case bool():
            return str(value).lower()
        case None | str() | {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return value
    return UNCLEAR


def _yaml_value(value: object) -> object:
    if value is None:
        return None
    if isinstance(value, tuple):
        return _long_form(read_entries(value))
    word = _WORD.fullmatch(str(value))
    if word is None:
        return UNCLEAR
    if word[1] is None:
        return word[2]
    return {_LONG_FORMS[word[1]]: word[2]} if word[1] in _LONG_FORMS else UNCLEAR


def _long_form(entries: Mapping[str, object]) -> object:
    """Return a function that is written as a block of one entry."""
    for function in _LONG_FORMS.values():
        argument = str(entries.get(function, ""))
        word = _WORD.fullmatch(argument)
        if len(entries) == 1 and word and word[1] is None:
            return {function: argument}
    return UNCLEAR
