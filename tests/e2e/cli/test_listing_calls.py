"""How often the commands list images: once for the plan and the drain together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.cli.app import run
from ecrdrain.lab.strict import StrictEcr
from tests.e2e.cli.conftest import create_stack, repository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient

IMAGES = 10_000
ONE_LISTING = IMAGES // 1000
OVERHEAD = 3
"""Calls beside one listing: one proves the permission, one sees that nothing is left."""


@pytest.fixture
def strict(on_lab: None, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictEcr]:
    """A strict ECR server that counts calls, in place of the lab's ECR."""
    del on_lab
    with StrictEcr.start(
        repository=name, images=IMAGES, topology="single", in_process=True
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_ECR", server.endpoint_url)
        yield server


def listing_calls(strict: StrictEcr) -> int:
    """Return how many calls have listed images."""
    state = strict.state()
    return state.count("ListImages") + state.count("DescribeImages")


def test_drain_lists_the_images_once(
    strict: StrictEcr, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first round starts with what the plan has listed."""
    status = run(["drain", name, "--yes", "--output", "json"])

    [report] = json.loads(capsys.readouterr().out)["repositories"]
    assert status == 0
    assert (report["deleted"], report["empty"]) == (IMAGES, True)
    assert listing_calls(strict) <= ONE_LISTING + OVERHEAD
    assert strict.state().count("BatchDeleteImage") == IMAGES // 100 + 1


def test_stack_delete_lists_the_images_once(
    strict: StrictEcr,
    cloudformation: CloudFormationClient,
    name: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The stack is read again before it is deleted, its images are not."""
    create_stack(cloudformation, name, {"Repository": repository(name)})

    status = run(["stack", "delete", name, "--yes", "--output", "json"])

    [outcome] = json.loads(capsys.readouterr().out)["stacks"]
    [report] = outcome["repositories"]
    assert (status, outcome["ending"]) == (0, "deleted")
    assert (report["deleted"], report["empty"]) == (IMAGES, True)
    assert listing_calls(strict) <= ONE_LISTING + OVERHEAD
    assert strict.state().count("BatchDeleteImage") == IMAGES // 100 + 1
