"""What is in a repository, counted before anything is deleted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, aws_errors, call_error

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

_PAGE_SIZE = 1000  # API_DescribeImages: maxResults

# Media types of a manifest that lists other images: OCI image index, Docker manifest list.
_INDEX_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)

# A digest that no manifest can have been hashed to: asking to delete it proves the permission.
_NO_IMAGE = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Survey:
    """The images of one repository.

    Attributes:
        exists: False when there is no such repository; then every figure is 0.
        images: Images (digests), archived ones included.
        indexes: How many of them list other images.
        size: Bytes, compressed. A layer shared by several images counts with each of them.
        last_push: When the youngest image was pushed; None without any.
        last_pull: When one was last pulled, as ECR recorded it; None when it recorded none.
    """

    exists: bool = True
    images: int = 0
    tags: int = 0
    indexes: int = 0
    archived: int = 0
    size: int = 0
    last_push: datetime | None = None
    last_pull: datetime | None = None


ABSENT = Survey(exists=False)


def survey(
    client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None = None
) -> Survey:
    """Count the images of a repository.

    Args:
        client: A boto3 client for ECR or for the public registry.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
    """
    try:
        return count_images(_images(client, name, registry_id))
    except aws_errors() as error:
        if call_error(error).code != REPOSITORY_NOT_FOUND:
            raise
        return ABSENT


def count_images(images: Iterable[Any]) -> Survey:
    """Add up what DescribeImages tells of each image."""
    count = tags = indexes = archived = size = 0
    last_push: datetime | None = None
    last_pull: datetime | None = None
    for image in images:
        count += 1
        tags += len(image.get("imageTags", ()))
        indexes += image.get("imageManifestMediaType") in _INDEX_TYPES
        archived += image.get("imageStatus") == "ARCHIVED"
        size += image.get("imageSizeInBytes", 0)
        last_push = _later(last_push, image.get("imagePushedAt"))
        last_pull = _later(last_pull, image.get("lastRecordedPullTime"))
    return Survey(
        images=count,
        tags=tags,
        indexes=indexes,
        archived=archived,
        size=size,
        last_push=last_push,
        last_pull=last_pull,
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def check_permissions(
    client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None = None
) -> None:
    """See that the images of a repository may be listed and deleted; deletes nothing.

    Raises:
        botocore.exceptions.ClientError: They may not; it names the operation.
    """
    where = _where(name, registry_id)
    if "ListImages" in client.meta.service_model.operation_names:
        private: Any = client
        private.list_images(**where, maxResults=1)
    client.batch_delete_image(**where, imageIds=[{"imageDigest": _NO_IMAGE}])


def _images(
    client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None
) -> Iterator[Any]:
    arguments: dict[str, Any] = _where(name, registry_id)
    model: Any = client.meta.service_model
    shape = model.shape_for("DescribeImagesRequest").members.get("filter")
    if shape is not None and "imageStatus" in shape.members:
        # Without it archived images are left out (API_DescribeImagesFilter); SDKs from before
        # November 2025 and the public registry do not know it.
        arguments["filter"] = {"imageStatus": "ANY"}
    paginator: Any = client.get_paginator("describe_images")
    for page in paginator.paginate(**arguments, PaginationConfig={"PageSize": _PAGE_SIZE}):
        yield from page["imageDetails"]


def _where(name: str, registry_id: str | None) -> dict[str, Any]:
    where: dict[str, Any] = {"repositoryName": name}
    if registry_id is not None:
        where["registryId"] = registry_id
    return where
