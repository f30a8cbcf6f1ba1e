"""One module out of many."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tools.function.errors import BundleError
from tools.function.modules import Package
from tools.function.write import write

HANDLER = "fake.app.handler"

FOR_TYPE_CHECKERS = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from fake.app.missing import Nothing
    Alias = Nothing
else:
    Alias = int
"""


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Package]:
    """Make a package ``fake`` out of module paths and their sources."""

    def make(**sources: str) -> Package:
        for name in ("app", "core"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text('"""A room."""\n')
        (tmp_path / "__init__.py").write_text("")
        for name, source in sources.items():
            (tmp_path / name.replace("__", "/", 1)).with_suffix(".py").write_text(source)
        return Package("fake", tmp_path)

    return make


def bundle(package: Package, entry: str, function: str) -> str:
    """Write a function as one file, without the comments at its top."""
    text = write(package, entry, function, "header")
    return text[text.index("from __future__") :]


def run(source: str) -> dict[str, Any]:
    """Execute a bundle as the runtime does, as the module ``index``."""
    module = ModuleType("index")
    sys.modules["index"] = module
    try:
        exec(compile(source, "index.py", "exec"), vars(module))  # noqa: S102 - its purpose
    finally:
        del sys.modules["index"]
    return vars(module)


def test_modules_come_in_the_order_of_their_imports(package: Callable[..., Package]) -> None:
    """A module's definitions stand after those that it imports, however deep."""
    made = package(
        app__handler="from fake.app.middle import half\ndef handle(): return half() + 1\n",
        app__middle="from fake.core.base import BASE\nHALF = BASE // 2\ndef half(): return HALF\n",
        core__base="BASE = 84\n",
    )
    source = bundle(made, HANDLER, "handle")
    assert source.index("BASE = 84") < source.index("HALF = ") < source.index("def handle")
    assert run(source)["handle"]() == 43


def test_a_bundle_imports_nothing_of_the_package(package: Callable[..., Package]) -> None:
    """Imports of the package's own modules are gone, those of others stand merged and sorted."""
    made = package(
        app__handler=(
            "import time\nfrom json import loads, dumps\n"
            "from fake.core.base import BASE, os_name\n"
            "def handle(): return dumps(BASE), loads('1'), time.time(), os_name(), path\n"
            "from os import path\n"
        ),
        core__base=(
            "import time\nimport os.path\nimport json as j\nfrom json import dumps\n"
            "BASE = dumps([1])\ndef os_name(): return os.name, time.tzname, j\n"
        ),
    )
    source = bundle(made, HANDLER, "handle")
    assert source.splitlines()[:8] == [
        "from __future__ import annotations",
        "",
        "import json as j",
        "import os.path",
        "import time",
        "from json import dumps, loads",
        "from os import path",
        "",
    ]
    assert "fake" not in source
    assert run(source)["handle"]()[0] == '"[1]"'


def test_parts_of_one_package_are_imported_together(package: Callable[..., Package]) -> None:
    """`import a.b` and `import a.c` bind one name, and both stay."""
    made = package(
        app__handler=(
            "import xml.dom\nimport xml.sax\nfrom fake.core.base import kind\n"
            "def handle(): return xml.dom, xml.sax, kind()\n"
        ),
        core__base="import xml.etree\ndef kind(): return xml.etree\n",
    )
    source = bundle(made, HANDLER, "handle")
    assert "\nimport xml.dom\nimport xml.etree\nimport xml.sax\n" in source
    assert len(run(source)["handle"]()) == 3


def test_names_are_found_through_a_package(package: Callable[..., Package]) -> None:
    """A name that a package's __init__ passes on is taken from where it is defined."""
    made = package(
        app__handler="from fake.core import answer\ndef handle(): return answer()\n",
        core____init__="from fake.core.base import answer\n__all__ = ['answer']\n",
        core__base="def answer(): return 42\n",
    )
    source = bundle(made, HANDLER, "handle")
    assert run(source)["handle"]() == 42
    assert "__all__" not in source


def test_imports_inside_functions_stay(package: Callable[..., Package]) -> None:
    """What a function imports when it runs is imported there in the bundle too."""
    made = package(app__handler="def handle():\n    import json\n    return json.dumps(1)\n")
    source = bundle(made, HANDLER, "handle")
    assert "\n\timport json\n" in source
    assert run(source)["handle"]() == "1"


def test_docstrings_and_comments_are_left_out(package: Callable[..., Package]) -> None:
    """Texts that only explain are dropped; a body of nothing else keeps a pass."""
    made = package(
        app__handler=(
            '"""Module."""\n# comment\nLIMIT = 1\n"""Constant."""\n'
            'class Error(Exception):\n    """Class."""\n'
            'def handle():\n    """Function."""  # comment\n    raise Error(LIMIT)\n'
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert '"""' not in source
    assert "#" not in source
    assert "class Error(Exception): pass\n" in source
    names = run(source)
    with pytest.raises(names["Error"], match="1"):
        names["handle"]()


def test_annotations_are_left_out_but_for_fields(package: Callable[..., Package]) -> None:
    """A function's annotations are dropped with what only they name; a class's fields stay."""
    made = package(
        app__handler=(
            "from typing import Protocol\n"
            "class Wanted(Protocol):\n    def name(self) -> str: ...\n"
            "class Point:\n    x: int\n"
            "    def __init__(self, x: Wanted):\n        self.x: Wanted = x\n"
            "LIMIT: int = 1\n"
            "def handle(a: Wanted, *b: int, c: 'Wanted' = None, **d: Wanted) -> Wanted:\n"
            "    if a:\n        y: int\n"
            "    e: int = LIMIT\n    return Point(e).x\n"
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert "Wanted" not in source
    assert "\n\tx: int\n" in source
    assert "\nLIMIT = 1\n" in source
    assert "def handle(a, *b, c=None, **d):\n\tif a: pass\n\te = LIMIT\n" in source
    assert run(source)["handle"](1) == 1


def test_blocks_for_type_checkers_are_left_out(package: Callable[..., Package]) -> None:
    """What only a type checker sees is dropped with its imports; its else branch runs."""
    made = package(
        app__handler=f"{FOR_TYPE_CHECKERS}\ndef handle(of: 'Nothing' = Alias): return of\n"
    )
    source = bundle(made, HANDLER, "handle")
    assert "TYPE_CHECKING" not in source
    assert run(source)["handle"]() is int


def test_what_the_function_never_uses_is_left_out(package: Callable[..., Package]) -> None:
    """Definitions and imports out of the function's reach are dropped; others stay whole."""
    made = package(
        app__handler=(
            "import re\nimport json\n"
            "def unused(): return re\n"
            "def handle(): return [helper() for unused in '1']\n"
            "def helper(): return json\n"
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert "def unused" not in source
    assert "import re" not in source
    assert "def helper" in source


def test_methods_that_nothing_mentions_are_left_out(package: Callable[..., Package]) -> None:
    """A plain class keeps what is called or named in a text, and what Python calls itself."""
    made = package(
        app__handler="""
class Plain:
    def __init__(self): self.used()
    def used(self): return self.deeper()
    def deeper(self): return 1
    def named(self): return 2
    def idle(self): return self.idler()
    def idler(self): return 3
class Late(Exception):
    def idle(self): return 4
def handle(): return getattr(Plain(), "named")(), Late
""",
    )
    source = bundle(made, HANDLER, "handle")
    assert source.count("def idle") == 1  # that of the exception: Python may know it
    assert "idler" not in source
    assert run(source)["handle"]()[0] == 2
    for kept in ("__init__", "used", "deeper", "named"):
        assert f"def {kept}(" in source


def test_statements_that_act_stay(package: Callable[..., Package]) -> None:
    """A call at the top, and a definition that a decorator of the package takes, are kept."""
    made = package(
        app__handler=(
            "TABLE = {}\n"
            "def known(function):\n    TABLE[function.__name__] = function\n    return function\n"
            "@known\ndef one(): return 1\n"
            "TABLE.update(two=2)\n"
            "def handle(): return TABLE\n"
        )
    )
    assert set(run(bundle(made, HANDLER, "handle"))["handle"]()) == {"one", "two"}


def test_dataclasses_keep_working(package: Callable[..., Package]) -> None:
    """The annotations of fields become text in a bundle, which dataclasses do not mind."""
    made = package(
        app__handler=(
            "from dataclasses import dataclass, field\nfrom typing import ClassVar\n"
            "@dataclass(frozen=True)\nclass Point:\n"
            "    kind: ClassVar[str] = 'point'\n    x: int\n"
            "    more: list[int] = field(default_factory=list)\n"
            "def handle(): return Point(1)\n"
        )
    )
    point = run(bundle(made, HANDLER, "handle"))["handle"]()
    assert (point.x, point.more, point.kind) == (1, [], "point")


def test_a_bundle_is_laid_out_readably(package: Callable[..., Package]) -> None:
    """Definitions stand two lines apart and constants together, in a file that ends in a line."""
    made = package(
        app__handler=(
            "A = 1\nB = 2\ndef one(): return A\nclass Two: pass\nC = 3\n"
            "def handle(): return A, B, C, one, Two\n"
        )
    )
    assert bundle(made, HANDLER, "handle") == (
        "from __future__ import annotations\n\n\nA = 1\nB = 2\n\n\n"
        "def one(): return A\n\n\nclass Two: pass\n\n\nC = 3\n\n\n"
        "def handle(): return (A, B, C, one, Two)\n"
    )


@pytest.mark.parametrize(
    ("sources", "complaint"),
    [
        pytest.param(
            {
                "app__handler": "from fake.core.base import x\nclass Help: x\ndef handle(): x\n",
                "core__base": "x = 1\ndef Help(): ...\n",
            },
            "Help means two things: fake.core.base and fake.app.handler both bind it",
            id="two definitions",
        ),
        pytest.param(
            {
                "app__handler": "import os.path\nfrom fake.core.base import x\ndef handle(): x\n",
                "core__base": "from posix import path as os\nx = 1\n",
            },
            "os means two things: fake.core.base and fake.app.handler both bind it",
            id="two imports",
        ),
        pytest.param(
            {
                "app__handler": "import json\nfrom fake.core.base import x\ndef handle(): x\n",
                "core__base": "x = 1\njson = 2\n",
            },
            "json means two things",
            id="an import and a definition",
        ),
        pytest.param(
            {"app__handler": "def filter(): ...\ndef handle(): ...\n"},
            "fake.app.handler redefines the builtin filter",
            id="a builtin",
        ),
        pytest.param(
            {
                "app__handler": "from fake.core.base import x as y\ndef handle(): y\n",
                "core__base": "x = 1\n",
            },
            "fake.app.handler, line 1: x as y would need renaming",
            id="an alias",
        ),
        pytest.param(
            {"app__handler": "import fake.core\ndef handle(): ...\n"},
            "fake.app.handler, line 1: import names from our modules, not the modules",
            id="an imported module",
        ),
        pytest.param(
            {"app__handler": "from fake.core import base\ndef handle(): ...\n", "core__base": ""},
            "fake.app.handler, line 1: fake.core does not define base",
            id="a module imported as a name",
        ),
        pytest.param(
            {"app__handler": "from fake.core.base import x\ndef handle(): x\n"},
            "no source for module fake.core.base",
            id="no source",
        ),
        pytest.param(
            {"app__handler": "from fake.core import *\ndef handle(): ...\n"},
            "fake.app.handler, line 1: import the names",
            id="a star",
        ),
        pytest.param(
            {"app__handler": "from . import x\ndef handle(): ...\n"},
            "fake.app.handler, line 1: write a relative import as an absolute one",
            id="a relative import",
        ),
        pytest.param(
            {"app__handler": "def handle():\n    from fake.core import x\n"},
            "fake.app.handler, line 2: import from our modules at the top",
            id="a hidden import of names",
        ),
        pytest.param(
            {"app__handler": "if True:\n    import fake.core\ndef handle(): ...\n"},
            "fake.app.handler, line 2: import from our modules at the top",
            id="a hidden import of a module",
        ),
        pytest.param(
            {
                "app__handler": "from fake.core.base import x\ndef handle(): x\n",
                "core__base": "from fake.app.handler import handle\nx = 1\n",
            },
            "import cycle: fake.app.handler -> fake.core.base -> fake.app.handler",
            id="a cycle",
        ),
        pytest.param(
            {"app__handler": "def other(): ...\n"},
            "fake.app.handler does not define handle",
            id="no function",
        ),
    ],
)
def test_what_one_namespace_cannot_hold_is_an_error(
    package: Callable[..., Package], sources: dict[str, str], complaint: str
) -> None:
    """Modules that a bundle would not be faithful to are refused by name and line."""
    with pytest.raises(BundleError) as caught:
        bundle(package(**sources), HANDLER, "handle")
    assert complaint in str(caught.value)


def test_names_of_inner_scopes_do_not_clash(package: Callable[..., Package]) -> None:
    """Only names of a module's own scope count: not those of comprehensions, nor of functions."""
    made = package(
        app__handler=(
            "from fake.core.base import each\n"
            "ALL = [each2 for each2 in 'ab']\n"
            "KEY = lambda id: (each2 := id)\n"
            "def handle():\n    type = each\n    return type, ALL, KEY\n"
        ),
        core__base="each = 1\neach2 = 2\nSUM = {id for id in 'ab'}\n",
    )
    assert run(bundle(made, HANDLER, "handle"))["handle"]()[:2] == (1, ["a", "b"])


def test_bundling_a_bundle_changes_nothing(package: Callable[..., Package]) -> None:
    """A bundle is a module like any other: bundled again it comes out the same."""
    made = package(
        app__handler=(
            "import json\nfrom fake.core.base import LONG\n"
            "def handle(*, first=None, **others):\n    return json.dumps(LONG), first, others\n"
        ),
        core__base=f"LONG = {[f'number {each}' for each in range(40)]!r}\n",
    )
    once = bundle(made, HANDLER, "handle")
    again = made.root / "app" / "handler.py"
    assert isinstance(again, Path)
    again.write_text(once)
    assert bundle(made, HANDLER, "handle") == once
    assert ast.dump(ast.parse(once)) == ast.dump(ast.parse(again.read_text()))
