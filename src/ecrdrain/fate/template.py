"""A strict reader of templates: one block at a time, from the outside in.

Lambda has no YAML parser, and the decision needs two words at a known place. In a block mapping
all entries begin in the same column, and what stands deeper belongs to the entry above it (YAML
1.1, "Block Mappings"), so what is inside of other entries need not be understood. What does not
certainly look like that is not understood.
"""

import re
from collections.abc import Mapping

_QUOTED = r"\"([^\"\\]*)\"|'([^'\\]*)'"
_KEY = re.compile(rf"(?:{_QUOTED}|([^\s\"'#&*!|>%@`?,:\[\]{{}}-][^#]*?)) *:(?:\s+(.*))?")
_COMMENT = re.compile(r"(^|\s+)#.*")
_CLOSING = {'"': '"', "'": "'", "[": "]", "{": "}"}


class NotUnderstoodError(Exception):
    """CloudFormation may read it in another way."""


def read_entries(block: object) -> dict[str, object]:
    """Read the entries of a mapping.

    Args:
        block: A template's TemplateBody, YAML as text or JSON as an object, or what stands for a
            mapping in what this function returned.

    Returns:
        What each key leads to: a text, with its tag if it has one (!Ref Name), "..." where it
        goes over several lines; or a block.

    Raises:
        NotUnderstoodError: It is no mapping, or it is not certain what its entries are.
    """
    if isinstance(block, Mapping) or block == ():
        return dict(block)
    if isinstance(block, str):
        block = _lines(block)
    if not isinstance(block, tuple) or not block:
        raise NotUnderstoodError
    column = _indent(block[0])
    entries: dict[str, list[str]] = {}
    latest: list[str] | None = None
    for line in block:
        text = line.lstrip(" ")
        # Dashes of a sequence and closing brackets may stand in the column of their key.
        beside = _indent(line) == column and re.match(r"- |-$|[\]}]+$", text)
        if latest is not None and (beside or _indent(line) > column):
            latest.append(line)
            continue
        key = _KEY.fullmatch(text)
        name = key and (key[1] or key[2] or key[3])
        if not key or not name or name in entries or _indent(line) != column:
            raise NotUnderstoodError
        latest = entries[name] = [key[4] or ""]
    return {name: _value(*lines) for name, lines in entries.items()}


def _lines(text: str) -> tuple[str, ...]:
    """Return the lines of a YAML document that say something."""
    if re.search(r"[\x85\u2028\u2029]", text):  # what only YAML 1.1 takes for a line break
        raise NotUnderstoodError
    lines = re.split(r"\r\n?|\n", text.removeprefix("\ufeff"))
    lines = [line.rstrip() for line in lines if not re.match(r"\s*(#|$)", line)]
    begins = bool(lines) and re.match(r"---(\s+#|$)", lines[0])
    return tuple(lines[1:] if begins else lines)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _value(first: str, *deeper: str) -> object:
    """Read a value off the rest of its key's line and the lines that belong to it."""
    if re.match(r"(#|$)", first) and len(deeper) == 1 and not _KEY.fullmatch(deeper[0].strip()):
        first, deeper = deeper[0].strip(), ()
    quoted = re.fullmatch(rf"(?:{_QUOTED})(?:\s+#.*)?", first)
    if quoted and not deeper:
        return quoted[1] or quoted[2] or ""
    text = _COMMENT.sub("", first)
    if not text:
        return deeper
    opening = re.sub(r"^([!&]\S*\s*)+", "", text)[:1]
    if not _COMMENT.sub("", [text, *deeper][-1]).endswith(_CLOSING.get(opening, "")):
        raise NotUnderstoodError
    return "..." if deeper else text
