"""What the lab needs before it can start."""

import importlib.metadata
import tomllib
from pathlib import Path
from typing import NoReturn

import pytest

from ecrdrain.lab import Lab, LabError
from ecrdrain.lab.emulator import EMULATOR_VERSION


def test_a_missing_emulator_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MiniStack the error says what to install."""

    def absent(name: str) -> NoReturn:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)

    with pytest.raises(LabError, match=r"not installed: pip install 'ecrdrain\[lab\]'"):
        Lab.start()


def test_another_release_of_the_emulator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The additions fit one release, so the error names both."""
    monkeypatch.setattr(importlib.metadata, "version", lambda _: "9.9.9")

    with pytest.raises(LabError, match=rf"needs MiniStack {EMULATOR_VERSION}.*9\.9\.9"):
        Lab.start()


def test_the_package_asks_for_the_release_that_the_lab_is_made_for() -> None:
    """The extra `lab` and the lab name the same release."""
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))

    extra = project["project"]["optional-dependencies"]["lab"]
    assert f"ministack=={EMULATOR_VERSION}" in extra
