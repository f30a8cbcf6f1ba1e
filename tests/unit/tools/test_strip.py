"""What is left of a module's text."""

import ast

import pytest

from tests.unit.tools.bundles import run
from tools.function.bundle import bundle
from tools.function.errors import BundleError
from tools.function.source import ENTRY, FUNCTION, PACKAGE
from tools.function.strip import strip


@pytest.fixture(scope="module")
def sources() -> list[str]:
    """The modules that our function is made of."""
    names = [part.module.name for part in bundle(PACKAGE, ENTRY, FUNCTION).parts]
    return [file.read_text() for name in names if (file := PACKAGE.find(name))]


class Essence(ast.NodeTransformer):
    """Leaves out of a tree what may be left out, in another way than by the text."""

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drop the annotation."""
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drop what is said of the result."""
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Drop the annotation, and all where no value is given."""
        return node.value and ast.Assign([node.target], node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Keep the annotations of fields."""
        left: list[ast.stmt | None] = [
            each if isinstance(each, ast.AnnAssign) else self.visit(each) for each in node.body
        ]
        node.body = [each for each in left if each is not None]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        """Drop docstrings."""
        text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if text else self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | None:
        """Drop blocks for type checkers."""
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else self.generic_visit(node)

    def visit_Pass(self, _: ast.Pass) -> None:
        """Drop what stands for nothing."""


def essence(source: str) -> str:
    """Write down what is left of a module's tree; an empty body shows nothing."""
    return ast.dump(Essence().visit(ast.parse(source)))


def left(source: str, docstrings_from: int = 2) -> list[str]:
    """Strip a module and return the rows that are not blank."""
    return [row for row in strip(source, "m", docstrings_from).split("\n") if row.strip()]


def test_nothing_that_runs_is_left_out(sources: list[str]) -> None:
    """A stripped module of ours does what its tree does without docstrings and annotations."""
    for source in sources:
        assert essence(strip(source, "m", 2)) == essence(source)


def test_what_is_left_keeps_its_row(sources: list[str]) -> None:
    """A row that is left holds nothing but what stood in it, or what closes a shorter text."""
    for source in sources:
        rows = zip(source.split("\n"), strip(source, "m", 2).split("\n"), strict=True)
        for before, after in rows:
            rest = iter(before)
            kept = after.removesuffix('"""').removesuffix("pass").removesuffix("\\")
            assert all(character in rest for character in kept)


def test_annotations_of_functions_and_variables_are_left_out() -> None:
    """Arguments, results and variables lose theirs, wherever these end; defaults stay."""
    source = (
        "def f(a: int, *b: dict[str, int], c: 'X | None' = None, d: (str) = '',\n"
        "      **e: Callable[[int], str]) -> dict[str, 'Y']:\n"
        "    g: list[int] = [a for a in b]\n"
        "    h.i: int = lambda j: j\n"
        "    é: 'ä' = 'ö'\n"
    )
    assert left(source) == [
        "def f(a, *b, c = None, d = '',",
        "      **e):",
        "    g = [a for a in b]",
        "    h.i = lambda j: j",
        "    é = 'ö'",
    ]


def test_an_annotation_of_several_rows_leaves_one_statement() -> None:
    """What its brackets held together stays together."""
    stripped = strip(
        "A: dict[\n  str,\n  int,\n] = {}\ndef f() -> dict[\n  str, int\n]: return A\n", "m", 2
    )
    assert run(stripped)["f"]() == {}


def test_fields_keep_their_annotations() -> None:
    """Those of a class stay, with and without a value."""
    source = "class A:\n    x: int\n    y: int = 1\n"
    assert left(source) == ["class A:", "    x: int", "    y: int = 1"]


def test_an_annotation_without_a_value_is_left_out() -> None:
    """A variable that gets no value is no statement; a body of nothing else becomes a pass."""
    source = "x: int\nif f:\n    y: int\n    z: int\nelse:\n    f()\n"
    assert left(source) == ["if f:", "    pass", "else:", "    f()"]


def test_blocks_for_type_checkers_are_left_out() -> None:
    """What only a type checker sees is dropped, at the top and inside."""
    source = (
        "if TYPE_CHECKING:\n    import a\nif typing.TYPE_CHECKING:\n    import b\n"
        "def f():\n    if TYPE_CHECKING:\n        import c\n    return 1\n"
    )
    assert left(source) == ["def f():", "    return 1"]


def test_a_block_beside_the_type_checker_s_is_an_error() -> None:
    """What runs only where a type checker sees something else is refused by its line."""
    with pytest.raises(BundleError, match="m, line 4: let nothing run"):
        strip("if TYPE_CHECKING:\n    A = 1\nelse:\n    A = 2\n", "m", 2)


def test_docstrings_keep_their_first_line() -> None:
    """What follows the summary is dropped; those of modules and constants go altogether."""
    source = (
        '"""Module."""\nLIMIT = 1\n"""Constant."""\n'
        'class A:\n    """Class.\n\n    Attributes:\n        x: X.\n    """\n'
        "    x: int\n    y: int\n"
        'def f():\n    r"""Function."""\n    g()\n    h()\n'
    )
    assert left(source) == [
        "LIMIT = 1",
        "class A:",
        '    """Class."""',
        "    x: int",
        "    y: int",
        "def f():",
        '    r"""Function."""',
        "    g()",
        "    h()",
    ]


def test_what_is_obvious_has_no_docstring() -> None:
    """A body of fewer statements than asked for, inner ones counted, loses its docstring."""
    one = 'def f():\n    """One."""\n    return 1\n'
    two = 'def f():\n    """Two."""\n    if a:\n        return 1\n'
    assert '"""One."""' not in strip(one, "m", 2)
    assert '"""One."""' in strip(one, "m", 1)
    assert '"""Two."""' in strip(two, "m", 2)
    assert '"""Two."""' not in strip(two, "m", 3)


def test_a_docstring_alone_stays() -> None:
    """Where a body is nothing else, its first line says more than a pass."""
    source = 'class A(Exception):\n    """One.\n\n    More.\n    """\n'
    assert left(source, 9) == ["class A(Exception):", '    """One."""']


def test_comments_are_left_out_but_for_exceptions_from_security_rules() -> None:
    """Those stay with their reason, without the codes that are none of a reader's business."""
    source = (
        "# why\nf()  # more\n"
        "g()  # noqa: S310 - the scheme is checked\n"
        "h()  # noqa: BLE001, S110 - closing is enough\n"
        "i()  # noqa: SIM102 - easier to read\n"
        "j('# no comment')  # type: ignore[x]\n"
    )
    assert left(source) == [
        "f()",
        "g()  # noqa: S310 - the scheme is checked",
        "h()  # noqa: S110 - closing is enough",
        "i()",
        "j('# no comment')",
    ]


def test_an_exception_without_a_reason_is_an_error() -> None:
    """A reader of the template wants to know why."""
    with pytest.raises(BundleError, match="m, line 2: give the reason: # noqa: S310 - reason"):
        strip("f()\ng()  # noqa: S310\n", "m", 2)


def test_texts_stay_as_they_are() -> None:
    """Blank rows, hashes and colons in a text are not looked at."""
    source = 'A = """\n\n# a: b\n"""\nB = f"{A}: # c"\n'
    assert strip(source, "m", 2) == source


def test_what_cannot_be_left_out_by_itself_is_an_error() -> None:
    """Statements that share a line are refused by its number."""
    with pytest.raises(BundleError, match="m, line 2: annotations and docstrings cannot be left"):
        strip("A = 1\nx: int; B = 2\n", "m", 2)
