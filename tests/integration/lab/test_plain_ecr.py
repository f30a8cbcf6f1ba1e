"""What the emulator's own ECR lacks: when it learns one of these, an addition can go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ecrdrain.lab import multi_platform_image, push, push_many, single_platform_image
from tests.integration.lab.registry_client import RegistryClient

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import Lab

ABSENT = "sha256:" + "0" * 64


def _put(ecr: ECRClient, repository: str, content: str, tag: str) -> str:
    """Put anything as a manifest, which the plain emulator takes; return its digest."""
    manifest = json.dumps({"x": content})
    answer = ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag=tag)
    return answer["image"]["imageId"]["imageDigest"]


def _tags(ecr: ECRClient, repository: str) -> list[str | None]:
    return [row.get("imageTag") for row in ecr.list_images(repositoryName=repository)["imageIds"]]


def test_a_listing_has_no_pages(plain_ecr: ECRClient, plain_repository: str) -> None:
    """All 101 rows come at once, whatever maxResults says."""
    push_many(plain_ecr, plain_repository, 101)

    answer = plain_ecr.list_images(repositoryName=plain_repository, maxResults=5)

    assert len(answer["imageIds"]) == 101


def test_only_the_last_tag_of_an_image_has_a_row(
    plain_ecr: ECRClient, plain_repository: str
) -> None:
    """Of two tags the second is listed."""
    _put(plain_ecr, plain_repository, "x", "v1")
    _put(plain_ecr, plain_repository, "x", "v2")

    assert _tags(plain_ecr, plain_repository) == ["v2"]


def test_a_tag_that_moved_is_listed_twice(plain_ecr: ECRClient, plain_repository: str) -> None:
    """The image that had it before still shows it."""
    _put(plain_ecr, plain_repository, "old", "latest")
    _put(plain_ecr, plain_repository, "new", "latest")

    assert _tags(plain_ecr, plain_repository) == ["latest", "latest"]


def test_a_call_takes_101_ids(plain_lab: Lab, plain_repository: str) -> None:
    """BatchDeleteImage answers them all."""
    ecr = plain_lab.client("ecr", config=Config(parameter_validation=False))

    answer = ecr.batch_delete_image(
        repositoryName=plain_repository, imageIds=[{"imageDigest": ABSENT}] * 101
    )

    assert len(answer["failures"]) == 101


def test_any_tag_takes_the_image_along(plain_ecr: ECRClient, plain_repository: str) -> None:
    """Deleting one of two tags deletes the image."""
    for tag in ("a", "b"):
        _put(plain_ecr, plain_repository, "x", tag)

    plain_ecr.batch_delete_image(repositoryName=plain_repository, imageIds=[{"imageTag": "a"}])

    assert _tags(plain_ecr, plain_repository) == []


def test_a_wrong_tag_beside_a_digest_deletes(plain_ecr: ECRClient, plain_repository: str) -> None:
    """The digest decides, whatever the tag."""
    digest = _put(plain_ecr, plain_repository, "x", "right")

    image_ids: Any = [{"imageDigest": digest, "imageTag": "wrong"}]
    plain_ecr.batch_delete_image(repositoryName=plain_repository, imageIds=image_ids)

    assert _tags(plain_ecr, plain_repository) == []


def test_a_child_goes_before_its_index(plain_ecr: ECRClient, plain_repository: str) -> None:
    """It is deleted although the index lists it."""
    index = multi_platform_image("children")
    push(plain_ecr, plain_repository, index, tags=["t"])

    answer = plain_ecr.batch_delete_image(
        repositoryName=plain_repository, imageIds=[{"imageDigest": index.children[0].digest}]
    )

    assert answer["failures"] == []


def test_there_is_no_archive(plain_ecr: ECRClient, plain_repository: str) -> None:
    """UpdateImageStorageClass is an unknown action."""
    with pytest.raises(ClientError) as refused:
        plain_ecr.update_image_storage_class(
            repositoryName=plain_repository,
            imageId={"imageDigest": ABSENT},
            targetStorageClass="ARCHIVE",
        )

    assert refused.value.response["Error"]["Code"] == "InvalidAction"


def test_a_layer_is_not_kept(plain_lab: Lab, plain_ecr: ECRClient, plain_repository: str) -> None:
    """One that was uploaded cannot be pulled."""
    image = single_platform_image("pull")
    push(plain_ecr, plain_repository, image)
    digest = json.loads(image.manifest)["layers"][0]["digest"]

    assert RegistryClient(plain_lab, plain_repository)("GET", f"blobs/{digest}")[0] == 404


def test_anything_is_a_manifest(plain_ecr: ECRClient, plain_repository: str) -> None:
    """Neither layers nor children nor sense are asked for."""
    for image in (single_platform_image("no layers"), multi_platform_image("no children")):
        plain_ecr.put_image(repositoryName=plain_repository, imageManifest=image.manifest.decode())
    plain_ecr.put_image(repositoryName=plain_repository, imageManifest="no JSON")


def test_a_full_repository_is_refused_in_other_words(
    plain_ecr: ECRClient, plain_repository: str
) -> None:
    """DeleteRepository's message is not AWS's."""
    _put(plain_ecr, plain_repository, "x", "t")

    with pytest.raises(plain_ecr.exceptions.RepositoryNotEmptyException, match="is not empty"):
        plain_ecr.delete_repository(repositoryName=plain_repository)


def test_a_registry_takes_no_replication_rules(plain_ecr: ECRClient) -> None:
    """It always says that there are none."""
    with pytest.raises(ClientError, match="InvalidAction"):
        plain_ecr.put_replication_configuration(replicationConfiguration={"rules": []})
