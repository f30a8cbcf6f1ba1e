"""A repository in memory whose calls fail now and then, in every way in which AWS's do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecrdrain.engine import Failure, Page
from ecrdrain.lab.ecr import SameCall
from tests.unit.engine.errors import (
    aws_error,
    denied,
    server_error,
    throttled,
    unanswered,
    unavailable,
    unreachable,
)
from tests.unit.engine.registry import Registry

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from ecrdrain.lab.ecr import ImageStore as Rules
    from ecrdrain.lab.strict.throttle import TokenBucket

BEFORE = (server_error, unavailable, unreachable, throttled)
"""Faults of a call that has done nothing."""

INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Faults:
    """How calls fail.

    Attributes:
        share: Of all calls, how many fail in each of the ways.
        tokens: What throttles them, by operation.
        denied_from: From which call on all are denied; None: never.
        transient: Of the images, how many are refused with KmsError when first tried.
        stale_tokens: How many tokens of later pages, the first ones, ECR does not know any more.
        name_parents: Whether refusals name the indexes that are in the way.
    """

    share: float = 0.0
    tokens: dict[str, TokenBucket] = field(default_factory=dict)
    denied_from: int | None = None
    transient: float = 0.0
    stale_tokens: int = 0
    name_parents: bool = True


class FaultyRegistry(Registry):
    """A repository over the lab's rules, with faults.

    Args:
        rules: The images, and what ECR allows.
        faults: How calls fail.
        chance: Where luck comes from.
        kinds: Whether DescribeImages may be called; None means that it is denied.
        page_size: Rows a page.
        same_call: Whether an index and its children can go in one call.
        refuse: Codes with which single images are always refused.
        meddle: Called after each call that took effect: somebody else at work.

    Attributes:
        calls: All that have come, by operation.
        throttles: How many were throttled.
    """

    def __init__(  # noqa: PLR0913 - as for the registry without faults
        self,
        rules: Rules,
        faults: Faults,
        chance: random.Random,
        *,
        kinds: bool | None = False,
        page_size: int = 1000,
        same_call: SameCall = SameCall.SNAPSHOT,
        refuse: dict[str, str] | None = None,
        meddle: Callable[[Rules, int], None] = lambda _rules, _call: None,
    ) -> None:
        super().__init__(
            rules, page_size=page_size, same_call=same_call, refuse=refuse, meddle=meddle
        )
        self.calls: Counter[str] = Counter()
        self.throttles = 0
        self.kinds_operation = None if kinds is False else "DescribeImages"
        self._may_describe = kinds is True
        self._faults = faults
        self._chance = chance
        self._known: set[str] = set()
        self._later_pages = 0

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Return a page, or fail."""
        self._come("DescribeImages" if kinds else "ListImages")
        if kinds and not self._may_describe:
            raise denied()
        self._later_pages += token is not None
        if token is not None and self._later_pages <= self._faults.stale_tokens:
            raise aws_error("InvalidParameterException", message="Invalid parameter at nextToken")
        page = self._describe(token, tags) if kinds else super().page(token, tags)
        self._get_lost()
        return page

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete as BatchDeleteImage does, or fail."""
        self._come("BatchDeleteImage")
        transient = [
            digest
            for digest in digests
            if digest not in self._known and self._chance.random() < self._faults.transient
        ]
        self._known.update(digests)
        willing = [digest for digest in digests if digest not in transient]
        refused = [Failure(digest, "KmsError", "try again") for digest in transient]
        refused += super().delete(willing) if willing else []
        self._get_lost()
        if not self._faults.name_parents:
            refused = [Failure(each.digest, each.code, "") for each in refused]
        return refused

    def _describe(self, token: str | None, tags: str) -> Page:
        images, following = self.rules.images(
            tag_status=tags, image_status="ANY", token=token, limit=self._page_size
        )
        self._count()
        return Page([(image.digest, bool(image.children)) for image in images], following)

    def _come(self, operation: str) -> None:
        self.calls[operation] += 1
        tokens = self._faults.tokens.get(operation)
        if tokens is not None and not tokens.take():
            self.throttles += 1
            raise throttled()
        denied_from = self._faults.denied_from
        if denied_from is not None and self.calls.total() >= denied_from:
            raise denied()
        for fault in BEFORE:
            if self._chance.random() < self._faults.share:
                self.throttles += fault is throttled
                raise fault()

    def _get_lost(self) -> None:
        """Lose the answer of a call that took effect, now and then."""
        if self._chance.random() < self._faults.share:
            raise unanswered()
