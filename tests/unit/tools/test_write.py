"""How the function looks as one file."""

from collections.abc import Callable

import pytest

from tests.unit.tools.bundles import HANDLER, bundle, run
from tools.function import layout
from tools.function.errors import BundleError
from tools.function.layout import findings, lay_out
from tools.function.modules import Package
from tools.function.write import write

LONG = "word " * 30


def test_a_file_has_a_header_and_headings(package: Callable[..., Package]) -> None:
    """It begins with what it is, and each room with its name and what it does."""
    made = package(
        app____init__='"""The answer."""\n',
        app__handler=(
            '"""Handles.\n\nMore."""\nfrom fake.core.base import A\ndef handle(): return A\n'
        ),
        core__base='"""The bases."""\nA = 1\nB = A\n',
    )
    assert write(made, HANDLER, "handle", "Header.") == (
        "# Header.\n"
        "\n\n"
        "# --- core/: A room.\n"
        "A = 1\n"
        "\n\n"
        "# --- app/: The answer.\n"
        "def handle():\n"
        " return A\n"
    )


def test_layout_is_standard(package: Callable[..., Package]) -> None:
    """One space, one statement a line, two lines between definitions; what fits is joined."""
    made = package(
        app__handler=(
            "A = 1\n\nB = [\n    1,\n    2,\n]\n\ndef one(): return A\nclass Two:\n\n    x = 1\n"
            "    def y(self): pass\n"
            "C = 'c'\ndef handle():\n    if A: return B, C\n\n    return one, Two().y\n"
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert source.partition("# --- app/: A room.\n")[2] == (
        "A = 1\nB = [1, 2]\n\n\n"
        "def one():\n return A\n\n\n"
        "class Two:\n x = 1\n\n def y(self):\n  pass\n\n\n"
        'C = "c"\n\n\n'
        "def handle():\n if A:\n  return B, C\n return one, Two().y\n"
    )


def test_texts_in_parts_stay_in_parts(package: Callable[..., Package]) -> None:
    """A text that its author split is not joined, and blank rows in a text stay."""
    made = package(
        app__handler=(
            f'A = (\n    "{LONG[:80]}"\n    "{LONG[:80]}"\n)\nB = """\n\n\n\nb"""\n'
            "def handle(): return A, B\n"
        )
    )
    source = bundle(made, HANDLER, "handle")
    assert f'A = (\n "{LONG[:80]}"\n "{LONG[:80]}"\n)\n' in source
    assert run(source)["handle"]() == (LONG[:80] * 2, "\n\n\n\nb")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"B = '{LONG}'", "fake.core.base, line 5: E501 Line too long"),
        ("B = eval('1')", "fake.core.base, line 5: S307 "),
        ("B = [unknown for _ in 'a']", "fake.core.base, line 5: F821 Undefined name `unknown`"),
    ],
)
def test_what_ruff_finds_is_an_error(
    package: Callable[..., Package], line: str, complaint: str
) -> None:
    """A line too long, an unexplained risk or an unknown name is refused by its place."""
    made = package(
        app__handler="from fake.core.base import f\ndef handle(): return f()\n",
        core__base=f"def f(\n    a=1,\n):\n    # why\n    {line}\n    return a, B\n",
    )
    with pytest.raises(BundleError) as caught:
        bundle(made, HANDLER, "handle")
    assert str(caught.value).startswith(complaint)


def test_an_explained_risk_keeps_its_explanation(package: Callable[..., Package]) -> None:
    """The exception stands beside the call that it is for."""
    made = package(
        app__handler="def handle():\n    return eval('1')  # noqa: PGH001, S307 - a literal\n"
    )
    source = bundle(made, HANDLER, "handle")
    assert source.endswith(' return eval("1")  # noqa: S307 - a literal\n')


def test_bundling_a_bundle_changes_nothing(package: Callable[..., Package]) -> None:
    """A bundle is a module like any other: bundled again it comes out the same."""
    made = package(
        app__handler=(
            "import json\n"
            f"LONG = {[f'number {each}' for each in range(40)]!r}\n"
            "def handle(*, first=None, **others):\n    return json.dumps(LONG), first, others\n"
        ),
    )
    once = bundle(made, HANDLER, "handle")
    (made.root / "app" / "handler.py").write_text(once)
    assert bundle(made, HANDLER, "handle") == once


def test_a_source_that_ruff_does_not_understand_is_an_error() -> None:
    """The error is what ruff says."""
    with pytest.raises(BundleError, match="ruff format: error: Failed to parse at 1:5"):
        lay_out("A = \n")


def test_a_layout_that_depends_on_settings_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one of ruff's settings makes must satisfy its default, too."""
    monkeypatch.setattr(layout, "_JOINED", ("--config", "format.quote-style='single'"))
    with pytest.raises(BundleError, match="ruff lays out its own result in another way"):
        lay_out("A = 'a'\n")


def test_findings_have_rows() -> None:
    """Each is told with its code; what has an exception beside it is not."""
    found = findings("import os\nassert A  # noqa: S101 - a test\n")
    assert [(each.row, each.message[:5]) for each in found] == [(1, "F401 "), (2, "F821 ")]
