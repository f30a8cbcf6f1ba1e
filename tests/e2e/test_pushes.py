"""What clients that nobody here wrote have pushed goes like everything else."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

import ecrdrain
from tests.e2e.pushes import PUSHES, Push, run
from tests.e2e.test_drain import assert_drained

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import Lab
    from tests.e2e.scenarios.world import World

every_program = pytest.mark.parametrize("push", PUSHES.values(), ids=PUSHES)


def registry_of(lab: Lab) -> str:
    """Return the host and port that registry clients speak to."""
    return lab.endpoint_url.removeprefix("http://")


def assert_pushed(ecr: ECRClient, repository: str, push: Push) -> None:
    """See that the repository holds what the program is meant to push, and nothing else."""
    images = ecr.describe_images(repositoryName=repository)["imageDetails"]
    assert Counter(image["imageManifestMediaType"] for image in images) == push.manifests
    assert {tag for image in images for tag in image.get("imageTags", [])} == push.tags


@every_program
def test_what_a_program_pushed_goes_with_its_stack(
    push: Push, world: World, tmp_path: Path
) -> None:
    """Indexes of Docker and of OCI, images with several tags, artifacts with a subject."""
    world.create(world.both())
    name = world.full_name("app")
    push.program(f"{registry_of(world.account.lab)}/{name}", tmp_path)
    assert_pushed(world.account.ecr, name, push)

    world.delete()

    assert_drained(world, push.images)


@every_program
def test_what_a_program_pushed_goes_by_a_drain(
    push: Push, lab: Lab, ecr: ECRClient, repository: str, tmp_path: Path
) -> None:
    """Each image is counted once, and ECR lets the empty repository be deleted."""
    push.program(f"{registry_of(lab)}/{repository}", tmp_path)
    assert_pushed(ecr, repository, push)

    report = ecrdrain.drain(repository, client=ecr)

    assert (report.empty, report.deleted, report.left) == (True, push.images, 0)
    ecr.delete_repository(repositoryName=repository)


def test_a_program_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it: nothing is skipped."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(pytest.fail.Exception, match="buildah is missing: apt-get install buildah"):
        run("buildah", "--version")
