"""A strict reader of the block-style YAML that templates are written in.

Lambda has no YAML parser, and the guard needs a handful of words off a template. This reader
follows YAML 1.1 wherever it has to know where a value ends (block, quoted and plain scalars, flow
collections, tags); values it reads only where they are single words, and what it does not fully
understand makes it give up.
"""

import re
from typing import TypeAlias

OPAQUE, FLOW = "...", "[]"
"""Stand for a block or a text; for a value in quotes or brackets that is no single word."""

MERGE, ITEM = "<<", "-"
"""Stand in the place of a key: for one that brings others, or is there twice; for an item of a
sequence."""

Path: TypeAlias = tuple[str, ...]

_FIRST = r"""[^\s\-?:,\[\]{}\#&*!|>'"%@`]"""
_LINE_END = r"(?:[ \t]+\#[^\n]*|[ \t]*)\n"
_EMPTY_LINES = r"(?:[ \t]*(?:#[^\n]*)?\n)*+"
_BLANK_LINES = r"(?:[ \t]*\n)*+"
_TEXT = r"(?:[^\n:]|:(?=\S))*?"
_KEY = (
    rf"""(?:(["'])(?P<quoted>[^"'\\\n]+)\1|(?P<plain>(?:{_FIRST}|[-?:](?=\S))"""
    r"(?:[^\n:#]|:(?!\s)|(?<!\s)#)*?))[ \t]*:(?=\s)"
)
_FLOW_TOKEN = (
    r"""(?x) [\[\]{}] | [\s,:]+ | (?<=\s)\#[^\n]* | [!&*][^\s,\[\]{}]*
    | "(?:[^"\\]|\\[\s\S])*+" | '(?:[^']|'')*+' | """
    rf"(?:{_FIRST}|-) (?:[^,:\[\]{{}}\#] | :(?![\s,\[\]{{}}]) | (?<!\s)\#)*+"
)


class NotUnderstoodError(Exception):
    """The template holds something that is not certain to be read as CloudFormation reads it."""


class Outline:
    """The entries of a document, read once.

    Attributes:
        found: Each entry's value by the keys that lead to it: a word, OPAQUE or FLOW, with its
            tags before it (!Ref Name).
        open: The columns and paths of the entries around the latest one, and its own.
        waits: The latest entry has no value so far; a nested block may follow.

    Raises:
        NotUnderstoodError: It is not one block-style document that is understood to its end.
    """

    def __init__(self, text: str) -> None:
        self.text = re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff")) + "\n"
        self.position = 0
        self.found: dict[Path, str] = {}
        self.open: list[tuple[int, Path]] = [(-1, ())]
        self.waits = True
        # What only YAML 1.1 takes for a line break, or a further document.
        if re.search(r"[\x85\u2028\u2029]", text):
            raise NotUnderstoodError
        self.take(rf"(?:{_EMPTY_LINES}---{_LINE_END})?{_EMPTY_LINES}")
        if self.see(r"(?sm).*?^(?:---|\.\.\.)\s"):
            raise NotUnderstoodError
        while self.position < len(self.text):
            self.read_line()
            self.take(_EMPTY_LINES)

    def take(self, pattern: str) -> re.Match[str]:
        """Go past what must stand here."""
        match = self.see(pattern)
        if match is None:
            raise NotUnderstoodError
        self.position = match.end()
        return match

    def see(self, pattern: str) -> re.Match[str] | None:
        """Look at what stands here."""
        return re.compile(pattern, re.ASCII).match(self.text, self.position)

    def read_line(self) -> None:
        """Read dashes, a key and a value, of which at least one is there."""
        start = self.position
        self.take(" *")
        while self.see(r"-[ \n]"):
            self.enter(self.position - start, ITEM)
            self.take("- *")
        if key := self.see(_KEY):
            self.enter(self.position - start, key["plain"] or key["quoted"])
            self.position = key.end()
        # A value alone belongs to the entry before it, which may be the dash on its line.
        column = self.open[-1][0]
        if not self.waits or not 0 <= column < self.position - start:
            raise NotUnderstoodError
        self.read_value()

    def enter(self, column: int, key: str) -> None:
        """Begin an entry in the block that its column says, or in one nested in the latest."""
        left = None
        while self.open[-1][0] >= column:
            latest, path = self.open[-1]
            # The dashes of a sequence may stand in the column of the key that it belongs to.
            if latest == column and key == ITEM != path[-1]:
                break
            left = latest
            self.open.pop()
        if (left is None and not self.waits) or left not in (None, column):
            raise NotUnderstoodError
        around = self.open[-1][1]
        if key != ITEM and (*around, key) in self.found:
            key = MERGE
        path = (*around, key)
        self.open.append((column, path))
        self.found[path] = OPAQUE
        self.waits = True

    def read_value(self) -> None:
        """Read what stands after a key or dash, or on the lines below it as its scalar."""
        column, path = self.open[-1]
        tags = self.take(r"[ \t]*((?:[!&]\S*(?:[ \t]+|(?=\n)))*)")[1]
        if tags:
            self.found[path] = f"{tags.strip()} {OPAQUE}"
        first = self.text[self.position]
        if first in "\n#":
            return
        self.waits = False
        deeper = f" {{{column + 1},}}"
        if first in "|>":
            self.take(rf"[|>][-+]?{_LINE_END}(?:{deeper}[^\n]*\n|[ \t]*\n)*+")
            return
        if first in "[{\"'*":
            start = self.position
            self.skip_flow()
            value = self.text[start : self.position]
            self.take(_LINE_END)
        else:
            # Text without quotes goes on in the lines below that are indented more than its key.
            more = rf"(?:[ \t]*\n{_BLANK_LINES}{deeper}+(?!\#){_TEXT})*"
            value = self.take(rf"(?={_FIRST}|[-?:]\S)({_TEXT}{more}){_LINE_END}")[1]
        word = re.fullmatch(r"""(["']?)([A-Za-z][\w:.-]*)\1""", value, re.ASCII)
        self.found[path] = self.found[path].replace(OPAQUE, word[2] if word else FLOW)

    def skip_flow(self) -> None:
        """Go past a quoted text, an alias, or a bracket and all that it holds."""
        depth = 0
        while True:
            depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(self.take(_FLOW_TOKEN)[0], 0)
            if not depth:
                return
