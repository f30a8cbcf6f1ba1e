"""The emulator without our additions, to show what each of them is for."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import Lab
from tests.integration.lab.stacks import Stacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecr import ECRClient


@pytest.fixture(scope="session")
def plain_lab() -> Iterator[Lab]:
    """The emulator as it comes."""
    with Lab.start(plain=True) as running:
        yield running


@pytest.fixture(scope="session")
def plain_ecr(plain_lab: Lab) -> Iterator[ECRClient]:
    """The plain emulator's ECR."""
    client: ECRClient = plain_lab.client("ecr")
    yield client
    client.close()


@pytest.fixture(scope="session")
def stacks(lab: Lab) -> Iterator[Stacks]:
    """Stacks of the lab."""
    made = Stacks(lab)
    yield made
    made.close()


@pytest.fixture(scope="session")
def plain_stacks(plain_lab: Lab) -> Iterator[Stacks]:
    """Stacks of the plain emulator."""
    made = Stacks(plain_lab)
    yield made
    made.close()


@pytest.fixture
def plain_repository(plain_ecr: ECRClient) -> str:
    """The name of a new, empty repository of the plain emulator."""
    name = f"test/{uuid.uuid4().hex[:12]}"
    plain_ecr.create_repository(repositoryName=name)
    return name
