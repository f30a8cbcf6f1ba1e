"""Both forms of the function: our package, and the module that templates hold."""

from __future__ import annotations

import importlib
import sys
import types
from typing import TYPE_CHECKING

import pytest

from ecrdrain.templates import function_source
from tests.receiver import Receiver, receiving
from tests.unit.resource.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

RENDERED = "ecrdrain_rendered_function"


@pytest.fixture(scope="session", params=["package", "rendered"])
def function(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The module with `lambda_handler`, once from the package and once as deployed."""
    if request.param == "package":
        yield importlib.import_module("ecrdrain.resource.handler")
        return
    module = types.ModuleType(RENDERED)
    sys.modules[RENDERED] = module  # dataclasses look their module up
    exec(compile(function_source(), "index.py", "exec"), vars(module))  # noqa: S102 - our own code
    yield module
    del sys.modules[RENDERED]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An address that takes answers."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def stage(function: ModuleType, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A function whose AWS is played by the lab's rules."""
    for name in ("ECR_REPOSITORY_NAME", "ACCOUNT_ID", "ECRDRAIN_ON_DELETE"):
        monkeypatch.delenv(name, raising=False)
    playing = Stage(function, receiver.url)
    monkeypatch.setattr(function, "client", playing.client)
    return playing
