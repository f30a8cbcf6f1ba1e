"""Pages of ECR's listings: their order, their size, their filters, the tokens between them."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar

from ecrdrain.lab.ecr.terms import Image, ImageId, ImageStatus, Json, invalid

DEFAULT_PAGE = 100  # API_ListImages, API_DescribeImages: maxResults
LARGEST_PAGE = 1000  # the same
TAG_STATUSES = frozenset({"ANY", "TAGGED", "UNTAGGED"})  # API_ListImagesFilter

Place = tuple[int, str]
"""Rank and digest: where listings show an image."""
Item = TypeVar("Item")


class ListingOrder:
    """Images in the order of listings: by rank, then by digest.

    Sorted once and then kept so: an image costs the same for ten of them and for 100,000.
    """

    def __init__(self, images: Mapping[str, Image]) -> None:
        self._images = images
        self._places: list[Place] | None = None  # may hold deleted images; None: to be sorted

    def add(self, image: Image) -> None:
        """Give a new image its place, unless all have to be sorted anyway."""
        if self._places is None:
            return
        place = (image.rank, image.digest)
        index = bisect_left(self._places, place)
        if self._places[index : index + 1] != [place]:  # it may have been there before
            self._places.insert(index, place)

    def shrink(self) -> None:
        """Drop the places once most of them are those of deleted images."""
        if self._places is not None and len(self._places) > 2 * len(self._images):
            self._places = None

    def from_place(self, place: Place | None) -> Iterator[Image]:
        """Yield the images from this place on."""
        if self._places is None:
            self._places = sorted((image.rank, image.digest) for image in self._images.values())
        places = self._places
        start = 0 if place is None else bisect_left(places, place)
        for index in range(start, len(places)):
            rank, digest = places[index]
            image = self._images.get(digest)
            if image is not None and image.rank == rank:
                yield image


def is_listed(image: Image, tag_status: str, image_status: str) -> bool:
    """Return whether a listing with these filters shows the image."""
    if image_status not in ("ANY", image.status):
        return False
    return tag_status == "ANY" or (tag_status == "TAGGED") == bool(image.tags)


def check_listing(limit: int, tag_status: str, image_status: str) -> None:
    """Raise InvalidParameterException for a page size or a filter that ECR does not know."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise invalid("maxResults", f"must have value between 1 and {LARGEST_PAGE}")
    if tag_status not in TAG_STATUSES:
        raise invalid("filter.tagStatus", f"Member must not be {tag_status}")
    if image_status != "ANY" and image_status not in set(ImageStatus):
        raise invalid("filter.imageStatus", f"Member must not be {image_status}")


def take(items: Iterable[Item], limit: int) -> tuple[list[Item], bool]:
    """Return the first items, up to the limit, and whether there are more."""
    page = list(islice(items, limit + 1))
    return page[:limit], len(page) > limit


def make_token(last: Image, tag: str | None) -> str:
    """Return the token of the page after this row."""
    row = json.dumps([last.rank, last.digest, tag])
    return base64.urlsafe_b64encode(row.encode()).decode()


def read_token(token: str | None) -> tuple[Place | None, ImageId]:
    """Return the place and the row after which the page starts; nothing for the first page.

    Raises InvalidParameterException for a token that `make_token` did not make.
    """
    if token is None:
        return None, ImageId()
    unknown = invalid("nextToken", "must come from a page before")
    try:
        rank, digest, tag = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise unknown from None
    if not (isinstance(rank, int) and isinstance(digest, str) and isinstance(tag, str | None)):
        raise unknown
    return (rank, digest), ImageId(digest, tag)


def with_token(answer: Json, token: str | None) -> Json:
    """Return the answer with the next page's token, unless the page is the last."""
    return answer if token is None else {**answer, "nextToken": token}


def page_by_name(
    request: Json, names: Sequence[str], default: int
) -> tuple[list[str], str | None]:
    """Return the page of sorted names that the request asks for, and the next page's token.

    The token is the last name of the page before.
    """
    first = bisect_right(names, request.get("nextToken") or "")
    last = first + (request.get("maxResults") or default)
    return list(names[first:last]), names[last - 1] if last < len(names) else None
