"""Each test runs against both registries of the lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.config import Config

from ecrdrain.lab import Lab, StrictEcr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecr import ECRClient


@pytest.fixture(scope="session")
def strict_server() -> Iterator[StrictEcr]:
    """A strict ECR server, one for each pytest process."""
    with StrictEcr.start(in_process=True) as running:
        yield running


@pytest.fixture(scope="session", params=["emulator", "strict server"])
def registry(request: pytest.FixtureRequest) -> Lab | StrictEcr:
    """The emulator's registry, then the strict server's."""
    name = "lab" if request.param == "emulator" else "strict_server"
    found: Lab | StrictEcr = request.getfixturevalue(name)
    return found


@pytest.fixture(scope="session")
def ecr(registry: Lab | StrictEcr) -> Iterator[ECRClient]:
    """A client that sends what it is given: the registry has to refuse what is wrong."""
    client = registry.client("ecr", config=Config(parameter_validation=False))
    yield client
    client.close()
