"""The way into the engine, and what the swift drain does beyond the simple one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from ecrdrain.engine import OneAtATime, Pacer, Page, Until, drain_repository, tell_nobody
from ecrdrain.engine.rounds import Drain
from ecrdrain.lab.ecr import ImageStore as Rules
from tests.unit.engine.errors import denied, server_error
from tests.unit.engine.faulty import Faults, FaultyRegistry
from tests.unit.engine.registry import Registry, add, digest_of
from tests.unit.engine.virtual import Clock, VirtualCalls, bucket, luck

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecrdrain.engine import Failure


def pushed(indexes: int, children: int = 2) -> Rules:
    """Return untagged indexes with their children, listed in any order."""
    chance, rules, number = luck(1), Rules(), 0
    for _ in range(indexes):
        first = number
        for _ in range(children):
            add(rules, number, rank=chance.randint(0, 9_999))
            number += 1
        add(rules, number, children=range(first, number), rank=chance.randint(0, 9_999))
        number += 1
    return rules


def test_by_default_calls_are_paced_and_made_side_by_side() -> None:
    """Four calls of one drain meet at a barrier, then all is gone."""
    rules = Rules()
    for number in range(400):
        add(rules, number, tags=[f"v{number}"])
    barrier = threading.Barrier(4)

    class MeetingRegistry(Registry):
        def delete(self, digests: Sequence[str]) -> list[Failure]:
            barrier.wait(60)
            return super().delete(digests)

    report = drain_repository(MeetingRegistry(rules), concurrency=8)
    assert report.empty
    assert report.deleted == 400
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 4}


def test_a_pacer_of_ones_own_is_used() -> None:
    """Whoever wants to look at its state passes it."""
    rules = Rules()
    add(rules, 1, tags=["v1"])
    pacer = Pacer()
    assert drain_repository(Registry(rules), calls=pacer).empty
    assert set(pacer.state()) == {"ListImages", "BatchDeleteImage"}


def test_children_wait_for_their_indexes_however_many_calls_may_be_in_flight() -> None:
    """A hundred tagged indexes with four children each go in five calls."""
    chance, rules = luck(1), Rules()
    for index in range(100):
        first = 5 * index
        for child in range(first, first + 4):
            add(rules, child, rank=chance.randint(0, 999))
        add(
            rules,
            first + 4,
            children=range(first, first + 4),
            tags=[f"v{index}"],
            rank=chance.randint(0, 999),
        )
    clock = Clock()
    registry = FaultyRegistry(rules, Faults(name_parents=False), chance)
    calls = VirtualCalls(clock, chance, concurrency=32, latency=5.0)
    report = drain_repository(registry, calls=calls)
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 5}
    assert calls.most_in_flight > 1


def test_when_only_untagged_images_are_there_their_kinds_are_asked_for_at_once() -> None:
    """Three hundred images in indexes go in three calls."""
    registry = FaultyRegistry(pushed(100), Faults(), luck(0), kinds=True)
    report = drain_repository(registry, calls=OneAtATime())
    assert report.empty
    assert report.calls == {"ListImages": 2, "DescribeImages": 1, "BatchDeleteImage": 3}


def test_where_kinds_may_not_be_asked_for_the_drain_goes_on_in_the_same_round() -> None:
    """DescribeImages is denied once; then ListImages lists again."""
    registry = FaultyRegistry(pushed(100), Faults(), luck(0), kinds=None)
    report = drain_repository(registry, calls=OneAtATime())
    assert (report.empty, report.deleted, report.rounds) == (True, 300, 2)
    assert report.calls["DescribeImages"] == 1


def test_calls_that_wait_to_be_repeated_when_the_time_is_over_are_all_accounted_for() -> None:
    """Several are halted at once; what none of them has done is left."""
    rules, clock, chance = Rules(), Clock(), luck(3)
    for number in range(1_000):
        add(rules, number, tags=[f"v{number}"])
    tokens = {"BatchDeleteImage": bucket(clock, 0, 1)}
    registry = FaultyRegistry(rules, Faults(tokens=tokens), chance)
    calls = VirtualCalls(clock, chance, concurrency=8)
    report = Drain(registry, calls, Until(30, clock=clock), clock=clock).run()
    assert (report.stopped, report.deleted, report.left) == ("deadline", 100, 900)


def test_kinds_are_not_asked_for_when_few_images_are_held_back() -> None:
    """Untagged images alone, of tagged ones that moved on, need no second listing."""
    rules = Rules()
    for number in range(50):
        add(rules, number, tags=[f"v{number}"])
    for number in range(50, 1_000):
        add(rules, number)
    registry = FaultyRegistry(rules, Faults(), luck(0), kinds=True)
    report = drain_repository(registry, calls=OneAtATime())
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 10}


def test_a_listing_of_kinds_that_fails_otherwise_than_by_denial_ends_the_drain() -> None:
    """A server that cannot be reached is no reason to list in another way."""

    class FailingRegistry(FaultyRegistry):
        def _describe(self, token: str | None, tags: str) -> Page:
            del token, tags
            raise server_error()

    registry = FailingRegistry(pushed(100), Faults(), luck(0), kinds=True)
    report = drain_repository(registry, calls=OneAtATime())
    assert report.stopped == "error"
    assert report.error is not None
    assert (report.error.operation, report.error.code) == ("DescribeImages", "ServerException")


def test_an_index_that_is_named_but_gone_is_not_counted() -> None:
    """Somebody else deletes an index that no listing has shown: it was never seen."""
    rules = Rules()
    child = add(rules, 1, tags=["child"])
    index = add(rules, 2, children=[1], tags=["index"])

    class HidingRegistry(Registry):
        def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
            page = super().page(token, tags, kinds=kinds)
            return Page([row for row in page.rows if row[0] != index], page.token)

        def delete(self, digests: Sequence[str]) -> list[Failure]:
            refused = super().delete(digests)
            if digests == [child] and index in rules:
                super().delete([index])
            return refused

    registry = HidingRegistry(rules)
    report = drain_repository(registry, calls=OneAtATime())
    assert report.empty
    assert report.deleted == 1
    assert [index] in registry.batches[2:]


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_failure_in_flight_is_the_cause_even_of_an_interrupted_drain(
    interrupted: bool,  # noqa: FBT001 - of parametrize
) -> None:
    """The first real cause is what the report names."""
    rules = Rules()
    for number in range(300):
        add(rules, number, tags=[f"v{number}"])
    stop, begun = threading.Event(), threading.Event()

    class DenyingRegistry(Registry):
        def delete(self, digests: Sequence[str]) -> list[Failure]:
            if digest_of(0) in digests:
                begun.wait(60)
                raise denied()
            if interrupted:
                stop.set()
            begun.set()
            return super().delete(digests)

    report = drain_repository(DenyingRegistry(rules), calls=Pacer(), stop=stop)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.code == "AccessDeniedException"
    assert report.left >= 100
    assert len(rules) == 300 - report.deleted


def test_a_mistake_in_a_call_is_raised_when_the_calls_in_flight_have_ended() -> None:
    """It is not AWS's error, so it is no report's."""

    class BrokenRegistry(Registry):
        def delete(self, digests: Sequence[str]) -> list[Failure]:
            del digests
            raise ZeroDivisionError

    rules = Rules()
    add(rules, 1)
    with pytest.raises(ZeroDivisionError):
        Drain(BrokenRegistry(rules), OneAtATime(), Until()).run()


def test_nobody_needs_to_listen() -> None:
    """Progress can be told to nobody."""
    tell_nobody("deleted", deleted=1)


def test_a_listing_in_parts_that_shows_nothing_is_no_proof_of_emptiness() -> None:
    """What the listing of all images has shown, the listings by tag must not hide."""

    class Lagging(Registry):
        """Lists images as a whole that it does not list by tag."""

        def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
            """List two pages of ghosts, and nothing by tag."""
            super().page(token, tags, kinds=kinds)
            if tags != "ANY":
                return Page([], None)
            return Page([(digest_of(1), True), (digest_of(2), False)], None if token else "more")

    report = drain_repository(Lagging(Rules()), calls=OneAtATime(sleep=lambda _seconds: None))
    assert (report.empty, report.deleted) == (False, 0)
