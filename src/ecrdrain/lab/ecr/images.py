"""The images of one repository, and ECR's rules for putting, listing and deleting them.

An image has any number of tags; a tag points to one image. An index has children: the digests
that its manifest lists. The store knows for each child which indexes list it. Every step costs
the same for ten images and for 100,000.

Listings go by rank (0 unless somebody sets it), then by digest, and by tag within an image. ECR
documents no order; digests alone mix indexes with their children. A page token names the last
row, so that it stays good while images come and go.
"""

from collections.abc import Iterator, Sequence

from ecrdrain.lab.ecr.pages import (
    DEFAULT_PAGE,
    ListingOrder,
    check_listing,
    is_listed,
    make_token,
    read_token,
    take,
)
from ecrdrain.lab.ecr.terms import (
    Deletion,
    EcrError,
    Failure,
    Image,
    ImageId,
    ImageStatus,
    SameCall,
    invalid,
)

LARGEST_BATCH = 100  # API_BatchDeleteImage: imageIds


class ImageStore:
    """Images by digest and by tag."""

    def __init__(self) -> None:
        self._images: dict[str, Image] = {}
        self._tags: dict[str, Image] = {}
        self._parents: dict[str, set[str]] = {}
        self._referrers: dict[str, set[str]] = {}
        self._order = ListingOrder(self._images)

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

    def referrers(self, digest: str) -> list[Image]:
        """Return the images whose subject this digest is, by digest."""
        return [self._images[name] for name in sorted(self._referrers.get(digest, ()))]

    def size_of(self, image: Image) -> int:
        """Return the bytes that an image counts for; an index: its largest child's.

        API_ImageDetail: imageSizeInBytes.
        """
        children = [self._images[child] for child in image.children if child in self._images]
        return max(map(self.size_of, children), default=image.size)

    def check_children(self, children: Sequence[str]) -> None:
        """Raise ReferencedImagesNotFoundException unless all children of an index are here."""
        missing = [child for child in children if child not in self._images]
        if missing:
            raise EcrError(
                "ReferencedImagesNotFoundException", f"Images not found: {', '.join(missing)}"
            )

    def put(self, image: Image, tag: str | None = None) -> Image:
        """Add the image unless it is there already, and move the tag to it.

        Returns the image as the repository holds it. Tags that `image` brings along move too;
        pushing an archived image again restores it (ECR user guide: archive-image).
        Raises ReferencedImagesNotFoundException when a child is missing (API_PutImage).
        """
        self.check_children(image.children)
        present = self._images.get(image.digest)
        if present is None:
            present = self._images[image.digest] = image
            for child in image.children:
                self._parents.setdefault(child, set()).add(image.digest)
            if image.subject is not None:
                self._referrers.setdefault(image.subject, set()).add(image.digest)
            self._order.add(image)
        else:
            present.status = ImageStatus.ACTIVE
        for name in image.tags if tag is None else {*image.tags, tag}:
            previous = self._tags.get(name)
            if previous is not None and previous is not present:
                previous.tags.discard(name)
            self._tags[name] = present
            present.tags.add(name)
        return present

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
        check_listing(limit, tag_status, image_status)
        place, after = read_token(token)
        rows = (
            ImageId(image.digest, tag)
            for image in self._order.from_place(place)
            if is_listed(image, tag_status, image_status)
            for tag in (sorted(image.tags) if image.tags else (None,))
            if image.digest != after.digest or (tag or "") > (after.tag or "")
        )
        page, more = take(rows, limit)
        if not more:
            return page, None
        return page, make_token(self._images[page[-1].digest or ""], page[-1].tag)

    def images(
        self,
        *,
        tag_status: str = "ANY",
        image_status: str = ImageStatus.ACTIVE,
        token: str | None = None,
        limit: int = DEFAULT_PAGE,
    ) -> tuple[list[Image], str | None]:
        """Return one page of DescribeImages: each image once. Arguments as for `rows`."""
        check_listing(limit, tag_status, image_status)
        place, after = read_token(token)
        images = (
            image
            for image in self._order.from_place(place)
            if image.digest != after.digest and is_listed(image, tag_status, image_status)
        )
        page, more = take(images, limit)
        return page, make_token(page[-1], None) if more else None

    def delete(
        self, image_ids: Sequence[ImageId], same_call: SameCall = SameCall.SNAPSHOT
    ) -> Deletion:
        """Do one BatchDeleteImage call; raise InvalidParameterException for 0 or over 100 ids.

        By digest the image goes with all its tags, one row returned for each. By tag, or by
        both, the tag goes, and the image with its last tag (API_BatchDeleteImage). What would
        remove an image that an index still lists is refused, a last tag included
        (aws/containers-roadmap#1567). An id that stands twice finds nothing the second time.
        """
        if not 1 <= len(image_ids) <= LARGEST_BATCH:
            bound = "less than or equal to 100" if image_ids else "greater than or equal to 1"
            raise invalid("imageIds", f"Member must have length {bound}")
        outcome = Deletion([], [])
        freed: dict[str, str] = {}  # children whose index this very call has deleted
        for image_id in image_ids:
            failure = image_id.malformed() or self._delete_one(
                image_id, outcome.deleted, freed, same_call
            )
            if failure is not None:
                outcome.failures.append(Failure(image_id, *failure))
        self._order.shrink()
        return outcome

    def update_storage_class(self, image_id: ImageId, target: str) -> Image:
        """Archive an image, or begin to restore it, as UpdateImageStorageClass does.

        A restored image is ACTIVATING; the lab's clock never makes it ACTIVE by itself.
        Raises ImageNotFoundException, and ImageStorageClassUpdateNotSupportedException for a class
        that the image has already.
        """
        image = self.find(image_id)
        if image is None:
            raise EcrError("ImageNotFoundException", "Requested image not found")
        archived = image.status is ImageStatus.ARCHIVED
        if archived == (target == "ARCHIVE"):
            raise EcrError(
                "ImageStorageClassUpdateNotSupportedException",
                f"The image {image.digest} is in the storage class {target} already",
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
            _forget(self._parents, child, image.digest)
        if image.subject is not None:
            _forget(self._referrers, image.subject, image.digest)


def _forget(index: dict[str, set[str]], key: str, digest: str) -> None:
    """Take the digest out of the set under the key; an empty set goes too."""
    digests = index.get(key, set())
    digests.discard(digest)
    if not digests:
        index.pop(key, None)
