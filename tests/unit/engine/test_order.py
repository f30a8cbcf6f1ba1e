"""The order in which images go, decided without any call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecrdrain.engine.order import Order, OrderedBatch

from ecrdrain.engine.report import Failure
from tests.unit.engine.registry import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable


def leading(numbers: Iterable[int]) -> list[tuple[str, bool]]:
    """Return rows of images that lead."""
    return [(digest_of(number), True) for number in numbers]


def following(numbers: Iterable[int]) -> list[tuple[str, bool]]:
    """Return rows of images that follow."""
    return [(digest_of(number), False) for number in numbers]


def refusal(image: int, *indexes: int, reason: str | None = None) -> Failure:
    """Return ECR's refusal of an image that these indexes list."""
    named = ", ".join(digest_of(index) for index in indexes)
    return Failure(
        digest_of(image),
        "ImageReferencedByManifestList",
        f"Requested image referenced by manifest list: [{named}]" if reason is None else reason,
    )


def refuse(order: Order, failure: Failure, gone: Iterable[int] = (), known: int = -1) -> None:
    """Tell an order of a refusal."""
    order.refuse(
        failure, [digest_of(each) for each in gone], lambda each: each == digest_of(known)
    )


def numbers(batch: OrderedBatch | None) -> list[int]:
    """Return which images a batch holds."""
    return [] if batch is None else [int(digest[7:], 16) for digest in batch.digests]


def taken(order: Order) -> list[int]:
    """Take everything that may go now, as one list."""
    found: list[int] = []
    while batch := order.take(whole=False):
        found += numbers(batch)
    return found


def test_batches_hold_a_hundred_and_the_rest_comes_only_when_asked_for() -> None:
    """A call that is not full may be filled up by what comes later."""
    order = Order()
    order.add(leading(range(250)))
    assert numbers(order.take(whole=True)) == list(range(100))
    assert numbers(order.take(whole=True)) == list(range(100, 200))
    assert order.take(whole=True) is None
    assert numbers(order.take(whole=False)) == list(range(200, 250))
    assert order.take(whole=False) is None


def test_leading_images_go_first_and_followers_fill_their_last_batch() -> None:
    """The batch says what it holds."""
    order = Order()
    order.add(following(range(1_000, 1_100)) + leading(range(60)))
    assert order.follows
    batch = order.take(whole=True)
    assert numbers(batch) == [*range(60), *range(1_000, 1_040)]
    assert batch is not None
    assert (batch.leads, batch.follows) == (True, 40)
    rest = order.take(whole=False)
    assert rest is not None
    assert (rest.leads, rest.follows) == (False, 60)
    assert not order.follows


def test_a_full_batch_of_leading_images_holds_no_followers() -> None:
    """Then nothing has to be waited for."""
    order = Order()
    order.add(leading(range(100)) + following([1_000]))
    assert not order.follows


def test_followers_that_are_held_wait_until_they_are_released() -> None:
    """They are known to be there all the while."""
    order = Order()
    order.add(leading([1]) + following(range(1_000, 1_250)), hold=True)
    assert taken(order) == [1]
    assert len(list(order.unsent())) == 250
    assert order.many
    order.release()
    assert taken(order) == list(range(1_000, 1_250))
    assert not order.many


def test_an_index_that_a_refusal_names_goes_next_and_its_children_when_it_is_gone() -> None:
    """The reason orders; nothing is sent twice for it."""
    order = Order()
    refuse(order, refusal(1, 100))
    refuse(order, refusal(2, 100))
    order.add(following([7]))
    batch = order.take(whole=False)
    assert numbers(batch) == [100, 7]
    assert batch is not None
    assert batch.named == 1
    order.gone([digest_of(100)])
    assert taken(order) == [1, 2]


def test_a_listing_that_comes_to_a_named_index_passes_it_over() -> None:
    """It went early; in the next listing it counts again."""
    order = Order()
    refuse(order, refusal(1, 100))
    assert taken(order) == [100]
    order.add(following([99, 100, 101]))
    assert taken(order) == [99, 101]
    order.forget()
    order.add(following([100]))
    assert taken(order) == [100]


def test_a_named_index_that_waits_already_is_moved_to_the_front() -> None:
    """It has been listed: it is not one that only a refusal has named."""
    order = Order()
    order.add(leading([50]) + following([60, 100]))
    refuse(order, refusal(1, 100))
    batch = order.take(whole=False)
    assert numbers(batch) == [100, 50, 60]
    assert batch is not None
    assert batch.named == 0


def test_an_index_in_flight_or_refused_itself_is_waited_for() -> None:
    """Sending it again would not help."""
    order = Order()
    refuse(order, refusal(1, 100), known=100)
    assert taken(order) == []
    order.gone([digest_of(100)])
    assert taken(order) == [1]


def test_an_image_in_several_indexes_waits_for_all_of_them() -> None:
    """The last one frees it."""
    order = Order()
    refuse(order, refusal(1, 100, 101, 102))
    assert sorted(taken(order)) == [100, 101, 102]
    order.gone([digest_of(101), digest_of(100)])
    assert taken(order) == []
    order.gone([digest_of(102)])
    assert taken(order) == [1]


def test_an_image_whose_index_went_in_the_same_call_is_tried_at_once() -> None:
    """ECR judged it by what was there when the call began."""
    order = Order()
    refuse(order, refusal(1, 100), gone=[100])
    assert taken(order) == [1]


def test_an_index_goes_early_only_once() -> None:
    """ECR may name an index that is gone for a while; asking again would not end."""
    order = Order()
    refuse(order, refusal(1, 100))
    assert taken(order) == [100]
    order.gone([digest_of(100)])
    assert taken(order) == [1]
    refuse(order, refusal(1, 100))
    assert taken(order) == []


def test_an_image_refused_again_for_another_index_waits_for_that_one() -> None:
    """What was in its way before has no say any more."""
    order = Order()
    refuse(order, refusal(1, 100), known=100)
    refuse(order, refusal(1, 101), known=101)
    order.gone([digest_of(101)])
    assert taken(order) == [1]
    order.gone([digest_of(100)])
    assert taken(order) == []


def test_a_reason_that_names_nothing_changes_nothing() -> None:
    """The next round tries the image again; so it is when only the image itself is named."""
    order = Order()
    refuse(order, refusal(1, reason="Requested image referenced by manifest list"))
    refuse(order, refusal(1, 1))
    refuse(order, refusal(1, reason="sha256:beef"))
    assert taken(order) == []


def test_what_is_tried_again_goes_whatever_was_in_its_way() -> None:
    """A wave does not trust reasons."""
    order = Order()
    refuse(order, refusal(1, 100), known=100)
    order.retry([digest_of(1)])
    assert taken(order) == [1]
    order.gone([digest_of(100)])
    assert taken(order) == []


def test_no_batch_holds_an_image_twice() -> None:
    """A listing that shows an image twice does not send it twice in one call."""
    order = Order()
    order.add(following([1, 2, 1]))
    order.retry([digest_of(2)])
    assert numbers(order.take(whole=False)) == [2, 1]


def test_what_is_listed_again_can_be_dropped_but_for_the_images_that_lead() -> None:
    """Those are not listed again."""
    order = Order()
    order.add(leading([1]) + following([2, 3]))
    refuse(order, refusal(4, 100))
    assert taken(order.without_followers()) == [1]
