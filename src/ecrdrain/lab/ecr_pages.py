"""Pages of ECR's listings: their size, their filters, and the tokens between them."""

import base64
import binascii
import json

from ecrdrain.lab.ecr_terms import Image, ImageId, ImageStatus, InvalidParameterError

DEFAULT_PAGE = 100  # API_ListImages, API_DescribeImages: maxResults
LARGEST_PAGE = 1000  # the same
TAG_STATUSES = frozenset({"ANY", "TAGGED", "UNTAGGED"})  # API_ListImagesFilter

Place = tuple[int, str]
"""Rank and digest: where listings show an image."""


def is_listed(image: Image, tag_status: str, image_status: str) -> bool:
    """Tell whether a listing with these filters shows the image."""
    if image_status not in ("ANY", image.status):
        return False
    return tag_status == "ANY" or (tag_status == "TAGGED") == bool(image.tags)


def check_listing(limit: int, tag_status: str, image_status: str) -> None:
    """Raise InvalidParameterError for a page size or a filter that ECR does not know."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidParameterError(
            f"Invalid parameter at 'maxResults': {limit} is not between 1 and {LARGEST_PAGE}"
        )
    if tag_status not in TAG_STATUSES:
        raise InvalidParameterError(f"Invalid parameter at 'filter.tagStatus': {tag_status}")
    if image_status != "ANY" and image_status not in set(ImageStatus):
        raise InvalidParameterError(f"Invalid parameter at 'filter.imageStatus': {image_status}")


def make_token(last: Image, tag: str | None) -> str:
    """Return the token of the page after this row."""
    row = json.dumps([last.rank, last.digest, tag])
    return base64.urlsafe_b64encode(row.encode()).decode()


def read_token(token: str | None) -> tuple[Place | None, ImageId]:
    """Return the place and the row after which the page starts; nothing for the first page.

    Raises InvalidParameterError for a token that `make_token` did not make.
    """
    if token is None:
        return None, ImageId()
    try:
        rank, digest, tag = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise InvalidParameterError("Invalid parameter at 'nextToken'") from None
    if not (isinstance(rank, int) and isinstance(digest, str) and isinstance(tag, str | None)):
        raise InvalidParameterError("Invalid parameter at 'nextToken'")
    return (rank, digest), ImageId(digest, tag)
