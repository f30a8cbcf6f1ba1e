"""What all tests share: the lab, its clients, and the rule that a test says what is true."""

from __future__ import annotations

import signal
import uuid
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from ecrdrain.lab import Lab
from tests.effort import examples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

# In a shell's background Ctrl-C is ignored, and so it would be by every process that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A loaded machine is no reason for a property to fail.
settings.register_profile("ecrdrain", examples())
settings.load_profile("ecrdrain")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that do not say in a docstring what is true."""
    silent = [
        item.nodeid for item in items if isinstance(item, pytest.Function) and not item.obj.__doc__
    ]
    if silent:
        raise pytest.UsageError("no docstring that says what is true: " + ", ".join(silent))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """A local AWS, one for each pytest process."""
    with Lab.start() as running:
        yield running


@pytest.fixture(scope="session")
def enforcing_lab() -> Iterator[Lab]:
    """A local AWS that judges every call by the caller's IAM policies."""
    with Lab.start(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="session")
def ecr(lab: Lab) -> Iterator[ECRClient]:
    """The lab's ECR, as the account's root."""
    client: ECRClient = lab.client("ecr")
    yield client
    client.close()


@pytest.fixture(scope="session")
def cloudformation(lab: Lab) -> Iterator[CloudFormationClient]:
    """The lab's CloudFormation, as the account's root."""
    client: CloudFormationClient = lab.client("cloudformation")
    yield client
    client.close()


@pytest.fixture(scope="session")
def logs(lab: Lab) -> Iterator[CloudWatchLogsClient]:
    """The lab's CloudWatch Logs, as the account's root."""
    client: CloudWatchLogsClient = lab.client("logs")
    yield client
    client.close()


@pytest.fixture(scope="session")
def s3(lab: Lab) -> Iterator[S3Client]:
    """The lab's S3, as the account's root."""
    client: S3Client = lab.client("s3")
    yield client
    client.close()


@pytest.fixture
def repository(ecr: ECRClient) -> str:
    """The name of a new, empty repository."""
    name = f"test/{uuid.uuid4().hex[:12]}"
    ecr.create_repository(repositoryName=name)
    return name
