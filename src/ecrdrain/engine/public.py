"""Repositories of the public registry, and the kinds of images that DescribeImages tells."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.calls import watch
from ecrdrain.engine.listing import Listing, Page, Row
from ecrdrain.engine.report import Failure
from ecrdrain.engine.repository import PAGE_SIZE, delete_images

if TYPE_CHECKING:
    from types_boto3_ecr_public import ECRPublicClient

INDEX_TYPES = frozenset(
    {
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    }
)
"""Media types of a manifest that lists other images: OCI image index, Docker manifest list."""


def described_row(detail: Mapping[str, Any]) -> Row:
    """Return the row of an image as DescribeImages tells it: indexes go first.

    Those with a tag before those without, which may be listed in one of the former.
    """
    if detail.get("imageManifestMediaType") not in INDEX_TYPES:
        return Row(detail["imageDigest"], 2)
    return Row(detail["imageDigest"], 0 if detail.get("imageTags") else 1)


class PublicRepository:
    """A repository of the public registry, which has no ListImages and no archived images.

    Args:
        client: A boto3 client for ECR Public; its only endpoint for this is in us-east-1.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
        known: A listing made before, to begin with.
    """

    registry = "public"
    list_operation = "DescribeImages"

    def __init__(
        self,
        client: "ECRPublicClient",
        name: str,
        registry_id: str | None = None,
        known: Listing | None = None,
    ) -> None:
        self.name = name
        self.registry_id = registry_id
        self.region = client.meta.region_name
        self.known: Listing | Page | None = known
        self._client = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id
        watch(client)

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images."""
        place: dict[str, Any] = {"nextToken": token} if token else {}
        answer = self._client.describe_images(**self._names, **place, maxResults=PAGE_SIZE)
        rows = [described_row(detail) for detail in answer["imageDetails"]]
        return Page(rows, answer.get("nextToken"))

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        return delete_images(self._client, self._names, digests)
