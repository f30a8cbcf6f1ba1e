"""Lay out what ``ast.unparse`` writes: narrow, but in lines that a reader can take in."""

import io
import token
import tokenize
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

# Five columns of YAML indentation come on top.
WIDTH = 120
# One byte a level, and as wide as the reader likes: every byte counts in a template.
INDENT = "\t"

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_LEADING = frozenset(["and", "or", "if", "else", "+", "|"])
_QUOTES = ("'", '"', '"""', "'''")


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


def lay_out(source: str, width: int = WIDTH) -> str:
    """Indent by tabs, join short blocks to their headers, and break long lines inside brackets.

    The meaning never changes; a line without a bracket to break in stays long.

    Args:
        source: Indented by four, each statement on one line, as ``ast.unparse`` writes it.
        width: Columns that a line should not exceed.
    """
    lines = _without_nested_quotes(source).split("\n")
    firsts = sorted(set(_first_rows("\n".join(lines))))
    for row in firsts:
        level = _indent(lines[row]) // 4
        lines[row] = INDENT * level + lines[row].lstrip(" ")
    lines = _with_short_blocks_joined(lines, firsts, width)
    breaks: dict[int, list[_Break]] = {}
    for row, place in _breaks("\n".join(lines)):
        breaks.setdefault(row, []).append(place)
    for row, places in breaks.items():
        lines[row] = _fold(lines[row], places, width)
    return "\n".join(lines)


def _with_short_blocks_joined(lines: list[str], firsts: list[int], width: int) -> list[str]:
    """Put a block of one simple statement on its header's line, if it fits there."""
    joined: set[int] = set()
    for header, body, after in zip(firsts, firsts[1:], [*firsts[2:], len(lines)], strict=False):
        statement = lines[body].lstrip()
        alone = (
            _indent(lines[header]) < _indent(lines[body])
            and (after == len(lines) or _indent(lines[after]) < _indent(lines[body]))
            and not any(lines[body + 1 : after])
        )
        simple = not statement.endswith(":") and not statement.startswith("@")
        fits = len(lines[header]) + 1 + len(statement) <= width
        # A class's field beside its name would look like a parameter of it.
        plain = statement == "pass" or not lines[header].lstrip().startswith("class ")
        if alone and simple and fits and plain:
            lines[header] += f" {statement}"
            joined.add(body)
    return [line for row, line in enumerate(lines) if row not in joined]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(source).readline)


def _without_nested_quotes(source: str) -> str:
    """Give f-strings quotes that do not occur inside them.

    From Python 3.12 on ``ast.unparse`` nests equal quotes (PEP 701), which 3.11 cannot read.
    """
    lines = source.split("\n")
    starts: list[tokenize.TokenInfo] = []
    for item in _tokens(source):
        kind = token.tok_name[item.type]
        if kind == "FSTRING_START":
            starts.append(item)
        elif kind == "FSTRING_END":
            start, row, quote = starts.pop(), item.end[0] - 1, item.string
            line = lines[row]
            inside = line[start.end[1] : item.start[1]]
            if start.end[0] == item.end[0] and quote in inside:
                fitting = next(
                    each for each in _QUOTES if each not in inside and inside[-1] != each[0]
                )
                opening = line[: start.end[1]].removesuffix(quote)
                lines[row] = opening + fitting + inside + fitting + line[item.end[1] :]
                return _without_nested_quotes("\n".join(lines))
    return source


def _first_rows(source: str) -> Iterator[int]:
    """Yield the rows on which statements begin: other rows are inside a string."""
    layout = {token.NEWLINE, token.NL, token.INDENT, token.DEDENT, token.ENDMARKER}
    fresh = True
    for item in _tokens(source):
        if fresh and item.type not in layout:
            yield item.start[0] - 1
        fresh = item.type in layout


def _breaks(source: str) -> Iterator[tuple[int, _Break]]:
    depth = literals = after = 0
    in_target = False
    for item in _tokens(source):
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
    # A block is indented by one tab: a continuation of its header by two.
    hanging = line[: _indent(line)] + INDENT * (2 if line.endswith(":") else 1)
    parts: list[str] = []
    start, prefix = 0, ""
    while len(prefix) + len(line) - start > width:
        ahead = [each for each in breaks if start < each.column < len(line)]
        if not ahead:
            break
        room = start + width - len(prefix)
        within = [each for each in ahead if each.column <= room]
        chosen = min(within, key=lambda each: each.reluctance) if within else ahead[0]
        parts.append((prefix + line[start : chosen.column]).rstrip())
        rest = line[chosen.column :].lstrip()
        start, prefix = len(line) - len(rest), hanging
    return "\n".join([*parts, prefix + line[start:]])
