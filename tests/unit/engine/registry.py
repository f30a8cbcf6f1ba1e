"""A repository in memory that obeys ECR's rules, for draining."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecrdrain.engine import Failure, Page
from ecrdrain.lab.ecr import LARGEST_BATCH, Image, ImageId, ImageStatus, SameCall
from ecrdrain.lab.ecr import ImageStore as Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Registry:
    """A repository over the lab's rules.

    Args:
        rules: The images, and what ECR allows.
        page_size: Rows a page.
        same_call: Whether an index and its children can go in one call.
        refuse: Codes with which single images are always refused, whatever the rules say.
        meddle: Called after each call, with its number from 1: somebody else at work.
    """

    name = "team/app"
    registry = "private"
    registry_id = "123456789012"
    region = "eu-west-1"
    list_operation = "ListImages"
    kinds_operation: str | None = None
    knows_tag_status = True

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
        self.batches: list[Sequence[str]] = []
        self._page_size = page_size
        self._same_call = same_call
        self._refuse = refuse or {}
        self._meddle = meddle
        self._calls = 0

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Return a page of all images, archived ones included."""
        assert not kinds
        rows, following = self.rules.rows(
            tag_status=tags, image_status="ANY", token=token, limit=self._page_size
        )
        self._count()
        return Page([(row.digest or "", row.tag is not None) for row in rows], following)

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete as BatchDeleteImage does."""
        assert 1 <= len(digests) <= LARGEST_BATCH
        self.batches.append(list(digests))
        refused = [
            Failure(digest, self._refuse[digest], "so it is set up")
            for digest in digests
            if digest in self._refuse
        ]
        willing = [ImageId(digest) for digest in digests if digest not in self._refuse]
        if willing:
            outcome = self.rules.delete(willing, self._same_call)
            refused += [
                Failure(each.image_id.digest or "", each.code, each.reason)
                for each in outcome.failures
            ]
        self._count()
        return refused

    def _count(self) -> None:
        self._calls += 1
        self._meddle(self.rules, self._calls)


def digest_of(number: int) -> str:
    """Return a well-formed digest for a number."""
    return f"sha256:{number:064x}"


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
