"""What templates declare besides policies, as far as the command needs it."""

from collections.abc import Mapping
from typing import Any, Final

from ecrdrain.fate.outline import OPAQUE, Path
from ecrdrain.fate.policies import MODIFIERS, is_doubtful, read_outline
from ecrdrain.stacks.tree import Stack

UNCLEAR: Final = object()
"""Stands for a property that may be there, or whose value cannot be read."""

_LONG_FORMS = {"!Ref": "Ref", "!GetAtt": "Fn::GetAtt", "!ImportValue": "Fn::ImportValue"}
"""Functions by their short forms (User Guide, "Intrinsic function reference")."""


def read_property(stack: Stack, logical_id: str, name: str) -> object:
    """Return a resource's property.

    Returns:
        A text, also for true and false; a function in its long form, as {"Ref": "Name"}; None when
        the property is absent; else UNCLEAR.
    """
    resource = ("Resources", logical_id)
    outline = stack.outline
    if resource not in outline or any(
        is_doubtful(outline, block) for block in ((), resource[:1], resource)
    ):
        return UNCLEAR
    if isinstance(stack.template, Mapping):
        return _json_property(stack.template["Resources"][logical_id], name)
    return _yaml_property(outline, (*resource, "Properties"), name)


def resolve_property(stack: Stack, logical_id: str, name: str) -> object:
    """Return a property as `read_property` does, but a parameter's value for a parameter."""
    match read_property(stack, logical_id, name):
        case {"Ref": str(parameter)}:
            return stack.parameters.get(parameter, UNCLEAR)
        case value:
            return value


def declares_export(template: object, name: str) -> bool:
    """Tell whether a template declares an export by its plain name.

    Args:
        template: The TemplateBody of GetTemplate.
        name: The name of the export.
    """
    if isinstance(template, Mapping):
        outputs = _mapping(template.get("Outputs")).values()
        exports = [_mapping(_mapping(output).get("Export")) for output in outputs]
        return name in [export.get("Name") for export in exports]
    return any(
        path[:1] == ("Outputs",) and path[2:] == ("Export", "Name") and value == name
        for path, value in read_outline(template).items()
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _json_property(resource: object, name: str) -> object:
    properties = _mapping(resource).get("Properties", {})
    if not isinstance(properties, Mapping):
        return UNCLEAR
    if name not in properties:
        return UNCLEAR if any(key.startswith(MODIFIERS) for key in properties) else None
    match properties[name]:
        case bool() as value:
            return str(value).lower()
        case (str() | {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}) as value:
            return value
    return UNCLEAR


def _yaml_property(outline: Mapping[Path, str], properties: Path, name: str) -> object:
    if is_doubtful(outline, properties):
        return UNCLEAR
    path = (*properties, name)
    if path not in outline:
        return None
    tag, _, word = outline[path].rpartition(" ")
    if outline[path] == OPAQUE:
        # A function's long form is a block of one entry.
        [*entries] = ((key, outline.get((*path, key), "")) for key in _LONG_FORMS.values())
        return next(({key: word} for key, word in entries if _is_word(word)), UNCLEAR)
    if not _is_word(word):
        return UNCLEAR
    if not tag:
        return word
    return {_LONG_FORMS[tag]: word} if tag in _LONG_FORMS else UNCLEAR


def _is_word(value: str) -> bool:
    """Tell a word of the outline from its other values, none of which begins with a letter."""
    return value[:1].isalpha()
