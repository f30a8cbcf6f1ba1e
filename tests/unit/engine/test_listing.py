"""How a repository is read: page by page, in parts where that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.engine import OneAtATime, Page, Until
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.listing import FETCHED, SAMPLE, Listing
from ecrdrain.lab.ecr import ImageStore as Rules
from tests.unit.engine.errors import aws_error, denied
from tests.unit.engine.registry import Registry, add, digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class NotingRegistry(Registry):
    """A repository that notes what was asked for, and may fail from a call on.

    Args:
        rules: The images.
        page_size: Rows a page.
        error: What a call fails with.
        fails_at: Which call of the listing fails, from 1; 0: none.
    """

    kinds_operation = "DescribeImages"

    def __init__(
        self,
        rules: Rules,
        page_size: int,
        error: Exception | None = None,
        fails_at: int = 0,
    ) -> None:
        super().__init__(rules, page_size=page_size)
        self.asked: list[str] = []
        self._error = error
        self._fails_at = fails_at

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Return a page and note for what."""
        self.asked.append(f"{tags}{'*' if kinds else ''}")
        if self._error is not None and len(self.asked) == self._fails_at:
            raise self._error
        return super().page(token, tags)


def images(tagged: int, untagged: int) -> Rules:
    """Return so many images, mixed in every listing."""
    rules = Rules()
    for number in range(tagged):
        add(rules, number, tags=[f"v{number}"], rank=number % 7)
    for number in range(tagged, tagged + untagged):
        add(rules, number, rank=number % 7)
    return rules


def listing_of(registry: Registry) -> tuple[Listing, Ledger]:
    """Return a listing whose calls are made at once."""
    ledger = Ledger(OneAtATime(), Until())
    return Listing(registry, ledger), ledger


def digests(pages: Iterable[Page]) -> list[str]:
    """Return what pages show."""
    return [digest for page in pages for digest, _ in page.rows]


def test_what_fits_into_a_page_is_listed_by_one_call() -> None:
    """However mixed it is."""
    registry = NotingRegistry(images(3, 3), page_size=10)
    assert len(digests(listing_of(registry)[0].pages())) == 6
    assert registry.asked == ["ANY"]


@pytest.mark.parametrize(("tagged", "untagged"), [(25, 0), (0, 25)])
def test_images_of_one_sort_are_listed_in_one_go(tagged: int, untagged: int) -> None:
    """There is nothing to tell apart."""
    registry = NotingRegistry(images(tagged, untagged), page_size=10)
    assert len(set(digests(listing_of(registry)[0].pages()))) == 25
    assert registry.asked == ["ANY"] * 3


def test_a_large_mixed_repository_is_listed_in_two_parts() -> None:
    """First what has tags, then what has none: one page more than in one go, or two."""
    registry = NotingRegistry(images(20, 25), page_size=10)
    found = digests(listing_of(registry)[0].pages())
    assert set(found[:20]) == {digest_of(number) for number in range(20)}
    assert set(found[20:]) == {digest_of(number) for number in range(20, 45)}
    assert registry.asked == ["ANY", "TAGGED", "TAGGED", "UNTAGGED", "UNTAGGED", "UNTAGGED"]


def test_a_registry_that_cannot_tell_tags_apart_is_listed_in_one_go() -> None:
    """Then followers have to be held back."""
    registry = NotingRegistry(images(20, 25), page_size=10)
    registry.knows_tag_status = False
    assert len(set(digests(listing_of(registry)[0].pages()))) == 45
    assert registry.asked == ["ANY"] * 5


def test_pages_are_fetched_ahead_up_to_a_few() -> None:
    """The next ones are there when they are needed, and memory stays flat."""
    registry = NotingRegistry(images(100, 0), page_size=10)
    listing, _ = listing_of(registry)
    pages = listing.pages()
    next(pages)
    assert len(registry.asked) == 1 + FETCHED
    listing.look_ahead()
    assert len(registry.asked) == 1 + FETCHED
    next(pages)
    listing.look_ahead()
    assert len(registry.asked) == 2 + FETCHED
    assert len(digests(pages)) == 80


def test_untagged_images_are_not_fetched_ahead_while_that_may_be_in_vain() -> None:
    """They may have to be listed in another way."""
    registry = NotingRegistry(images(5, 40), page_size=10)
    listing, _ = listing_of(registry)
    listing.eager = False
    pages = listing.pages()
    next(pages)
    sample = next(pages)
    assert sample.token == SAMPLE
    assert 0 < len(sample.rows) < 10
    assert not any(leads for _, leads in sample.rows)
    next(pages)
    assert registry.asked == ["ANY", "TAGGED", "UNTAGGED"]
    listing.look_ahead()
    assert registry.asked == ["ANY", "TAGGED", "UNTAGGED"]
    assert len(digests(pages)) == 30


def test_kinds_are_asked_for_all_images_unless_those_with_tags_are_known() -> None:
    """After a whole listing, or the one of the tagged, only the untagged are missing."""
    for rules, pages_before, expected in (
        (images(0, 25), 1, "ANY*"),
        (images(5, 3), 1, "UNTAGGED*"),
        (images(5, 25), 2, "UNTAGGED*"),
    ):
        registry = NotingRegistry(rules, page_size=10)
        listing, _ = listing_of(registry)
        pages = listing.pages()
        for _ in range(pages_before):
            next(pages)
        list(pages) if len(rules) < 10 else None
        assert len(digests(listing.kinds())) in (25, 3)
        assert registry.asked[-1] == expected


def test_a_token_that_ecr_does_not_know_any_more_breaks_the_listing_off() -> None:
    """What was listed until then is good; whoever wants all begins anew."""
    stale = aws_error("InvalidParameterException")
    registry = NotingRegistry(images(25, 0), 10, stale, fails_at=3)
    listing, ledger = listing_of(registry)
    assert len(digests(listing.pages())) == 20
    assert listing.broken is not None
    assert listing.broken.error.operation == "ListImages"
    assert ledger.sent == {"ListImages": 3}


def test_after_a_break_in_the_first_part_the_second_is_not_listed() -> None:
    """Images without a tag go after all those with one."""
    stale = aws_error("InvalidParameterException")
    registry = NotingRegistry(images(25, 25), 10, stale, fails_at=3)
    listing, _ = listing_of(registry)
    assert len(digests(listing.pages())) == 10
    assert registry.asked == ["ANY", "TAGGED", "TAGGED"]


@pytest.mark.parametrize(
    ("error", "fails_at"),
    [(aws_error("InvalidParameterException"), 1), (denied(), 1), (denied(), 2)],
)
def test_other_errors_are_the_drains(error: Exception, fails_at: int) -> None:
    """Beginning anew would not help, and a first page has no token."""
    registry = NotingRegistry(images(25, 0), 10, error, fails_at)
    listing, _ = listing_of(registry)
    with pytest.raises(CallFailed) as failed:
        digests(listing.pages())
    assert failed.value.__cause__ is error
    assert listing.broken is None
