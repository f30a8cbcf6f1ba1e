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
    from types_boto3_ecr_public import ECRPublicClient

PAGE_SIZE = 1000
"""Rows a page: the largest that ListImages and DescribeImages take (botocore's service model)."""

BATCH_SIZE = 100
"""Images a call: the most that BatchDeleteImage takes (botocore's service model)."""


class Repository(Protocol):
    """A repository that can be emptied, of whichever registry."""

    listing: Listing | None
    """What a listing just made has shown, for the drain to begin with; None: there is none."""

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
    def registry_region(self) -> str | None:
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
        listing: A listing made before, to begin with.

    Attributes:
        first: The first page as it has just been fetched: the next listing begins with it.
    """

    registry = "private"
    list_operation = "ListImages"

    def __init__(
        self,
        client: "ECRClient | ECRPublicClient",
        name: str,
        registry_id: str | None = None,
        listing: Listing | None = None,
    ) -> None:
        self.name = name
        self.listing = listing
        self.first: Page | None = None
        self._client: Any = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id
        client.meta.events.register(
            "before-call.ecr.ListImages", _ask_for_any_status, unique_id="ecrdrain-any"
        )
        watch(client)

    @property
    def registry_id(self) -> str | None:
        """The registry's account; None means the caller's own."""
        return self._names.get("registryId")

    @property
    def registry_region(self) -> str | None:
        """The region of the calls."""
        return self._client.meta.region_name  # type: ignore[no-any-return]

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images, archived ones included."""
        first, self.first = self.first, None
        if first and not token:
            return first
        place: dict[str, Any] = {"nextToken": token} if token else {}
        answer = self._client.list_images(**self._names, **place, filter={}, maxResults=PAGE_SIZE)
        rows = [Row(row["imageDigest"], int("imageTag" not in row)) for row in answer["imageIds"]]
        # ECR documents no order. In that of pushes an index would come after all its images, and
        # each of them would be refused once; by digest it is every second.
        return Page(sorted(rows), answer.get("nextToken"))

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images by digest, with all their tags, and return those refused.

        A refusal that names no digest of the call could mean any of them, so it is held against
        all: the next listing tells what is really there.
        """
        ids: Any = [{"imageDigest": digest} for digest in digests]
        answer = self._client.batch_delete_image(**self._names, imageIds=ids)
        refused: dict[str, Failure] = {}
        for row in answer.get("failures", []):
            named = row.get("imageId", {}).get("imageDigest")
            code = intern(row.get("failureCode", "Unknown"))  # one text for thousands of refusals
            reason = row.get("failureReason", "")
            for digest in [named] if named in digests else digests:
                refused.setdefault(digest, Failure(digest, code, reason))
        return list(refused.values())


def _ask_for_any_status(params: dict[str, Any], **_: object) -> None:
    # Without imageStatus only ACTIVE images are listed (API_ListImagesFilter). SDKs from before
    # archived images (November 2025) refuse it as unknown, while ECR itself takes it: written into
    # the finished request, in place of a filter that is empty, it works with every SDK.
    body = json.loads(params["body"])
    if body.get("filter") == {}:
        params["body"] = json.dumps({**body, "filter": {"imageStatus": "ANY"}}).encode()
