"""What Amazon ECR does when images are put, listed, archived and deleted.

Pure rules over plain data: no HTTP, no storage of layers, no emulator. The lab's emulator and
the strict ECR server both answer by these rules, so they cannot disagree.

The data model: a `Repository` holds `Image`s by digest. An image has any number of tags; a tag
points to one image. An index has children: the digests that its manifest lists. The repository
knows for each child which indexes hold it. Every step costs the same for ten images and for
100,000.

Listings go by digest, and by tag within an image. ECR documents no order; this one mixes
indexes with their children, and a page token that names the last row stays good while images
come and go.
"""

import base64
import binascii
import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

DEFAULT_PAGE = 100  # API_ListImages, API_DescribeImages: maxResults
LARGEST_PAGE = 1000  # the same
LARGEST_BATCH = 100  # API_BatchDeleteImage: imageIds

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

    code = "ServerException"


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
    """One image of a repository. `pushed_at` is in seconds since 1970."""

    digest: str
    children: tuple[str, ...] = ()
    tags: set[str] = field(default_factory=set)
    status: ImageStatus = ImageStatus.ACTIVE
    media_type: str = "application/vnd.oci.image.manifest.v1+json"
    artifact_type: str | None = None
    size: int = 0
    pushed_at: float = 0.0


class Repository:
    """The images of one repository, and ECR's rules over them."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self._tags: dict[str, Image] = {}
        self._parents: dict[str, set[str]] = {}
        self._order: list[str] | None = []  # digests, sorted; may hold deleted ones; None: stale

    def __len__(self) -> int:
        return len(self._images)

    def __contains__(self, digest: object) -> bool:
        return digest in self._images

    def __iter__(self) -> Iterator[Image]:
        return iter(self._images.values())

    def find(self, image_id: ImageId) -> Image | None:
        """Return the image that carries the digest and the tag, where each is given."""
        if image_id.digest is None:
            return self._tags.get(image_id.tag or "")
        image = self._images.get(image_id.digest)
        if image is None or (image_id.tag is not None and image_id.tag not in image.tags):
            return None
        return image

    def put(self, image: Image, tag: str | None = None) -> Image:
        """Add the image unless it is there already, and move the tag to it.

        Returns the image as the repository holds it. Tags that `image` brings along move too;
        pushing an archived image again restores it (ECR user guide: archive-image).
        Raises ReferencedImagesNotFoundError when a child is missing (API_PutImage).
        """
        missing = [child for child in image.children if child not in self._images]
        if missing:
            raise ReferencedImagesNotFoundError(f"Images not found: {missing}")
        held = self._images.get(image.digest)
        if held is None:
            held = self._images[image.digest] = image
            for child in image.children:
                self._parents.setdefault(child, set()).add(image.digest)
            self._order = None
        else:
            held.status = ImageStatus.ACTIVE
        for name in (*image.tags, *([] if tag is None else [tag])):
            previous = self._tags.get(name)
            if previous is not None and previous is not held:
                previous.tags.discard(name)
            self._tags[name] = held
            held.tags.add(name)
        return held

    def rows(
        self,
        *,
        tag_status: str = "ANY",
        image_status: str = ImageStatus.ACTIVE,
        token: str | None = None,
        limit: int = DEFAULT_PAGE,
    ) -> tuple[list[ImageId], str | None]:
        """Return one page of ListImages: a row for each tag, one for an image without any.

        `image_status` "ANY" lists every image; ECR's default is ACTIVE alone
        (API_ListImagesFilter). The second value is the next page's token, None on the last.
        """
        _check_limit(limit)
        after = _read_token(token)
        page: list[ImageId] = []
        for image in self._from(after.digest or ""):
            if not _listed(image, tag_status, image_status):
                continue
            for tag in sorted(image.tags) or (None,):
                row = ImageId(image.digest, tag)
                if image.digest == after.digest and (tag or "") <= (after.tag or ""):
                    continue
                if len(page) == limit:
                    return page, _make_token(page[-1])
                page.append(row)
        return page, None

    def images(
        self,
        *,
        tag_status: str = "ANY",
        image_status: str = ImageStatus.ACTIVE,
        token: str | None = None,
        limit: int = DEFAULT_PAGE,
    ) -> tuple[list[Image], str | None]:
        """Return one page of DescribeImages: each image once. Arguments as for `rows`."""
        _check_limit(limit)
        after = _read_token(token)
        page: list[Image] = []
        for image in self._from(after.digest or ""):
            if image.digest == after.digest or not _listed(image, tag_status, image_status):
                continue
            if len(page) == limit:
                return page, _make_token(ImageId(page[-1].digest))
            page.append(image)
        return page, None

    def delete(
        self, image_ids: Sequence[ImageId], same_call: SameCall = SameCall.SNAPSHOT
    ) -> Deletion:
        """Do one BatchDeleteImage call; raise InvalidParameterError for 0 or over 100 ids.

        By digest the image goes with all its tags, one row returned for each. By tag, or by
        both, the tag goes, and the image with its last tag (API_BatchDeleteImage). What would
        remove an image that an index still lists is refused, a last tag included
        (aws/containers-roadmap#1567). An id that stands twice finds nothing the second time.
        """
        if not 1 <= len(image_ids) <= LARGEST_BATCH:
            bound = "greater than or equal to 1" if not image_ids else "less than or equal to 100"
            raise InvalidParameterError(
                "Invalid parameter at 'imageIds' failed to satisfy constraint: "
                f"'Member must have length {bound}'"
            )
        outcome = Deletion([], [])
        freed: dict[str, str] = {}  # children whose index this very call has deleted
        for image_id in image_ids:
            failure = _malformed(image_id) or self._delete_one(
                image_id, outcome.deleted, freed, same_call
            )
            if failure is not None:
                outcome.failures.append(Failure(image_id, *failure))
        return outcome

    def update_storage_class(self, image_id: ImageId, target: str) -> Image:
        """Archive an image, or begin to restore it, as UpdateImageStorageClass does.

        A restored image is ACTIVATING; the lab's clock never makes it ACTIVE by itself.
        Raises ImageNotFoundError, and StorageClassUpdateNotSupportedError for a class the image
        has already.
        """
        image = self.find(image_id)
        if image is None:
            raise ImageNotFoundError("Requested image not found")
        archived = image.status is ImageStatus.ARCHIVED
        if archived == (target == "ARCHIVE"):
            raise StorageClassUpdateNotSupportedError(
                f"The image {image.digest} is in the storage class {target} already"
            )
        image.status = ImageStatus.ACTIVATING if archived else ImageStatus.ARCHIVED
        return image

    def _delete_one(
        self,
        image_id: ImageId,
        deleted: list[ImageId],
        freed: dict[str, str],
        same_call: SameCall,
    ) -> tuple[str, str] | None:
        """Delete what one well-formed id names, or return the failure's code and reason."""
        image = self.find(image_id)
        if image is None:
            if image_id.digest in self._images:
                return (
                    "ImageTagDoesNotMatchDigest",
                    f"Image tag '{image_id.tag}' is not a tag of '{image_id.digest}'",
                )
            return "ImageNotFound", "Requested image not found"
        if image_id.tag is not None and len(image.tags) > 1:
            image.tags.remove(image_id.tag)
            del self._tags[image_id.tag]
            deleted.append(ImageId(image.digest, image_id.tag))
            return None
        parents = sorted(self._parents.get(image.digest, ()))
        if not parents and same_call is SameCall.SNAPSHOT and image.digest in freed:
            parents = [freed[image.digest]]
        if parents:
            # ECR's own words, as quoted in public issue threads.
            reason = f"Requested image referenced by manifest list: [{', '.join(parents)}]"
            return "ImageReferencedByManifestList", reason
        freed.update(dict.fromkeys(image.children, image.digest))
        deleted.extend(ImageId(image.digest, tag) for tag in sorted(image.tags) or (None,))
        self._remove(image)
        return None

    def _remove(self, image: Image) -> None:
        del self._images[image.digest]
        for tag in image.tags:
            del self._tags[tag]
        for child in image.children:
            parents = self._parents.get(child, set())
            parents.discard(image.digest)
            if not parents:
                self._parents.pop(child, None)
        if self._order is not None and len(self._order) > 2 * len(self._images):
            self._order = None

    def _from(self, digest: str) -> Iterator[Image]:
        """Yield the images from this digest on, in the order of listings."""
        if self._order is None:
            self._order = sorted(self._images)
        order = self._order
        for index in range(bisect_left(order, digest), len(order)):
            image = self._images.get(order[index])
            if image is not None:
                yield image


def _listed(image: Image, tag_status: str, image_status: str) -> bool:
    """Tell whether a listing with these filters shows the image."""
    if image_status not in ("ANY", image.status):
        return False
    return tag_status == "ANY" or (tag_status == "TAGGED") == bool(image.tags)


def _malformed(image_id: ImageId) -> tuple[str, str] | None:
    """Return the failure for an id that cannot name an image, whatever the repository holds."""
    # ECR's own words, as quoted in public issue threads.
    if image_id == (None, None):
        return (
            "MissingDigestAndTag",
            "Invalid request parameters: both tag and digest cannot be null",
        )
    if image_id.digest is not None and not _DIGEST.fullmatch(image_id.digest):
        return "InvalidImageDigest", "Invalid request parameters: malformed image digest"
    if image_id.tag is not None and not _TAG.fullmatch(image_id.tag):
        return "InvalidImageTag", "Invalid request parameters: malformed image tag"
    return None


def _check_limit(limit: int) -> None:
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidParameterError(
            f"Invalid parameter at 'maxResults': {limit} is not between 1 and {LARGEST_PAGE}"
        )


def _make_token(last: ImageId) -> str:
    return base64.urlsafe_b64encode(json.dumps(last).encode()).decode()


def _read_token(token: str | None) -> ImageId:
    """Return the row after which the page starts; (None, None) for the first page."""
    if token is None:
        return ImageId()
    try:
        digest, tag = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidParameterError("Invalid parameter at 'nextToken'") from None
    if not isinstance(digest, str) or not isinstance(tag, str | None):
        raise InvalidParameterError("Invalid parameter at 'nextToken'")
    return ImageId(digest, tag)
