"""One module out of many."""

from collections.abc import Callable

import pytest

from tests.unit.tools.bundles import HANDLER, bundle, run
from tools.function.errors import BundleError
from tools.function.modules import Package


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
    assert source.splitlines()[:6] == [
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
    assert "import xml.dom\nimport xml.etree\nimport xml.sax\n" in source
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
    assert "\n import json\n" in source
    assert run(source)["handle"]() == "1"


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
            {
                "app__handler": "from fake.core.base import x\ndef handle(): x\n",
                "core__base": "from fake.app.other import y\nx = y\n",
                "app__other": "y = 1\n",
            },
            "rooms import each other: ",
            id="a cycle of rooms",
        ),
        pytest.param(
            {"app__handler": "A = 1; B = 2\ndef handle(): A\n"},
            "fake.app.handler, line 1: write one statement a line",
            id="two statements in a line",
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
            "KEY = [lambda id: (each2 := id) + each2]\n"
            "def handle():\n    type = each\n    return type, ALL, KEY\n"
        ),
        core__base="each = 1\neach2 = 2\nSUM = {id for id in 'ab'}\n",
    )
    assert run(bundle(made, HANDLER, "handle"))["handle"]()[:2] == (1, ["a", "b"])


def test_rooms_stand_together(package: Callable[..., Package]) -> None:
    """The modules of a room follow each other, after those of the rooms that it imports from."""
    made = package(
        app__handler=(
            "from fake.app.first import A\nfrom fake.core.one import B\n"
            "from fake.app.second import C\nfrom fake.core.two import D\n"
            "def handle(): return A, B, C, D\n"
        ),
        app__first="A = 1\n",
        core__one="B = 2\n",
        app__second="C = 3\n",
        core__two="D = 4\n",
    )
    source = bundle(made, HANDLER, "handle")
    lines = source.splitlines()
    marks = ("# --- ", "A =", "B =", "C =", "D =")
    assert [line for line in lines if line.startswith(marks)] == [
        "# --- core/: A room.",
        "B = 2",
        "D = 4",
        "# --- app/: A room.",
        "A = 1",
        "C = 3",
    ]
    assert run(source)["handle"]() == (1, 2, 3, 4)


def test_what_only_an_idle_method_uses_is_left_out(package: Callable[..., Package]) -> None:
    """A method that nothing mentions goes with all that it alone needs, and leaves a body."""
    made = package(
        app__handler=(
            "import json\ndef helper(): return json\n"
            "class Plain:\n    @property\n    def idle(self):\n        return helper()\n"
            "def handle(): return Plain()\n"
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert "helper" not in source
    assert "json" not in source
    assert "class Plain:\n pass\n" in source
    assert run(source)["handle"]()
