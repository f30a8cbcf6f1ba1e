"""ECR's calls that a drain needs, one method each."""

import json
from collections.abc import Sequence
from sys import intern
from typing import TYPE_CHECKING, Any, Protocol

from ecrdrain.engine.calls import watch
from ecrdrain.engine.listing import Listing, Page, Row
from ecrdrain.engine.report import Failure

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

PAGE_SIZE = 1000
"""Rows a page: the largest that ListImages and DescribeImages take (botocore's service model)."""

BATCH_SIZE = 100
"""Images a call: the most that BatchDeleteImage takes (botocore's service model)."""


class Repository(Protocol):
    """A repository that can be emptied, of whichever registry."""

    known: Listing | Page | None
    """What a listing just made has shown, all of it or its first page; None: there is none."""

    @property
    def name(self) -> str:
        """The repository's name."""
        ...

    @property
    def registry(self) -> str:
        """The registry's kind: "private" or "public"."""
        ...

    @property
    def registry_id(self) -> str | None:
        """The registry's account; None means the caller's own."""
        ...

    @property
    def region(self) -> str | None:
        """The region of the calls; None means unknown."""
        ...

    @property
    def list_operation(self) -> str:
        """The operation that lists images."""
        ...

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images, archived ones included.

        Args:
            token: Where the page starts; None means at the first image.
        """
        ...

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        ...


class PrivateRepository:
    """A repository of a private registry, listed with the fewest permissions: by ListImages.

    Images with a tag go first: an index is rarely without one, an image that it lists rarely has
    one.

    Args:
        client: A boto3 client for ECR.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
        known: A listing made before, to begin with.
    """

    list_operation = "ListImages"

    def __init__(
        self,
        client: "ECRClient",
        name: str,
        registry_id: str | None = None,
        known: Listing | None = None,
    ) -> None:
        self.name = name
        self.known: Listing | Page | None = known
        self._client = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id
        # Without imageStatus only ACTIVE images are listed (API_ListImagesFilter).
        self._filter: dict[str, Any] = {"filter": {"imageStatus": "ANY"}}
        shape: Any = client.meta.service_model.shape_for("ListImagesFilter")
        if "imageStatus" not in shape.members:
            self._filter = {}
            client.meta.events.register(
                "before-call.ecr.ListImages", _ask_for_any_status, unique_id="ecrdrain-any"
            )
        watch(client)

    @property
    def registry(self) -> str:
        """The registry's kind."""
        return "private"

    @property
    def registry_id(self) -> str | None:
        """The registry's account; None means the caller's own."""
        return self._names.get("registryId")

    @property
    def region(self) -> str:
        """The region of the calls."""
        return self._client.meta.region_name

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images, archived ones included."""
        place: dict[str, Any] = {"nextToken": token} if token else {}
        answer = self._client.list_images(
            **self._names, **place, **self._filter, maxResults=PAGE_SIZE
        )
        rows = [Row(row["imageDigest"], int("imageTag" not in row)) for row in answer["imageIds"]]
        # ECR documents no order. In that of pushes an index would come after all its images, and
        # each of them would be refused once; by digest it is every second.
        return Page(sorted(rows), answer.get("nextToken"))

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        return delete_images(self._client, self._names, digests)


def delete_images(client: Any, names: dict[str, Any], digests: Sequence[str]) -> list[Failure]:  # noqa: ANN401 - a client of either registry
    """Delete images by digest, so that all their tags go along, and return those refused.

    A refusal that names no digest of the call could mean any of them, so it is held against all:
    the next listing tells what is really there.
    """
    ids = [{"imageDigest": digest} for digest in digests]
    answer = client.batch_delete_image(**names, imageIds=ids)
    refused: dict[str, Failure] = {}
    for row in answer.get("failures", []):
        named = row.get("imageId", {}).get("imageDigest")
        code = intern(row.get("failureCode", "Unknown"))  # one text for thousands of refusals
        reason = row.get("failureReason", "")
        for digest in [named] if named in digests else digests:
            refused.setdefault(digest, Failure(digest, code, reason))
    return list(refused.values())


def _ask_for_any_status(params: dict[str, Any], **_: object) -> None:
    # SDKs from before archived images (November 2025) refuse the filter's member as unknown, while
    # ECR itself takes it: written into the finished request, it works with every SDK.
    body = {**json.loads(params["body"]), "filter": {"imageStatus": "ANY"}}
    params["body"] = json.dumps(body).encode()
