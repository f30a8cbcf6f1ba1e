"""What a client that nobody here wrote pushes is subject to the same rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import multi_platform_image
from tests.e2e.pushes import push_with_skopeo

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import ImageIdentifierTypeDef

    from ecrdrain.lab import BuiltImage, Lab


@pytest.fixture
def pushed(lab: Lab, repository: str, tmp_path: Path) -> BuiltImage:
    """A multi-platform image with attestations that skopeo has pushed, tagged `latest`."""
    image = multi_platform_image("skopeo")
    registry = lab.endpoint_url.removeprefix("http://")
    push_with_skopeo(f"{registry}/{repository}", tmp_path, image)
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
