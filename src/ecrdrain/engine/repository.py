"""ECR's calls that a drain needs, one method each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ecrdrain.engine.report import Failure

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr.type_defs import ListImagesFilterTypeDef

PAGE_SIZE = 1000
"""Rows a page: the largest that ListImages and DescribeImages take (botocore's service model)."""

BATCH_SIZE = 100
"""Images a call: the most that BatchDeleteImage takes (botocore's service model)."""


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes:
        rows: (digest, tagged) in ECR's order. A digest has a row for each of its tags, or a single
            row without one.
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

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images, archived ones included."""
        ...

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete at most 100 images with all their tags and return those refused."""
        ...


class PrivateRepository:
    """A repository of a private registry.

    Args:
        client: A boto3 client for ECR.
        name: The repository's name.
        registry_id: The account of the registry; None means the caller's own.
    """

    registry = "private"
    list_operation = "ListImages"

    def __init__(self, client: "ECRClient", name: str, registry_id: str | None = None) -> None:
        self.name = name
        self.registry_id = registry_id
        self.region = client.meta.region_name
        self._client = client
        self._names: dict[str, Any] = {"repositoryName": name}
        if registry_id is not None:
            self._names["registryId"] = registry_id
        # Without imageStatus only ACTIVE images are listed (API_ListImagesFilter).
        self._filter: ListImagesFilterTypeDef = {"imageStatus": "ANY"}
        if not _knows_image_status(client):
            self._filter = {}
            client.meta.events.register(
                "before-call.ecr.ListImages", _ask_for_any_status, unique_id="ecrdrain-any-status"
            )

    def page(self, token: str | None) -> Page:
        """Fetch one page of the images, archived ones included."""
        more = {"nextToken": token} if token else {}
        answer = self._client.list_images(
            **self._names, **more, filter=self._filter, maxResults=PAGE_SIZE
        )
        rows = [(row["imageDigest"], "imageTag" in row) for row in answer["imageIds"]]
        return Page(rows, answer.get("nextToken"))

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


def _knows_image_status(client: "ECRClient") -> bool:
    shape = client.meta.service_model.shape_for("ListImagesFilter")
    return "imageStatus" in getattr(shape, "members", {})


def _ask_for_any_status(params: dict[str, Any], **_: object) -> None:
    # SDKs from before archived images (November 2025) refuse the filter's member as unknown, while
    # ECR itself takes it: written into the finished request, it works with every SDK.
    body = json.loads(params["body"])
    body["filter"] = {**body.get("filter", {}), "imageStatus": "ANY"}
    params["body"] = json.dumps(body).encode()
