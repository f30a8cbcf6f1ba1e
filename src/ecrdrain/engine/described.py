"""Repositories listed with what kind each image is of: more exact, with one more permission."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.report import Failure
from ecrdrain.engine.repository import (
    PAGE_SIZE,
    Page,
    PrivateRepository,
    knows_image_status,
    refusals,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

INDEX_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)


class DescribingRepository(PrivateRepository):
    """A repository of a private registry that can tell which images are indexes.

    That takes ecr:DescribeImages, a slower call than ListImages. It is used for images without a
    tag alone, when refusals show that it pays; where it is denied, the drain goes on without.

    Args:
        client: A boto3 client for ECR.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
    """

    def __init__(self, client: "ECRClient", name: str, registry_id: str | None = None) -> None:
        super().__init__(client, name, registry_id)
        if knows_image_status(client, "DescribeImagesFilter"):
            self.kinds_operation = "DescribeImages"

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch one page of the images, archived ones included."""
        if not kinds:
            return super().page(token, tags)
        return described(
            self._client.describe_images(
                **self._names, **self._place(token, tags), maxResults=PAGE_SIZE
            )
        )


class PublicRepository:
    """A repository of the public registry, which has no ListImages and no archived images.

    Args:
        client: A boto3 client for ECR Public; its only endpoint for this is in us-east-1.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
    """

    registry = "public"
    list_operation = "DescribeImages"
    kinds_operation = None
    knows_tag_status = False

    def __init__(
        self, client: "ECRPublicClient", name: str, registry_id: str | None = None
    ) -> None:
        self.name = name
        self.registry_id = registry_id
        self.region = client.meta.region_name
        self._client = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch one page of the images; those that are indexes lead."""
        del tags, kinds  # there is no filter, and no other way
        more: dict[str, Any] = {"nextToken": token} if token else {}
        return described(self._client.describe_images(**self._names, **more, maxResults=PAGE_SIZE))

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        answer = self._client.batch_delete_image(
            **self._names, imageIds=[{"imageDigest": digest} for digest in digests]
        )
        return refusals(answer.get("failures", []), digests)


def described(answer: Any) -> Page:  # noqa: ANN401 - of either registry's DescribeImages
    """Return the page of a DescribeImages answer: indexes lead, those with a tag first of all.

    An index without a tag may be listed in another index.
    """
    details = sorted(answer["imageDetails"], key=lambda detail: not detail.get("imageTags"))
    return Page(
        [
            (detail["imageDigest"], detail.get("imageManifestMediaType") in INDEX_TYPES)
            for detail in details
        ],
        answer.get("nextToken"),
    )
