"""moto, names that nobody else has, and a process whose AWS it is."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.e2e.second_emulator.moto_server import Moto, running_moto

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def moto() -> Iterator[Moto]:
    """A moto, one for each pytest process."""
    yield from running_moto()


@pytest.fixture
def on_moto(moto: Moto, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be one whose AWS is moto, and whose function has no settings."""
    functions = ("ECR_REPOSITORY_NAME", "ACCOUNT_ID", "ECRDRAIN_ON_DELETE")
    for name in [*functions, *(each for each in os.environ if each.startswith("AWS_"))]:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name, value in moto.variables.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def name() -> str:
    """A name that nobody else has, for a stack as for a repository."""
    return f"test-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def repository(moto: Moto, name: str) -> str:
    """The name of a new, empty repository in no stack."""
    moto.ecr.create_repository(repositoryName=name)
    return name
