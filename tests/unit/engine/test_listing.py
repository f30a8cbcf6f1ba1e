"""A whole listing, held until its images go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.engine import Listing, Row
from tests.effort import examples


def listed(*rows: Row) -> Listing:
    """Return a listing of one page."""
    listing = Listing()
    listing.add(rows)
    return listing


def taken(listing: Listing) -> list[list[str]]:
    """Take all images, phase by phase."""
    return [list(phase) for phase in listing.phases()]


def test_images_come_in_the_order_of_their_phases() -> None:
    """Within a phase they come as they were listed, page after page."""
    listing = listed(Row("c", 2), Row("a", 0), Row("d", 2))
    listing.add([Row("b", 1), Row("e", 2)])
    assert listing.images == 5
    assert taken(listing) == [["a"], ["b"], ["c", "d", "e"]]


def test_without_images_there_is_no_phase() -> None:
    """Also when a page was empty."""
    listing = Listing()
    listing.add([])
    assert (listing.images, taken(listing)) == (0, [])


def test_an_image_that_was_taken_is_not_held_any_more() -> None:
    """The count goes down with each one, not with each phase."""
    listing = listed(Row("a", 0), Row("b", 0), Row("c", 1))
    phases = listing.phases()
    first = next(phases)
    assert (next(first), listing.images) == ("a", 2)
    assert (list(first), listing.images) == (["b"], 1)
    assert (list(next(phases)), listing.images) == (["c"], 0)
    assert taken(listing) == [[], []]


@examples(50)
@given(st.lists(st.lists(st.integers(0, 3), max_size=30), max_size=5))
def test_a_listing_gives_back_all_that_it_was_given(pages: list[list[int]]) -> None:
    """Whatever the pages hold: each image once, in the order of phase, page and row."""
    rows = [
        [Row(f"sha256:{page}-{place}", phase) for place, phase in enumerate(phases)]
        for page, phases in enumerate(pages)
    ]
    listing = Listing()
    for page in rows:
        listing.add(page)
    expected = sorted((row for page in rows for row in page), key=lambda row: row.phase)
    assert listing.images == len(expected)
    assert [digest for phase in taken(listing) for digest in phase] == [
        row.digest for row in expected
    ]
    assert listing.images == 0
