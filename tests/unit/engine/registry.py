"""A repository in memory that obeys ECR's rules, for draining."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

from ecrdrain.engine import Failure, Listing, Page, Row, calls
from ecrdrain.lab.ecr import LARGEST_BATCH, Image, ImageId, ImageStatus, SameCall
from ecrdrain.lab.ecr import ImageStore as Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Answer = TypeVar("Answer")


class Registry:
    """A repository over the lab's rules, listed as ListImages lists; for several threads.

    Args:
        rules: The images, and what ECR allows.
        page_size: Rows a page.
        same_call: Whether an index and its children can go in one call.
        refuse: Codes with which single images are always refused, whatever the rules say.
        meddle: Called after each call, with its number from 1: somebody else at work.

    Attributes:
        batches: The images of each deletion.
        pages: How many pages were listed.
    """

    name = "team/app"
    registry = "private"
    registry_id = "123456789012"
    registry_region = "eu-west-1"
    list_operation = "ListImages"

    def __init__(
        self,
        rules: Rules,
        *,
        page_size: int = 1000,
        same_call: SameCall = SameCall.SNAPSHOT,
        refuse: Mapping[str, str] | None = None,
        meddle: Callable[[Rules, int], None] = lambda _rules, _call: None,
    ) -> None:
        self.rules = rules
        self.listing: Listing | None = None
        self.first: Page | None = None
        self.batches: list[Sequence[str]] = []
        self.pages = 0
        self.refuse = dict(refuse or {})
        self._page_size = page_size
        self._same_call = same_call
        self._meddle = meddle
        self._calls = 0
        self._lock = threading.RLock()

    def page(self, token: str | None) -> Page:
        """Return a page of all images, archived ones included."""
        first, self.first = self.first, None
        if first and not token:
            return first
        return self.send(self.list_operation, lambda: self.take_listing(token))

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete as BatchDeleteImage does."""
        assert 1 <= len(digests) <= LARGEST_BATCH
        return self.send("BatchDeleteImage", lambda: self.take_deletion(digests))

    def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
        """Do a call's work, and tell of it as the SDK does."""
        calls._before_send(f"before-send.ecr.{operation}")
        with self._lock:
            answer = work()
            self._calls += 1
            self._meddle(self.rules, self._calls)
        return answer

    def take_listing(self, token: str | None) -> Page:
        """Do what ListImages does."""
        self.pages += 1
        return self.rows(token)

    def take_deletion(self, digests: Sequence[str]) -> list[Failure]:
        """Do what BatchDeleteImage does."""
        self.batches.append(list(digests))
        refused = [
            Failure(digest, self.refuse[digest], "so it is set up")
            for digest in digests
            if digest in self.refuse
        ]
        willing = [ImageId(digest) for digest in digests if digest not in self.refuse]
        if willing:
            outcome = self.rules.delete(willing, self._same_call)
            refused += [
                Failure(each.image_id.digest or "", each.code, each.reason)
                for each in outcome.failures
            ]
        return refused

    def rows(self, token: str | None) -> Page:
        """Return a page, without a call."""
        rows, following = self.rules.rows(image_status="ANY", token=token, limit=self._page_size)
        return Page(sorted(Row(row.digest or "", int(row.tag is None)) for row in rows), following)


class DescribedRegistry(Registry):
    """The same, listed as DescribeImages lists: each image once, with its kind."""

    list_operation = "DescribeImages"

    def rows(self, token: str | None) -> Page:
        """Return a page, without a call."""
        images, following = self.rules.images(
            image_status="ANY", token=token, limit=self._page_size
        )
        return Page([described(image) for image in images], following)


def described(image: Image) -> Row:
    """Return the row of an image whose kind is known: tagged indexes, other indexes, the rest."""
    if not image.children:
        return Row(image.digest, 2)
    return Row(image.digest, 0 if image.tags else 1)


def known_listing(rules: Rules) -> Listing:
    """Return what a listing with kinds shows of all the images."""
    listing = Listing()
    token: str | None = None
    while True:
        images, token = rules.images(image_status="ANY", token=token, limit=1000)
        listing.add(map(described, images))
        if token is None:
            return listing


def digest_of(number: int) -> str:
    """Return a well-formed digest for a number."""
    return f"sha256:{number:064x}"


def number_of(digest: str) -> int:
    """Return the number of a digest."""
    return int(digest[7:], 16)


def add(  # noqa: PLR0913 - each is one thing that can be said of an image
    rules: Rules,
    number: int,
    *,
    children: Sequence[int] = (),
    tags: Sequence[str] = (),
    rank: int = 0,
    archived: bool = False,
) -> str:
    """Put an image under a number and return its digest."""
    image = Image(
        digest_of(number),
        children=tuple(digest_of(child) for child in children),
        rank=rank,
        status=ImageStatus.ARCHIVED if archived else ImageStatus.ACTIVE,
    )
    rules.put(image)
    for tag in tags:
        rules.put(image, tag)
    if archived:
        image.status = ImageStatus.ARCHIVED  # putting an image again restores it
    return image.digest


def images(tagged: int, untagged: int = 0) -> Rules:
    """Return single images, the tagged ones first by number, mixed in every listing."""
    rules = Rules()
    for number in range(tagged + untagged):
        tags = [f"v{number}"] if number < tagged else []
        add(rules, number, tags=tags, rank=number % 7)
    return rules
