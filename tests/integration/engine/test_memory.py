"""How much memory a drain takes, measured from outside."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ecrdrain.lab.strict import StrictEcr

pytestmark = pytest.mark.once

DRAIN = """
import resource, sys
import boto3
from ecrdrain.engine import Limits, PrivateRepository, client_config, drain_repository
client = boto3.client(
    "ecr", region_name="us-east-1", endpoint_url=sys.argv[1], config=client_config(16),
    aws_access_key_id="lab", aws_secret_access_key="lab",
)
report = drain_repository(PrivateRepository(client, "lab"), 16, Limits())
print(report.deleted, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(topology: str, images: int) -> float:
    """Drain a repository in a process of its own and return the most memory it had, in MiB."""
    with StrictEcr.start(topology=topology, images=images) as server:
        process = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", DRAIN, server.endpoint_url],
            capture_output=True,
            text=True,
            check=True,
        )
    deleted, kibibytes = map(int, process.stdout.split())
    assert deleted == images
    return kibibytes / 1024


@pytest.mark.parametrize("topology", ["single", "multi-tag", "buildx", "untagged-indexes"])
def test_memory_does_not_grow_with_the_number_of_images(topology: str) -> None:
    """Five and fifty times the images take 20 MiB more at most, through sixteen threads.

    The smallest drain has work for each of the threads, so that these are in its measure.
    """
    small = peak(topology, 2_000)
    assert peak(topology, 10_000) - small <= 20
    assert peak(topology, 100_000) - small <= 20
