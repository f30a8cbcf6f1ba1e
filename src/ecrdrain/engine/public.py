"""Repositories of the public registry, and the kinds of images that DescribeImages tells."""

from collections.abc import Mapping
from typing import Any

from ecrdrain.engine.listing import Page, Row
from ecrdrain.engine.repository import PAGE_SIZE, PrivateRepository

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


class PublicRepository(PrivateRepository):
    """A repository of the public registry, which has no ListImages and no archived images.

    The client is one for ECR Public; its only endpoint for this is in us-east-1.
    """

    registry = "public"
    list_operation = "DescribeImages"

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images."""
        place: dict[str, Any] = {"nextToken": token} if token else {}
        answer = self._client.describe_images(**self._names, **place, maxResults=PAGE_SIZE)
        rows = [described_row(detail) for detail in answer["imageDetails"]]
        return Page(rows, answer.get("nextToken"))
