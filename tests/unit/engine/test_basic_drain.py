"""The drain at its simplest: what it does when a call fails, and what it reports then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from ecrdrain.engine import OneAtATime, Page, Report, Until, tell_nobody
from ecrdrain.engine.basic import BasicDrain
from ecrdrain.lab.ecr import ImageStore as Rules
from tests.unit.engine.registry import Registry, add, digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecrdrain.engine import Failure


def error(code: str, status: int = 400) -> ClientError:
    """Make the error that boto3 raises for a code."""
    response: Any = {
        "Error": {"Code": code, "Message": "so it is set up"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


LOST = ReadTimeoutError(endpoint_url="https://ecr.example")


class Troubled(Registry):
    """A repository of so many images whose calls can fail.

    Args:
        images: How many.
        page_size: Rows a page.

    Attributes:
        pages: What the listings raise, call by call; None lets one pass.
        deletes: The same for deletions.
        after: Whether a deletion takes effect before it fails.
        ghosts: What a listing shows when the repository is empty.
        listing: Called before each listing.
    """

    def __init__(self, images: int, *, page_size: int = 1000) -> None:
        super().__init__(Rules(), page_size=page_size)
        for number in range(images):
            add(self.rules, number)
        self.pages: list[Exception | None] = []
        self.deletes: list[Exception | None] = []
        self.after = False
        self.ghosts: list[tuple[str, bool]] = []
        self.listing: Callable[[], object] = lambda: None

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """List, or fail."""
        self.listing()
        problem = self.pages.pop(0) if self.pages else None
        if problem is not None:
            raise problem
        page = super().page(token, tags, kinds=kinds)
        return page if page.rows else Page(self.ghosts, None)

    def delete(self, digests: Sequence[str]) -> list[Failure]:
        """Delete, or fail, or both."""
        problem = self.deletes.pop(0) if self.deletes else None
        if problem is None:
            return super().delete(digests)
        if self.after:
            super().delete(digests)
        raise problem


def drain(
    registry: Registry,
    until: Until | None = None,
    sleep: Callable[[float], None] = lambda _seconds: None,
) -> Report:
    """Drain simply."""
    return BasicDrain(registry, OneAtATime(sleep), until or Until(), tell_nobody).run()


def test_a_repository_that_does_not_exist_is_empty() -> None:
    """There is nothing to drain."""
    registry = Troubled(3)
    registry.pages = [error("RepositoryNotFoundException")]
    report = drain(registry)
    assert (report.empty, report.left, report.stopped, report.error) == (True, 0, None, None)


def test_a_repository_that_vanishes_in_the_middle_is_empty() -> None:
    """Its images went with it, and what this drain deleted before is still counted."""
    registry = Troubled(250)
    registry.deletes = [None, error("RepositoryNotFoundException")]
    report = drain(registry)
    assert (report.empty, report.deleted, report.left) == (True, 100, 0)


def test_a_refused_call_ends_the_drain_with_its_code_and_what_is_left_for_certain() -> None:
    """An AccessDenied in the middle is no image's failure, and what is known to wait is left."""
    registry = Troubled(250)
    registry.deletes = [None, error("AccessDeniedException")]
    report = drain(registry)
    assert (report.deleted, report.left, report.left_exact) == (100, 150, False)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.operation == "BatchDeleteImage"
    assert report.error.code == "AccessDeniedException"
    assert len(registry.rules) == 150


@pytest.mark.parametrize("effect", ["before it", "not at all"])
@pytest.mark.parametrize("problem", [LOST, error("ServerException", 500)])
def test_what_a_lost_call_did_is_neither_claimed_as_deleted_nor_as_left(
    problem: Exception, effect: str
) -> None:
    """Whether the call took effect or not, the report says nothing of its images."""
    registry = Troubled(100)
    registry.deletes = [problem]
    registry.after = effect == "before it"
    report = drain(registry)
    assert (report.deleted, report.left, report.left_exact, report.empty) == (0, 0, False, False)
    assert report.stopped == "error"


def test_a_listing_that_fails_at_first_ends_the_drain() -> None:
    """There is nothing to go on with."""
    registry = Troubled(3)
    registry.pages = [error("InvalidParameterException")]
    report = drain(registry)
    assert (report.stopped, report.deleted) == ("error", 0)


def test_a_page_token_that_has_expired_begins_a_new_listing() -> None:
    """What was listed so far is deleted, and the rest is found by the next round."""
    registry = Troubled(30, page_size=10)
    registry.pages = [None, None, error("InvalidParameterException")]
    report = drain(registry)
    assert (report.empty, report.deleted, len(registry.rules)) == (True, 30, 0)


def test_a_page_token_that_never_works_ends_the_drain() -> None:
    """A listing that breaks off again and again without an image to delete is an error."""
    registry = Troubled(30, page_size=10)
    registry._refuse = {digest_of(number): "ImageInaccessible" for number in range(30)}
    registry.pages = [None, error("InvalidParameterException")] * 20
    report = drain(registry)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.code == "InvalidParameterException"


def test_no_call_starts_after_the_deadline() -> None:
    """What is known to wait is left, at least."""
    now = [0.0]
    registry = Troubled(250)
    registry.listing = lambda: now.append(10.0)
    report = drain(registry, Until(5.0, clock=lambda: now[-1]))
    assert (report.deleted, report.left, report.left_exact) == (0, 250, False)
    assert report.stopped == "deadline"
    assert len(registry.rules) == 250


def test_images_that_ecr_still_lists_after_deleting_them_do_not_count_twice() -> None:
    """ECR may catch up with itself only later: the drain waits, and then sees it empty."""
    registry = Troubled(5)
    registry.ghosts = [(digest_of(number), False) for number in range(5)]
    pauses: list[float] = []

    def catch_up(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            registry.ghosts = []

    report = drain(registry, sleep=catch_up)
    assert (report.empty, report.deleted, report.left) == (True, 5, 0)
    assert pauses == [1.0, 2.0]


def test_images_that_ecr_lists_for_ever_are_not_called_empty() -> None:
    """Rounds without progress are bounded, and then nothing is claimed."""
    registry = Troubled(0)
    registry.ghosts = [(digest_of(number), False) for number in range(5)]
    report = drain(registry)
    assert (report.empty, report.stopped) == (False, None)


def test_a_child_goes_once_its_index_relents() -> None:
    """A refusal for the sake of an index is worth waiting for."""
    rules = Rules()
    add(rules, 1)
    index = add(rules, 2, children=[1])
    registry = Registry(rules, refuse={index: "UpstreamUnavailable"})
    pauses: list[float] = []

    def relent(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            registry._refuse = {}

    report = drain(registry, sleep=relent)
    assert (report.empty, report.deleted) == (True, 2)
