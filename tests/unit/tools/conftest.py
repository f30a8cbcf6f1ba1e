"""A package to write as one file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tools.function.modules import Package


@pytest.fixture
def package(tmp_path: Path) -> Callable[..., Package]:
    """Make a package `fake` out of module paths and their sources."""

    def make(**sources: str) -> Package:
        for name in ("app", "core"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "__init__.py").write_text('"""A room."""\n')
        (tmp_path / "__init__.py").write_text("")
        for name, source in sources.items():
            (tmp_path / name.replace("__", "/", 1)).with_suffix(".py").write_text(source)
        return Package("fake", tmp_path)

    return make
