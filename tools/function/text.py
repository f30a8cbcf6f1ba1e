"""A module's text, out of which parts are taken while the rest stays in its rows."""

import ast
import io
import token
import tokenize
from collections.abc import Iterator
from typing import NamedTuple


class Place(NamedTuple):
    """A position in a text: row from 1 and column from 0, as tokenize counts."""

    row: int
    column: int


class Span(NamedTuple):
    """What lies between two places."""

    start: Place
    end: Place


class Text:
    """A text as cells, one a character: emptied in any order, they keep their places.

    Args:
        source: A module's text.
    """

    def __init__(self, source: str) -> None:
        self._rows = source.split("\n")
        self._cells = [list(row) for row in self._rows]
        every = list(tokenize.generate_tokens(io.StringIO(source).readline))
        self._comments = [each for each in every if each.type == token.COMMENT]
        self._code = [each for each in every if each.type not in (token.COMMENT, token.NL)]

    def __str__(self) -> str:
        """Return what is left."""
        return "\n".join("".join(cells) for cells in self._cells)

    def empty(self, span: Span, by: str = "", joint: str = "") -> None:
        """Take out what lies in a span, which is not empty.

        Args:
            span: From where to where.
            by: What to put in its place.
            joint: What to put at the end of each of its rows but the last.
        """
        for row in range(span.start.row, span.end.row + 1):
            cells = self._cells[row - 1]
            first = span.start.column if row == span.start.row else 0
            last = span.end.column if row == span.end.row else len(cells)
            cells[first:last] = [""] * (last - first)
            if row < span.end.row:
                cells.append(joint)
        self._cells[span.start.row - 1][span.start.column] = by

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Yield each comment, and its span with the blanks before it."""
        for each in self._comments:
            row, column = each.start
            before = self._rows[row - 1][:column].rstrip()
            yield Span(Place(row, len(before)), Place(*each.end)), each.string

    def span(self, node: ast.stmt | ast.expr | ast.arg) -> Span:
        """Return where a node stands."""
        return Span(
            self._place(node.lineno, node.col_offset),
            self._place(node.end_lineno or 0, node.end_col_offset or 0),
        )

    def _place(self, row: int, offset: int) -> Place:
        # ast counts bytes, tokenize characters.
        return Place(row, len(self._rows[row - 1].encode()[:offset].decode()))

    def between(self, start: Place, opening: str, *closings: str) -> Span:
        """Find what begins with a token and ends before another that is in no bracket.

        Args:
            start: Where to begin looking.
            opening: The token that the span begins with, the blanks before it included.
            *closings: The tokens that it ends before, if the statement does not end first.
        """
        first = next(
            index
            for index, each in enumerate(self._code)
            if each.start >= start and each.string == opening
        )
        depth = 0
        for index in range(first + 1, len(self._code)):
            each = self._code[index]
            if depth == 0 and (each.type == token.NEWLINE or each.string in closings):
                break
            if each.string in ("(", "[", "{"):
                depth += 1
            elif each.string in (")", "]", "}"):
                depth -= 1
        return Span(Place(*self._code[first - 1].end), Place(*self._code[index - 1].end))
