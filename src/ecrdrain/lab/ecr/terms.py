"""ECR's terms: images, ids, statuses, outcomes, errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NamedTuple

Json = dict[str, Any]
"""A request or an answer, as ECR's JSON protocol has it."""

# API_ImageIdentifier gives none; this is the pattern of API_CompleteLayerUpload's digests.
_DIGEST = re.compile(r"[a-zA-Z0-9\-_+.]+:[a-fA-F0-9]+")
# API_ImageIdentifier: 1..300 characters; the alphabet is the OCI distribution specification's.
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,299}")


class ImageStatus(StrEnum):
    """Where an image is stored (API_ImageDetail: imageStatus)."""

    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"
    ACTIVATING = "ACTIVATING"


class SameCall(StrEnum):
    """May one BatchDeleteImage call take an index and its children? ECR does not document it."""

    SNAPSHOT = "snapshot"
    """No: a child is judged by the indexes that existed when the call began (the stricter)."""
    REQUEST_ORDER = "request-order"
    """Yes, if the index stands before its children in the request."""


class EcrError(Exception):
    """A refused call; `code` is the name of ECR's exception."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def invalid(member: str, constraint: str) -> EcrError:
    """Return the error for a member of a request with a value that the operation refuses."""
    return EcrError(
        "InvalidParameterException",
        f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'",
    )


class ImageId(NamedTuple):
    """An image as requests and listings name it: by digest, by tag, or by both."""

    digest: str | None = None
    tag: str | None = None

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "ImageId":
        """Read an ImageIdentifier; an empty string is a value, null is none."""
        return cls(value.get("imageDigest"), value.get("imageTag"))

    def to_json(self) -> Json:
        """Write an ImageIdentifier."""
        digest, tag = self
        if tag is None:
            return {} if digest is None else {"imageDigest": digest}
        return {"imageTag": tag} if digest is None else {"imageDigest": digest, "imageTag": tag}

    def malformed(self) -> tuple[str, str] | None:
        """Return failure code and reason of an id that no image can have; None if one can."""
        # ECR's own words, as quoted in public issue threads.
        invalid_request = "Invalid request parameters"
        if self == (None, None):
            return "MissingDigestAndTag", f"{invalid_request}: both tag and digest cannot be null"
        if self.digest is not None and not _DIGEST.fullmatch(self.digest):
            return "InvalidImageDigest", f"{invalid_request}: malformed image digest"
        if self.tag is not None and not _TAG.fullmatch(self.tag):
            return "InvalidImageTag", f"{invalid_request}: malformed image tag"
        return None


class Failure(NamedTuple):
    """Why one id of a call failed, although the call itself succeeded."""

    image_id: ImageId
    code: str
    reason: str

    def to_json(self) -> Json:
        """Write an ImageFailure."""
        return {
            "imageId": self.image_id.to_json(),
            "failureCode": self.code,
            "failureReason": self.reason,
        }


class Deletion(NamedTuple):
    """The outcome of one BatchDeleteImage call: rows that are gone, ids that were refused."""

    deleted: list[ImageId]
    failures: list[Failure]

    def to_json(self) -> Json:
        """Write the answer of BatchDeleteImage."""
        return {
            "imageIds": [image_id.to_json() for image_id in self.deleted],
            "failures": [failure.to_json() for failure in self.failures],
        }


@dataclass(slots=True)
class Image:
    """One image of a repository.

    `pushed_at` is in seconds since 1970. `subject` is the digest that a referrer (a signature,
    say) points to; unlike a child, a subject need not exist and may be deleted. `rank` decides
    where listings show the image; it never changes.
    """

    digest: str
    children: tuple[str, ...] = ()
    tags: set[str] = field(default_factory=set)
    status: ImageStatus = ImageStatus.ACTIVE
    media_type: str = "application/vnd.oci.image.manifest.v1+json"
    artifact_type: str | None = None
    size: int = 0
    pushed_at: float = 0.0
    subject: str | None = None
    rank: int = 0
