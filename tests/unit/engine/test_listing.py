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


def taken(listing: Listing) -> list[set[str]]:
    """Take all images, phase by phase."""
    return [set(phase) for phase in listing.phases()]


def test_images_come_in_the_order_of_their_phases() -> None:
    """Whichever page they were listed on, and in whichever order there."""
    listing = listed(Row("c", 2), Row("a", 0), Row("d", 2))
    listing.add([Row("b", 1), Row("e", 2)])
    assert listing.size == 5
    assert taken(listing) == [{"a"}, {"b"}, {"c", "d", "e"}]


def test_without_images_there_is_no_phase() -> None:
    """Also when a page was empty."""
    listing = Listing()
    listing.add([])
    assert (listing.size, taken(listing)) == (0, [])


def test_an_image_that_was_taken_is_not_held_any_more() -> None:
    """The count goes down with each one, not with each phase."""
    listing = listed(Row("a", 0), Row("b", 0), Row("c", 1))
    phases = listing.phases()
    first = next(phases)
    one = next(first)
    assert listing.size == 2
    assert ({one, *first}, listing.size) == ({"a", "b"}, 1)
    assert (list(next(phases)), listing.size) == (["c"], 0)
    assert not any(taken(listing))


@examples(50)
@given(st.lists(st.lists(st.integers(0, 3), max_size=30), max_size=5))
def test_a_listing_gives_back_all_that_it_was_given(pages: list[list[int]]) -> None:
    """Whatever the pages hold: each image once, in the order of the phases."""
    listing = Listing()
    expected: dict[int, list[str]] = {}
    for page, phases in enumerate(pages):
        rows = [Row(f"sha256:{page}-{place}", phase) for place, phase in enumerate(phases)]
        listing.add(rows)
        for digest, phase in rows:
            expected.setdefault(phase, []).append(digest)
    assert listing.size == sum(map(len, pages))
    assert [sorted(phase) for phase in listing.phases()] == [
        sorted(expected[phase]) for phase in sorted(expected)
    ]
    assert listing.size == 0
