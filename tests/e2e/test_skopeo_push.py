"""What a client that nobody here wrote pushes is subject to the same rules."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import multi_platform_image
from ecrdrain.lab.images import write_oci_layout

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import ImageIdentifierTypeDef

    from ecrdrain.lab import BuiltImage, Lab


def _skopeo() -> str:
    found = shutil.which("skopeo")
    if found is None:
        pytest.fail("skopeo is missing: apt-get install skopeo")
    return found


@pytest.fixture
def pushed(lab: Lab, repository: str, tmp_path: Path) -> BuiltImage:
    """A multi-platform image with attestations that skopeo has pushed, tagged `latest`."""
    image = multi_platform_image("skopeo")
    write_oci_layout(image, tmp_path, "latest")
    registry = lab.endpoint_url.removeprefix("http://")
    command = [
        *(_skopeo(), "--insecure-policy", "copy", "--all", "--dest-tls-verify=false"),
        *(f"oci:{tmp_path}:latest", f"docker://{registry}/{repository}:latest"),
    ]
    subprocess.run(command, check=True)  # noqa: S603 - arguments of our own
    return image


def test_skopeos_push_has_a_row_for_the_tag_and_for_each_child(
    ecr: ECRClient, repository: str, pushed: BuiltImage
) -> None:
    """The listing is the same as after a push through ECR's own API."""
    rows = ecr.list_images(repositoryName=repository)["imageIds"]

    assert {(row["imageDigest"], row.get("imageTag")) for row in rows} == {
        (pushed.digest, "latest"),
        *((child.digest, None) for child in pushed.children),
    }


def test_the_children_of_skopeos_push_stay_until_their_index_has_gone(
    ecr: ECRClient, repository: str, pushed: BuiltImage
) -> None:
    """Each is refused with ImageReferencedByManifestList, and deleted after the index."""
    children: list[ImageIdentifierTypeDef] = [
        {"imageDigest": child.digest} for child in pushed.children
    ]

    early = ecr.batch_delete_image(repositoryName=repository, imageIds=children)
    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": pushed.digest}])
    late = ecr.batch_delete_image(repositoryName=repository, imageIds=children)

    assert {failure["failureCode"] for failure in early["failures"]} == {
        "ImageReferencedByManifestList"
    }
    assert late["failures"] == []
    ecr.delete_repository(repositoryName=repository)
