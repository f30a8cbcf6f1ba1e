"""Narrow lines of the same meaning."""

import argparse
import ast
import ast as ast_module
import asyncio.base_events
import dataclasses
import datetime as dt
import inspect
import inspect as inspect_module
import json.encoder
import statistics
import typing
from types import ModuleType

import pytest

from ecrdrain.templates.layout import lay_out


@pytest.mark.parametrize("width", [40, 88])
@pytest.mark.parametrize(
    "module",
    [
        argparse,
        ast_module,
        asyncio.base_events,
        dataclasses,
        dt,
        inspect_module,
        json.encoder,
        statistics,
        typing,
    ],
    ids=lambda module: getattr(module, "__name__", None),
)
def test_laying_out_keeps_the_meaning(module: ModuleType, width: int) -> None:
    """Modules of the standard library parse to the same tree before and after."""
    tree = ast.parse(inspect.getsource(module))
    source = ast.unparse(tree)
    laid_out = lay_out(source, width)
    assert ast.dump(ast.parse(laid_out)) == ast.dump(tree)
    assert laid_out != source


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        pytest.param("x = call(aaa, bbb, c)", ["x = call(aaa, bbb, c)"], id="short"),
        pytest.param(
            "x = call(first(1, 2), second(3, 4), third(5, 6))",
            ["x = call(first(1, 2), second(3, 4),", "\tthird(5, 6))"],
            id="outermost comma",
        ),
        pytest.param(
            "def name(parameter: int, other_one: str) -> None: ...",
            ["def name(parameter: int,", "\t\tother_one: str) -> None:", "\t..."],
            id="header",
        ),
        pytest.param(
            "x = call(aaaaaaaaaaa + bbbbbbbbbbbbbbbbb + cccc)",
            ["x = call(aaaaaaaaaaa + bbbbbbbbbbbbbbbbb", "\t+ cccc)"],
            id="operator",
        ),
        pytest.param(
            "x = [(one, two) for one, two in three_four_five]",
            ["x = [(one, two)", "\tfor one, two in three_four_five]"],
            id="comprehension, not its target",
        ),
        pytest.param(
            "x = call('one text that is far too long for a line', 1)",
            ["x = call(", "\t'one text that is far too long for a line',", "\t1)"],
            id="one long part",
        ),
        pytest.param(
            "x = 'one text that is far too long for a line'",
            ["x = 'one text that is far too long for a line'"],
            id="no bracket",
        ),
        pytest.param(
            "x = f'{call(one, two)} {call(three, four)} {five}'",
            ["x = f'{call(one, two)} {call(three, four)} {five}'"],
            id="f-string",
        ),
    ],
)
def test_lines_break_where_a_reader_expects_it(line: str, lines: list[str]) -> None:
    """The break comes as far out as brackets allow, with a hanging indent."""
    assert lay_out(ast.unparse(ast.parse(line)), 40).splitlines() == lines


@pytest.mark.parametrize(
    ("source", "laid_out"),
    [
        pytest.param("if a:\n    b()\nelse:\n    c()", "if a: b()\nelse: c()", id="both branches"),
        pytest.param("if a:\n    b()\n    c()", "if a:\n\tb()\n\tc()", id="two statements"),
        pytest.param(
            "for a in b:\n    if a:\n        c()",
            "for a in b:\n\tif a: c()",
            id="block in a block",
        ),
        pytest.param(
            "if first_one:\n    call(with_arguments, of_some_size)",
            "if first_one:\n\tcall(with_arguments, of_some_size)",
            id="too long for a line",
        ),
        pytest.param("class A(B):\n    pass", "class A(B): pass", id="empty class"),
        pytest.param("class A:\n    x: int", "class A:\n\tx: int", id="class with a field"),
        pytest.param(
            "def a():\n\n    @b\n    def c():\n        d()",
            "def a():\n\n\t@b\n\tdef c(): d()",
            id="decorated function in a function",
        ),
    ],
)
def test_short_blocks_stand_beside_their_headers(source: str, laid_out: str) -> None:
    """A block of one simple statement is joined to its header where one line can hold both."""
    assert lay_out(source, 40) == laid_out


@pytest.mark.parametrize(
    "line",
    [
        """f"{', '.join(names)}\"""",
        """f"{x['a']} and {y['b']}\"""",
        """call(f"{x['a']}", f'{y}')""",
        """f\"\"\"{x['a']} says "b" here\"\"\"""",
        '''f"{f'{x}'}"''',
        """f'{x!r} and "text"\'""",
    ],
)
def test_f_strings_are_readable_by_every_supported_python(line: str) -> None:
    """No f-string holds its own quotes, whichever Python writes it."""
    assert lay_out(ast.unparse(ast.parse(line))) == line
