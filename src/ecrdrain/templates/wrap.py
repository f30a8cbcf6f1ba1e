"""Break the long lines that ``ast.unparse`` writes."""

import io
import token
import tokenize
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

# Ten columns of YAML indentation come on top.
WIDTH = 88

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_LEADING = frozenset(["and", "or", "if", "else", "+", "|"])


class _Kind(IntEnum):
    COMMA = 0
    OPERATOR = 1
    BRACKET = 2


class _Break(NamedTuple):
    """A column inside brackets at which a line may end."""

    kind: _Kind
    depth: int
    column: int

    @property
    def reluctance(self) -> tuple[bool, int, _Kind, int]:
        """Outermost first, there the last that fits; right after a bracket only in need."""
        return (self.kind is _Kind.BRACKET, self.depth, self.kind, -self.column)


def wrap(source: str, width: int = WIDTH) -> str:
    """Break lines longer than ``width`` inside their brackets, outermost first.

    The meaning never changes; a line without a bracket to break in stays long.
    """
    lines = source.splitlines()
    breaks: dict[int, list[_Break]] = {}
    for row, place in _breaks(source):
        breaks.setdefault(row, []).append(place)
    for row, places in breaks.items():
        lines[row] = _fold(lines[row], places, width)
    return "\n".join(lines)


def _breaks(source: str) -> Iterator[tuple[int, _Break]]:
    depth = literals = after = 0
    in_target = False
    for item in tokenize.generate_tokens(io.StringIO(source).readline):
        # From Python 3.12 on an f-string is several tokens; older versions cannot read a line
        # break inside one.
        kind = token.tok_name[item.type]
        literals += kind.endswith("STRING_START") - kind.endswith("STRING_END")
        if literals:
            continue
        before, row, after = after, item.end[0] - 1, item.end[1]
        if item.string in _OPENING:
            depth += 1
            yield row, _Break(_Kind.BRACKET, depth, after)
        elif item.string in _CLOSING:
            depth -= 1
        elif item.string in {"for", "in"}:
            in_target = item.string == "for"
            if depth and in_target:
                yield row, _Break(_Kind.OPERATOR, depth, before)
        elif depth and item.string == "," and not in_target:
            yield row, _Break(_Kind.COMMA, depth, after)
        elif depth and item.string in _LEADING:
            yield row, _Break(_Kind.OPERATOR, depth, before)


def _fold(line: str, breaks: list[_Break], width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    # A block's first line is indented by four: a continuation of its header by eight.
    hanging = indent + " " * (8 if line.endswith(":") else 4)
    parts: list[str] = []
    start, prefix = 0, ""
    while len(prefix) + len(line) - start > width:
        room = start + width - len(prefix)
        ahead = [each for each in breaks if start + len(indent) < each.column < len(line)]
        within = [each for each in ahead if each.column <= room]
        if not ahead:
            break
        chosen = min(within, key=lambda each: each.reluctance) if within else ahead[0]
        parts.append((prefix + line[start : chosen.column]).rstrip())
        rest = line[chosen.column :].lstrip()
        start, prefix = len(line) - len(rest), hanging
    return "\n".join([*parts, prefix + line[start:]])
