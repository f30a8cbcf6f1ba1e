"""ECR's words, as the rules use them: images, ids, statuses, outcomes, refusals."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


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

    code = "ServerException"

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code or self.code


class InvalidParameterError(EcrError):
    """A value is out of its bounds, or a page token is not one of ours."""

    code = "InvalidParameterException"


class ImageNotFoundError(EcrError):
    """The call names one image and it is not there."""

    code = "ImageNotFoundException"


class ReferencedImagesNotFoundError(EcrError):
    """An index lists images that the repository does not hold."""

    code = "ReferencedImagesNotFoundException"


class StorageClassUpdateNotSupportedError(EcrError):
    """The image's storage class cannot become the one asked for."""

    code = "ImageStorageClassUpdateNotSupportedException"


class ImageId(NamedTuple):
    """An image as requests and listings name it: by digest, by tag, or by both."""

    digest: str | None = None
    tag: str | None = None


class Failure(NamedTuple):
    """Why one id of a BatchDeleteImage call was not deleted."""

    image_id: ImageId
    code: str
    reason: str


class Deletion(NamedTuple):
    """The outcome of one BatchDeleteImage call: rows that are gone, ids that were refused."""

    deleted: list[ImageId]
    failures: list[Failure]


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
