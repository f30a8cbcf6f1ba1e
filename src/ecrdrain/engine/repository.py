"""ECR's calls that a drain needs, one method each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ecrdrain.engine.report import Failure

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

PAGE_SIZE = 1000
"""Rows a page: the largest that ListImages and DescribeImages take (botocore's service model)."""

BATCH_SIZE = 100
"""Images a call: the most that BatchDeleteImage takes (botocore's service model)."""


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: (digest, leads), each row of the listing. A digest may have several if it leads: it
            then may be an index, and goes before those that do not.
        token: Where the next page starts; None means that this was the last one.
    """

    rows: Sequence[tuple[str, bool]]
    token: str | None


class Repository(Protocol):
    """A repository that can be emptied, of whichever registry."""

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

    @property
    def kinds_operation(self) -> str | None:
        """The operation that tells for each image whether it is an index; None: there is none."""
        ...

    @property
    def knows_tag_status(self) -> bool:
        """Whether images with a tag and images without can be listed apart."""
        ...

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch one page of the images, archived ones included.

        Args:
            token: Where the page starts; None means at the first image.
            tags: "TAGGED", "UNTAGGED" or "ANY"; only "ANY" unless `knows_tag_status`.
            kinds: Whether to ask by `kinds_operation`: then those that are indexes lead.
        """
        ...

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        ...


class PrivateRepository:
    """A repository of a private registry, listed with the fewest permissions: by ListImages.

    Images with a tag lead: an index is rarely without one, an image that it lists rarely has one.

    Args:
        client: A boto3 client for ECR.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
    """

    registry = "private"
    list_operation = "ListImages"
    kinds_operation: str | None = None
    knows_tag_status = True

    def __init__(self, client: "ECRClient", name: str, registry_id: str | None = None) -> None:
        self.name = name
        self.registry_id = registry_id
        self.region = client.meta.region_name
        self._client = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id
        # Without imageStatus only ACTIVE images are listed (API_ListImagesFilter).
        self._filter = {"imageStatus": "ANY"}
        if not knows_image_status(client, "ListImagesFilter"):
            self._filter = {}
            client.meta.events.register(
                "before-call.ecr.ListImages", _ask_for_any_status, unique_id="ecrdrain-any-status"
            )

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch one page of the images, archived ones included."""
        del kinds  # ListImages does not tell
        answer = self._client.list_images(
            **self._names, **self._place(token, tags), maxResults=PAGE_SIZE
        )
        rows = [(row["imageDigest"], "imageTag" in row) for row in answer["imageIds"]]
        return Page(rows, answer.get("nextToken"))

    def _place(self, token: str | None, tags: str) -> dict[str, Any]:
        """Return the parameters for a page of those images."""
        status = {} if tags == "ANY" else {"tagStatus": tags}
        more = {"nextToken": token} if token else {}
        return {"filter": {**self._filter, **status}, **more}

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        answer = self._client.batch_delete_image(
            **self._names, imageIds=[{"imageDigest": digest} for digest in digests]
        )
        return refusals(answer.get("failures", []), digests)


def refusals(rows: Sequence[Any], digests: Sequence[str]) -> list[Failure]:
    """Turn the failures of a BatchDeleteImage answer into ours, each under a digest that was sent.

    A refusal that names no digest of the call could mean any of them, so it is held against all:
    the next listing tells what is really there.
    """
    sent = set(digests)
    refused: dict[str, Failure] = {}
    for row in rows:
        digest = row.get("imageId", {}).get("imageDigest")
        code = row.get("failureCode", "Unknown")
        reason = row.get("failureReason", "")
        for each in [digest] if digest in sent else digests:
            refused.setdefault(each, Failure(each, code, reason))
    return list(refused.values())


def knows_image_status(client: "ECRClient", name: str) -> bool:
    """Tell whether the SDK at hand knows archived images, in the filter of that name."""
    shape = client.meta.service_model.shape_for(name)
    return "imageStatus" in getattr(shape, "members", {})


def _ask_for_any_status(params: dict[str, Any], **_: object) -> None:
    # SDKs from before archived images (November 2025) refuse the filter's member as unknown, while
    # ECR itself takes it: written into the finished request, it works with every SDK.
    body = json.loads(params["body"])
    body["filter"] = {**body.get("filter", {}), "imageStatus": "ANY"}
    params["body"] = json.dumps(body).encode()
