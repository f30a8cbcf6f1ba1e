"""Both forms of the function, and the world that a test plays for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.function_forms import FORMS, loaded
from tests.receiver import Receiver, receiving
from tests.unit.resource.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@pytest.fixture(scope="session", params=FORMS)
def function(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The module with `lambda_handler`, once from the package and once as deployed."""
    with loaded(request.param) as module:
        yield module


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
