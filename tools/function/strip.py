"""A module's text without what the function does not need to run.

Left out are annotations (a class's fields keep theirs: dataclasses read them), blocks for type
checkers, comments, and docstrings but for the first line of those that are worth it. What stays
is as its author wrote it, in the same row: a line number means the same before and after.
"""

import ast
import re

from tools.function.errors import BundleError
from tools.function.text import Span, Text

NOQA = re.compile(r"# noqa: (?P<codes>[A-Z]+\d+(?:, ?[A-Z]+\d+)*)(?P<reason>.*)")
SECURITY = re.compile(r"\bS\d+")
"""The rules whose exceptions are kept: a reader of the template wants them explained, too."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def strip(source: str, name: str, docstrings_from: int) -> str:
    """Leave out of a module what the function does not need to run.

    Args:
        source: The module's text.
        name: Its name, for messages.
        docstrings_from: How many statements a class or function must have for the first line of
            its docstring to be kept. Where there is nothing but a docstring, it is kept always.

    Raises:
        BundleError: Something cannot be left out by itself.
    """
    text = Text(source)
    for span, comment in text.comments():
        text.empty(span, by=_exception(comment, f"{name}, line {span.start.row}"))
    _Stripper(source, text, name, docstrings_from).visit(ast.parse(source))
    stripped = str(text)
    try:
        ast.parse(stripped)
    except SyntaxError as error:
        raise BundleError(
            f"{name}, line {error.lineno}: annotations and docstrings cannot be left out here; "
            "put each statement on a line of its own"
        ) from error
    return stripped


def _exception(comment: str, place: str) -> str:
    """Return what is kept of a comment: an exception from a security rule, with its reason."""
    noqa = NOQA.match(comment)
    codes = ", ".join(SECURITY.findall(noqa["codes"])) if noqa else ""
    if noqa is None or not codes:
        return ""
    if not noqa["reason"].startswith(" - "):
        raise BundleError(f"{place}: give the reason: # noqa: {codes} - reason")
    return f"  # noqa: {codes}{noqa['reason']}"


class _Stripper(ast.NodeVisitor):
    """Takes out of a text what its tree says is not needed."""

    def __init__(self, source: str, text: Text, name: str, docstrings_from: int) -> None:
        self.source = source
        self.text = text
        self.name = name
        self.docstrings_from = docstrings_from

    def generic_visit(self, node: ast.AST) -> None:
        """Strip the blocks of a node, and whatever else it has."""
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                self._strip_block(node, value)
            else:
                for each in value if isinstance(value, list) else [value]:
                    if isinstance(each, ast.AST):
                        self.visit(each)

    def visit_arg(self, node: ast.arg) -> None:
        """Take the annotation of an argument."""
        if node.annotation:
            self._take(self.text.between(self.text.span(node).start, ":", ",", "=", ")"))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """Take the annotation of what a function returns."""
        if node.returns:
            self._take(self.text.between(self.text.span(node).start, "->", ":"))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Take the annotation of a variable that gets a value."""
        self._take(self.text.between(self.text.span(node.target).end, ":", "="))
        self.generic_visit(node)

    def _take(self, annotation: Span) -> None:
        # What brackets held together over several rows must stay one statement without them.
        self.text.empty(annotation, joint="\\")

    def _strip_block(self, owner: ast.AST, block: list[ast.stmt]) -> None:
        """Strip statements that follow each other; where none is left there must be a pass."""
        busy = [each for each in block if not self._is_idle(owner, each)]
        for each in block:
            if each not in busy:
                self.text.empty(self.text.span(each))
            elif not (isinstance(owner, ast.ClassDef) and isinstance(each, ast.AnnAssign)):
                self.visit(each)
        first = block[0]
        if isinstance(owner, Definition) and _is_text(first):
            if not busy or _statements(busy) >= self.docstrings_from:
                self.text.empty(self.text.span(first), by=self._first_line(first))
        elif not busy and not isinstance(owner, ast.Module):
            self.text.empty(self.text.span(first), by="pass")

    def _is_idle(self, owner: ast.AST, statement: ast.stmt) -> bool:
        """Tell whether a statement does nothing when it runs."""
        if isinstance(statement, ast.AnnAssign):
            return statement.value is None and not isinstance(owner, ast.ClassDef)
        if isinstance(statement, ast.If):
            return self._is_for_type_checkers(statement)
        return _is_text(statement)

    def _is_for_type_checkers(self, statement: ast.If) -> bool:
        if ast.unparse(statement.test) not in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            return False
        if statement.orelse:
            raise BundleError(
                f"{self.name}, line {statement.orelse[0].lineno}: "
                "let nothing run where a type checker sees something else"
            )
        return True

    def _first_line(self, docstring: ast.stmt) -> str:
        text = ast.get_source_segment(self.source, docstring) or ""
        first, more, _ = text.partition("\n")
        return first.rstrip() + text[-3:] if more else first


def _is_text(statement: ast.stmt) -> bool:
    """Tell whether a statement is a docstring, wherever it stands."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _statements(block: list[ast.stmt]) -> int:
    """Count statements, and those inside them."""
    return sum(isinstance(node, ast.stmt) for each in block for node in ast.walk(each))
