"""What is in a repository, counted before anything is deleted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from threading import Event
from typing import TYPE_CHECKING, Any

from ecrdrain.engine import Listing
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, aws_errors, call_error
from ecrdrain.engine.public import INDEX_TYPES, described_row
from ecrdrain.engine.repository import PAGE_SIZE

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

# A digest that no manifest can have been hashed to: a call that deletes it proves the permission.
_NO_IMAGE = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Survey:
    """The images of one repository.

    Attributes:
        exists: False when there is no such repository; then every figure is 0.
        images: Images (digests), archived ones included.
        tags: Tags.
        indexes: Images that list other images.
        archived: Images of the archive storage class.
        size_in_bytes: Compressed; a layer that several images share counts with each.
        last_push: When the youngest image was pushed; None without any.
        last_pull: When one was last pulled, as far as ECR recorded it; else None.
        listing: The images themselves, for a drain to begin with.
    """

    exists: bool = True
    images: int = 0
    tags: int = 0
    indexes: int = 0
    archived: int = 0
    size_in_bytes: int = 0
    last_push: datetime | None = None
    last_pull: datetime | None = None
    listing: Listing = field(default_factory=Listing, compare=False, repr=False)


ABSENT = Survey(exists=False)


def survey(
    client: "ECRClient | ECRPublicClient",
    name: str,
    registry_id: str | None = None,
    stop: Event | None = None,
) -> Survey:
    """Count the images of a repository.

    Args:
        client: A boto3 client for ECR or for the public registry.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
        stop: Once set, no further page is read; what was counted by then is returned.
    """
    try:
        pages = _pages(client, name, registry_id)
        return count_images(takewhile(lambda _: stop is None or not stop.is_set(), pages))
    except aws_errors() as error:
        if call_error(error).code != REPOSITORY_NOT_FOUND:
            raise
        return ABSENT


def glance(client: "ECRClient | ECRPublicClient", name: str) -> Survey:
    """See with a single call whether a repository exists and holds an image; counts no further."""
    try:
        pages = _pages(client, name, None, size=1)
        return next((count_images([page]) for page in pages if page), Survey())
    except aws_errors() as error:
        if call_error(error).code != REPOSITORY_NOT_FOUND:
            raise
        return ABSENT


def count_images(pages: Iterable[Sequence[Any]]) -> Survey:
    """Add up what DescribeImages returns for each image, page by page."""
    listing = Listing()
    count = tags = indexes = archived = size = 0
    last_push: datetime | None = None
    last_pull: datetime | None = None
    for images in pages:
        listing.add([described_row(image) for image in images])
        for image in images:
            count += 1
            tags += len(image.get("imageTags", ()))
            if image.get("imageManifestMediaType") in INDEX_TYPES:
                indexes += 1
            if image.get("imageStatus") == "ARCHIVED":
                archived += 1
            size += image.get("imageSizeInBytes", 0)
            last_push = _later(last_push, image.get("imagePushedAt"))
            last_pull = _later(last_pull, image.get("lastRecordedPullTime"))
    return Survey(
        images=count,
        tags=tags,
        indexes=indexes,
        archived=archived,
        size_in_bytes=size,
        last_push=last_push,
        last_pull=last_pull,
        listing=listing,
    )


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def check_listing(
    client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None = None
) -> None:
    """See that the images of a repository may be listed as its drain lists them.

    Raises:
        botocore.exceptions.ClientError: They may not; it names the operation.
    """
    where = _where(name, registry_id)
    if "ListImages" in client.meta.service_model.operation_names:
        private: Any = client
        private.list_images(**where, maxResults=1)
    else:
        client.describe_images(**where, maxResults=1)


def check_deletion(
    client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None = None
) -> None:
    """See that the images of a repository may be deleted; deletes nothing.

    Raises:
        botocore.exceptions.ClientError: They may not; it names the operation.
    """
    client.batch_delete_image(**_where(name, registry_id), imageIds=[{"imageDigest": _NO_IMAGE}])


def _pages(
    client: "ECRClient | ECRPublicClient",
    name: str,
    registry_id: str | None,
    size: int = PAGE_SIZE,
) -> Iterator[Sequence[Any]]:
    arguments: dict[str, Any] = _where(name, registry_id)
    model: Any = client.meta.service_model
    shape = model.shape_for("DescribeImagesRequest").members.get("filter")
    if shape is not None and "imageStatus" in shape.members:
        # Without it archived images are left out (API_DescribeImagesFilter); SDKs from before
        # November 2025 and the public registry do not know it.
        arguments["filter"] = {"imageStatus": "ANY"}
    paginator: Any = client.get_paginator("describe_images")
    for page in paginator.paginate(**arguments, PaginationConfig={"PageSize": size}):
        yield page["imageDetails"]


def _where(name: str, registry_id: str | None) -> dict[str, Any]:
    where: dict[str, Any] = {"repositoryName": name}
    if registry_id is not None:
        where["registryId"] = registry_id
    return where
