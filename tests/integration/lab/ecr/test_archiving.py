"""Archived images are hidden from plain listings, cannot be got, and can be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import push, push_many, single_platform_image

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.literals import ImageStatusFilterType, TargetStorageClassType


def _move(ecr: ECRClient, repository: str, digest: str, target: TargetStorageClassType) -> str:
    return ecr.update_image_storage_class(
        repositoryName=repository, imageId={"imageDigest": digest}, targetStorageClass=target
    )["imageStatus"]


def _listed(
    ecr: ECRClient, repository: str, status: ImageStatusFilterType | None = None
) -> list[str]:
    asked: dict[str, Any] = {} if status is None else {"filter": {"imageStatus": status}}
    rows = ecr.list_images(repositoryName=repository, **asked)["imageIds"]
    return [row["imageDigest"] for row in rows]


def test_a_listing_shows_active_images_unless_asked_otherwise(
    ecr: ECRClient, repository: str
) -> None:
    """The archived one of three shows under ARCHIVED and ANY alone."""
    archived, *active = push_many(ecr, repository, 3)
    assert _move(ecr, repository, archived, "ARCHIVE") == "ARCHIVED"

    assert _listed(ecr, repository) == sorted(active)
    assert _listed(ecr, repository, "ACTIVE") == sorted(active)
    assert _listed(ecr, repository, "ARCHIVED") == [archived]
    assert _listed(ecr, repository, "ANY") == sorted([archived, *active])


def test_describe_images_knows_archived_images(ecr: ECRClient, repository: str) -> None:
    """It hides them as ListImages does, and shows their status to those who ask."""
    archived, _ = push_many(ecr, repository, 2)
    _move(ecr, repository, archived, "ARCHIVE")

    default = ecr.describe_images(repositoryName=repository)["imageDetails"]
    asked = ecr.describe_images(repositoryName=repository, filter={"imageStatus": "ARCHIVED"})[
        "imageDetails"
    ]

    assert archived not in [detail["imageDigest"] for detail in default]
    assert [(detail["imageDigest"], detail["imageStatus"]) for detail in asked] == [
        (archived, "ARCHIVED")
    ]


def test_an_archived_image_can_be_deleted(ecr: ECRClient, repository: str) -> None:
    """BatchDeleteImage takes it by its digest."""
    (digest,) = push_many(ecr, repository, 1)
    _move(ecr, repository, digest, "ARCHIVE")

    ecr.batch_delete_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])

    assert _listed(ecr, repository, "ANY") == []


def test_a_repository_with_an_archived_image_is_not_empty(ecr: ECRClient, repository: str) -> None:
    """DeleteRepository refuses it although a plain listing shows nothing."""
    (digest,) = push_many(ecr, repository, 1)
    _move(ecr, repository, digest, "ARCHIVE")

    assert _listed(ecr, repository) == []
    with pytest.raises(ecr.exceptions.RepositoryNotEmptyException):
        ecr.delete_repository(repositoryName=repository)


def test_a_restored_image_is_activating(ecr: ECRClient, repository: str) -> None:
    """It shows under ACTIVATING and ANY until it is pushed again."""
    image = single_platform_image("restored")
    digest = push(ecr, repository, image)
    _move(ecr, repository, digest, "ARCHIVE")

    assert _move(ecr, repository, digest, "STANDARD") == "ACTIVATING"
    assert _listed(ecr, repository) == []
    assert _listed(ecr, repository, "ACTIVATING") == [digest]
    push(ecr, repository, image)
    assert _listed(ecr, repository) == [digest]


def test_a_storage_class_cannot_be_had_twice(ecr: ECRClient, repository: str) -> None:
    """Archiving again is refused, and so is what is not there or not known."""
    (digest,) = push_many(ecr, repository, 1)
    _move(ecr, repository, digest, "ARCHIVE")

    with pytest.raises(ecr.exceptions.ImageStorageClassUpdateNotSupportedException):
        _move(ecr, repository, digest, "ARCHIVE")
    with pytest.raises(ecr.exceptions.ImageNotFoundException):
        _move(ecr, repository, "sha256:" + "0" * 64, "ARCHIVE")
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        _move(ecr, repository, digest, "NONE")  # type: ignore[arg-type] # on purpose


def test_an_archived_image_cannot_be_got(ecr: ECRClient, repository: str) -> None:
    """BatchGetImage says ImageInaccessible for it, and ImageNotFound for what is not there."""
    image = single_platform_image("got")
    push(ecr, repository, image, tags=["t"])
    asked: Any = [{"imageTag": "t"}, {"imageTag": "missing"}]
    before = ecr.batch_get_image(repositoryName=repository, imageIds=asked)
    _move(ecr, repository, image.digest, "ARCHIVE")

    after = ecr.batch_get_image(repositoryName=repository, imageIds=asked)

    (got,) = before["images"]
    assert got["imageId"] == {"imageDigest": image.digest, "imageTag": "t"}
    assert got["imageManifest"] == image.manifest.decode()
    assert [failure["failureCode"] for failure in before["failures"]] == ["ImageNotFound"]
    codes = [failure["failureCode"] for failure in after["failures"]]
    assert codes == ["ImageInaccessible", "ImageNotFound"]


def test_an_archived_image_is_described_by_name(ecr: ECRClient, repository: str) -> None:
    """DescribeImages with its tag needs no filter."""
    digest = push(ecr, repository, single_platform_image("named"), tags=["t"])
    _move(ecr, repository, digest, "ARCHIVE")

    (detail,) = ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": "t"}])[
        "imageDetails"
    ]

    assert (detail["imageDigest"], detail["imageStatus"]) == (digest, "ARCHIVED")
