"""One drain: what it does when a call fails, when it is stopped, and what it reports then."""

from __future__ import annotations

import random
import signal
import threading
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from ecrdrain.engine import (
    Deleted,
    Event,
    Failure,
    Limits,
    Listed,
    Listing,
    Page,
    RoundEnded,
    Row,
    calls,
    drain_repository,
    ignore,
    rounds,
)
from ecrdrain.engine.rounds import LONGEST_REST, PATIENCE, Drain
from ecrdrain.lab.ecr import ImageId
from ecrdrain.lab.ecr import ImageStore as Rules
from tests.unit.engine import faulty
from tests.unit.engine.errors import aws_error, denied, server_error, throttled, unanswered
from tests.unit.engine.registry import (
    DescribedRegistry,
    Registry,
    add,
    digest_of,
    images,
    known_listing,
)
from tests.unit.engine.simulation import SimulatedLimits, SimulatedPool, simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.unit.engine.registry import Answer


class Troubled(Registry):
    """A repository whose calls can fail.

    Attributes:
        problems: By operation, what its calls raise, one after the other; None lets one pass.
        after: Whether a call takes effect before it fails.
        ghosts: What a listing shows when the repository is empty.
    """

    def __init__(self, rules: Rules, **options: Any) -> None:
        super().__init__(rules, **options)
        self.problems: dict[str, list[Exception | None]] = {}
        self.after = False
        self.ghosts: list[int] = []

    def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
        """Make a call, or fail, or both."""
        problems = self.problems.get(operation)
        problem = problems.pop(0) if problems else None
        if problem is None:
            return super().send(operation, work)
        if self.after:
            super().send(operation, work)
        else:
            calls._before_send(f"before-send.ecr.{operation}")
        faulty.hear(problem)
        raise problem

    def rows(self, token: str | None) -> Page:
        """List images, or what is left of them."""
        page = super().rows(token)
        return page if page.rows else Page([Row(digest_of(each), 1) for each in self.ghosts], None)


class TroubledDescribed(Troubled, DescribedRegistry):
    """The same, listed as DescribeImages lists."""


STALE = aws_error("InvalidParameterException", message="Invalid parameter at nextToken")


# What goes, and in which order.


def test_full_batches_go_in_the_order_of_their_phases() -> None:
    """Two hundred and fifty images are three calls, and an image with two tags is one image."""
    rules = images(150, 100)
    add(rules, 7, tags=["second", "third"])
    registry = Registry(rules)
    report = simulate(registry, concurrency=1)
    assert [len(batch) for batch in registry.batches] == [100, 50, 100]
    assert set(registry.batches[2]) == {digest_of(number) for number in range(150, 250)}
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 3}
    assert (report.deleted, report.rounds, report.images) == (250, 2, 250)


@pytest.mark.parametrize("seed", range(5))
def test_a_phase_begins_when_the_one_before_has_ended_however_many_calls_are_in_flight(
    seed: int,
) -> None:
    """A hundred tagged indexes with four children each go in five calls: nothing is refused."""
    rules = Rules()
    for first in range(0, 500, 5):
        for child in range(first, first + 4):
            add(rules, child)
        add(rules, first + 4, children=range(first, first + 4), tags=[f"v{first}"])
    registry = Registry(rules)
    report = simulate(registry, seed=seed, concurrency=8)
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 5}


def test_calls_are_made_side_by_side() -> None:
    """Four calls of one drain meet at a barrier, then all is gone."""
    barrier = threading.Barrier(4)

    class Meeting(Registry):
        def delete(self, digests: Any) -> Any:
            barrier.wait(60)
            return super().delete(digests)

    report = drain_repository(Meeting(images(400)), 4, Limits())
    assert (report.empty, report.deleted) == (True, 400)
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 4}


def test_a_drain_begins_with_few_calls_at_once() -> None:
    """Eight before the first answer, then more and more, until every thread has one."""
    limits = SimulatedLimits()
    pool = SimulatedPool(32, limits.time, random.Random(0))  # noqa: S311 - nothing secret
    under_way: list[int] = []

    class Noted(Registry):
        def take_deletion(self, digests: Sequence[str]) -> list[Failure]:
            under_way.append(pool.most)
            return super().take_deletion(digests)

    with patch.object(rounds, "wait", pool.wait):
        Drain(Noted(images(12_000)), pool, 32, limits, ignore).run()
    assert (under_way[0], pool.most) == (8, 32)


def test_nested_indexes_without_tags_go_level_by_level_in_one_round() -> None:
    """An image that an index lists is tried again in the same round, without another listing."""
    rules = Rules()
    add(rules, 1)
    add(rules, 2, children=[1])
    add(rules, 3, children=[2])
    registry = Registry(rules)
    report = simulate(registry)
    assert [len(batch) for batch in registry.batches] == [3, 2, 1]
    assert (report.empty, report.rounds, report.calls["ListImages"]) == (True, 2, 2)


def test_images_that_are_held_back_are_not_tried_again_while_nothing_goes() -> None:
    """Their index never goes: one try more after each pass that helped, not one more."""
    rules = Rules()
    add(rules, 1)
    add(rules, 2)
    index = add(rules, 3, children=[1])
    registry = Registry(rules, refuse={index: "ImageInaccessible"})
    limits = SimulatedLimits()
    report = simulate(registry, limits)
    assert report.failure_codes == {"ImageInaccessible": 1, "ImageReferencedByManifestList": 1}
    assert (report.deleted, report.left, report.left_exact) == (1, 2, True)
    assert limits.pauses == [1.0, 2.0], "an index that is gone may be named for a while"


# Listings.


def test_what_fits_into_a_page_is_listed_by_one_call() -> None:
    """However mixed it is."""
    registry = Registry(images(3, 3), page_size=6)
    assert simulate(registry).empty
    assert registry.pages == 2


def test_what_may_be_an_index_goes_while_the_listing_is_still_read() -> None:
    """What has a tag goes page by page, what has none only after the listing's last page."""
    listed: list[int] = []

    class Noted(Registry):
        def take_deletion(self, digests: Sequence[str]) -> list[Failure]:
            listed.append(self.pages)
            return super().take_deletion(digests)

    registry = Noted(images(450, 450), page_size=150)
    report = simulate(registry, concurrency=1)
    assert [len(batch) for batch in registry.batches] == [100] * 4 + [50] + [100] * 4 + [50]
    assert listed == sorted(listed)
    assert listed[0] < 6, "sent before the last page has come"
    assert listed[5:] == [6] * 5
    assert (report.empty, report.calls["ListImages"]) == (True, 7)
    tagged = {digest for batch in registry.batches[:5] for digest in batch}
    assert tagged == {digest_of(number) for number in range(450)}


@pytest.mark.parametrize("kind", [Registry, DescribedRegistry])
@pytest.mark.parametrize("seed", range(5))
def test_a_phase_begins_only_when_all_of_the_one_before_is_settled(
    seed: int, kind: type[Registry]
) -> None:
    """However many calls are in flight, and on whichever pages the images are listed."""
    answered = 0
    begun: list[tuple[int, int]] = []  # of each call: its images' phase, the calls answered before
    rules = Rules()
    for number in range(450):
        add(rules, number, rank=number % 7)
    for number in range(450, 900):
        tags = [f"v{number}"] if number >= 600 else []
        add(rules, number, children=[number - 450], tags=tags, rank=number % 5)

    def noted(digests: Sequence[str]) -> list[Failure]:
        (phase,) = {phase_of[digest] for digest in digests}
        begun.append((phase, answered))
        return delete(digests)

    def hear(event: Event) -> None:
        nonlocal answered
        answered += isinstance(event, Deleted)

    phase_of = {row.digest: row.phase for row in kind(rules).rows(None).rows}
    registry = kind(rules, page_size=100)
    delete, registry.delete = registry.delete, noted  # type: ignore[method-assign]
    assert simulate(registry, seed=seed, concurrency=8, on_event=hear).empty
    first = dict(reversed(begun))
    for phase in sorted(first):
        before = sum(each < phase for each, _ in begun)
        assert first[phase] >= before
    assert len(first) == (3 if kind is DescribedRegistry else 2)


def test_images_of_later_phases_are_held_until_those_before_have_gone() -> None:
    """Children are listed before their indexes, and go after them all the same."""
    rules = Rules()
    for number in range(200):
        add(rules, number, rank=0)
    for number in range(200, 300):
        add(rules, number, children=[number - 200, number - 100], rank=1)
    registry = DescribedRegistry(rules, page_size=70)
    report = simulate(registry, concurrency=1)
    assert report.calls == {"DescribeImages": 6, "BatchDeleteImage": 3}


def test_an_image_whose_tags_lie_on_several_pages_is_sent_once() -> None:
    """One that is known already is not sent with its next rows."""
    rules = images(30)
    add(rules, 3, tags=[f"more{number}" for number in range(40)])
    registry = Registry(rules, page_size=10)
    assert simulate(registry).deleted == 30
    assert sorted(digest for batch in registry.batches for digest in batch) == [
        digest_of(number) for number in range(30)
    ]


@pytest.mark.parametrize("phase", [0, 1])
def test_an_image_without_tags_that_is_listed_twice_goes_once_and_counts_once(phase: int) -> None:
    """ECR does not promise that no page repeats a row of another."""

    class Repeating(Registry):
        def rows(self, token: str | None) -> Page:
            digests = [image.digest for image in self.rules]
            rows = [Row(digest, phase) for digest in digests]
            return Page(rows, None if token or not rows else "again")

    registry = Repeating(images(0, 30))
    report = simulate(registry)
    assert (report.empty, report.deleted, report.left) == (True, 30, 0)
    assert [len(batch) for batch in registry.batches] == [30]


def test_archived_images_go_too() -> None:
    """They are listed like all others."""
    rules = images(5)
    add(rules, 5, archived=True)
    assert simulate(Registry(rules)).deleted == 6


def test_an_empty_page_that_has_a_successor_is_not_the_end() -> None:
    """A repository is empty when its last page says so, however many were empty before."""

    class Gappy(Registry):
        def rows(self, token: str | None) -> Page:
            if token == "second":
                return Page([], "third")
            if token is None:
                return Page([], "second")
            return super().rows(None)

    registry = Gappy(images(3))
    report = simulate(registry)
    assert (report.empty, report.deleted) == (True, 3)
    assert report.calls["ListImages"] == 6


@pytest.mark.parametrize("at", [2, 3, 5])
def test_a_page_token_that_ecr_has_forgotten_begins_a_new_listing(at: int) -> None:
    """The listing breaks off, and the next round finds the rest."""
    registry = Troubled(images(300, 300), page_size=100)
    registry.problems["ListImages"] = [None] * at + [STALE]
    report = simulate(registry)
    assert (report.empty, report.deleted, len(registry.rules)) == (True, 600, 0)


def test_a_page_token_that_never_works_ends_the_drain_with_what_ecr_said() -> None:
    """A listing that breaks off again and again, before a batch is full, is an error."""
    registry = Troubled(images(30), page_size=10)
    registry.problems["ListImages"] = [None, None, STALE] * 20
    limits = SimulatedLimits()
    report = simulate(registry, limits)
    assert report.stopped == "error"
    assert report.error is not None
    assert (report.error.operation, report.error.code) == (
        "ListImages",
        "InvalidParameterException",
    )
    assert (report.left, report.left_exact) == (20, False), "the pages that came are known"
    assert limits.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("kind", [Troubled, TroubledDescribed])
def test_all_that_a_broken_listing_has_shown_is_told_as_left(kind: type[Troubled]) -> None:
    """What is held for a later phase is there still: no call has tried it."""
    registry = kind(images(20, 20), page_size=10)
    registry.problems[registry.list_operation] = [None, None, None, STALE]
    events: list[Event] = []
    report = simulate(registry, on_event=events.append)
    assert [each for each in events if isinstance(each, RoundEnded)] == [
        RoundEnded(1, 0, 30),
        RoundEnded(2, 40, 0),
        RoundEnded(3, 40, 0),
    ]
    assert (report.empty, report.deleted) == (True, 40)


# What is known before.


def test_a_drain_begins_with_a_listing_that_was_made_before() -> None:
    """It lists only once more, to see that nothing is left, and takes images in their phases."""
    rules = Rules()
    add(rules, 0)
    add(rules, 1, children=[0])
    add(rules, 2, children=[1], tags=["v1"])
    registry = Registry(rules)
    registry.listing = known_listing(rules)
    report = simulate(registry)
    assert [len(batch) for batch in registry.batches] == [1, 1, 1]
    assert report.calls == {"ListImages": 1, "BatchDeleteImage": 3}


def test_a_listing_without_images_is_made_anew() -> None:
    """Somebody may have pushed since."""
    registry = Registry(images(3))
    registry.listing = Listing()
    report = simulate(registry)
    assert (report.deleted, report.calls["ListImages"]) == (3, 2)


def test_what_is_known_but_gone_does_not_count() -> None:
    """Somebody else has emptied the repository meanwhile."""
    registry = Registry(Rules())
    registry.listing = known_listing(images(150))
    report = simulate(registry)
    assert (report.empty, report.deleted, report.left) == (True, 0, 0)


def test_a_drain_begins_with_a_first_page() -> None:
    """It is not fetched again; the pages after it are."""
    for size, pages in ((100, 1), (10, 3)):
        registry = Registry(images(20, 10), page_size=size)
        registry.first = registry.rows(None)
        report = simulate(registry)
        assert (registry.pages, report.deleted, report.empty) == (pages, 30, True)


def test_a_first_page_that_is_empty_and_the_last_one_is_all() -> None:
    """No call is needed."""
    registry = Registry(Rules())
    registry.first = Page([], None)
    report = simulate(registry)
    assert (report.empty, report.calls, report.rounds) == (True, {}, 1)


# Others at work.


def test_what_somebody_else_deletes_does_not_count_even_after_a_refusal() -> None:
    """An image was refused for an index, then somebody deleted both: the drain deleted none."""
    rules = Rules()
    child = add(rules, 1, tags=["child"])
    index = add(rules, 2, children=[1])

    def delete(rules: Rules, call: int) -> None:
        if call == 2:
            rules.delete([ImageId(index)])
            rules.delete([ImageId(child)])

    report = simulate(Registry(rules, meddle=delete))
    assert (report.empty, report.deleted, report.left) == (True, 0, 0)


def test_what_was_refused_and_is_not_listed_any_more_is_not_left() -> None:
    """Somebody else has deleted it between two rounds."""
    limits = SimulatedLimits()
    registry = Registry(images(3), refuse={digest_of(1): "KmsError"})

    def delete(event: Event) -> None:
        if isinstance(event, RoundEnded):
            registry.rules.delete([ImageId(digest_of(1))])

    report = simulate(registry, limits, on_event=delete)
    assert (report.empty, report.deleted, report.left, report.failures) == (True, 2, 0, ())


def test_images_that_ecr_still_lists_after_deleting_them_do_not_count_twice() -> None:
    """ECR may catch up with itself only later: the drain waits, and then sees it empty."""
    registry = Troubled(images(0, 5))
    registry.ghosts = [0, 1, 2, 3, 4]
    limits = SimulatedLimits()
    limits.time.at(3.0, registry.ghosts.clear)
    report = simulate(registry, limits)
    assert (report.empty, report.deleted, report.left) == (True, 5, 0)
    assert limits.pauses == [1.0, 2.0]


def test_images_that_ecr_lists_for_ever_are_not_called_empty() -> None:
    """Rounds without progress are bounded, and then nothing is claimed."""
    registry = Troubled(Rules())
    registry.ghosts = [1]
    limits = SimulatedLimits()
    report = simulate(registry, limits)
    assert (report.empty, report.stopped, report.deleted) == (False, None, 0)
    assert limits.pauses == [1.0, 2.0, 4.0]


# Refusals.


@pytest.mark.parametrize(
    ("code", "pauses"),
    [
        ("ImageInaccessible", []),
        ("InvalidImageDigest", []),
        ("KmsError", [1.0]),
        ("UpstreamAccessDenied", [1.0]),
        ("UpstreamTooManyRequests", [1.0, 2.0, 4.0]),
        ("UpstreamUnavailable", [1.0, 2.0, 4.0]),
    ],
)
def test_a_refusal_is_worth_as_many_rounds_as_its_code_says(
    code: str, pauses: list[float]
) -> None:
    """A final one is not tried again; after the others, the report names the code."""
    registry = Registry(images(150), refuse={digest_of(7): code})
    limits = SimulatedLimits()
    report = simulate(registry, limits)
    assert (report.deleted, report.left, report.left_exact) == (149, 1, True)
    assert report.failures == ((digest_of(7), code, "so it is set up"),)
    assert (report.empty, report.stopped, report.error) == (False, None, None)
    assert limits.pauses == pauses
    assert report.rounds == len(pauses) + 2


def test_a_child_goes_once_its_index_relents() -> None:
    """A refusal for the sake of an index is worth waiting for."""
    rules = Rules()
    add(rules, 1)
    index = add(rules, 2, children=[1])
    registry = Registry(rules, refuse={index: "UpstreamUnavailable"})
    limits = SimulatedLimits()
    limits.time.at(3.0, registry.refuse.clear)
    report = simulate(registry, limits)
    assert (report.empty, report.deleted) == (True, 2)
    assert limits.pauses == [1.0, 2.0]


@pytest.mark.parametrize("problem", [throttled(), server_error()])
def test_rounds_that_failed_for_the_moment_do_not_use_up_those_of_a_refusal(
    problem: Exception,
) -> None:
    """After five listings that failed, KmsError is still worth one round more."""
    registry = Troubled(images(1), refuse={digest_of(0): "KmsError"})
    registry.problems["ListImages"] = [problem] * 5
    limits = SimulatedLimits()
    limits.time.at(32.0, registry.refuse.clear)
    report = simulate(registry, limits)
    assert (report.empty, report.deleted) == (True, 1)


# The repository itself.


def test_a_repository_that_does_not_exist_is_empty() -> None:
    """There is nothing to drain: no error, and the report says that it is not there."""
    registry = Troubled(images(3))
    registry.problems["ListImages"] = [aws_error("RepositoryNotFoundException")]
    report = simulate(registry)
    assert (report.exists, report.empty, report.left, report.left_exact) == (False, True, 0, True)
    assert (report.stopped, report.error) == (None, None)


@pytest.mark.parametrize("operation", ["ListImages", "BatchDeleteImage"])
@pytest.mark.parametrize("known", [False, True])
def test_a_repository_that_vanishes_in_the_middle_is_empty(
    operation: str,
    known: bool,  # noqa: FBT001 - of parametrize
) -> None:
    """Its images went with it, and what this drain deleted before is still counted."""
    registry = Troubled(images(100, 150))
    registry.listing = known_listing(registry.rules) if known else None
    before: list[Exception | None] = [None] if operation == "BatchDeleteImage" or not known else []
    gone = aws_error("RepositoryNotFoundException")
    registry.problems[operation] = [*before, *[gone] * 10]
    report = simulate(registry, concurrency=1)
    assert (report.exists, report.empty) == (False, True)
    assert (report.left, report.left_exact, report.failures) == (0, True, ())
    assert report.deleted == (100 if operation == "BatchDeleteImage" else 250)
    assert (report.stopped, report.error) == (None, None)


# Errors.


def test_a_denial_in_the_middle_ends_the_drain_with_its_code_and_what_is_left_for_certain() -> (
    None
):
    """An AccessDenied is no image's failure, and what is known to wait is left."""
    registry = Troubled(images(1_000))
    registry.problems["BatchDeleteImage"] = [None, *[denied()] * 9]
    report = simulate(registry, concurrency=1)
    assert (report.deleted, report.left, report.left_exact) == (100, 900, False)
    assert (report.stopped, report.failures) == ("error", ())
    assert str(report.error) == "AccessDeniedException: not authorized"
    assert report.error is not None
    assert report.error.operation == "BatchDeleteImage"
    assert report.calls["BatchDeleteImage"] <= 3, "but for what was under way"


def test_batches_that_no_thread_has_taken_are_not_sent_after_an_error() -> None:
    """Two are under way when the first is denied, and one waits: that one is left."""
    registry = Troubled(images(1_000))
    registry.problems["BatchDeleteImage"] = [denied()] * 9
    report = simulate(registry, concurrency=2)
    assert report.calls["BatchDeleteImage"] == 3
    assert (report.deleted, report.left) == (0, 1_000)


@pytest.mark.parametrize("took_effect", [False, True])
@pytest.mark.parametrize("problem", [unanswered(), server_error()])
def test_what_a_lost_call_did_is_neither_claimed_as_deleted_nor_as_left(
    problem: Exception,
    took_effect: bool,  # noqa: FBT001 - of parametrize
) -> None:
    """Whether the call took effect or not, a report made right then says nothing of its images."""
    registry = Troubled(images(250))
    registry.problems["BatchDeleteImage"] = [problem, *[denied()] * 9]
    registry.after = took_effect
    limits = SimulatedLimits(deadline=0.9)
    report = simulate(registry, limits, concurrency=1)
    assert (report.deleted, report.left, report.left_exact) == (0, 150, False)
    assert (report.empty, report.stopped) == (False, "deadline")


def test_a_call_that_had_no_effect_leaves_its_images_for_certain() -> None:
    """A throttled call has done nothing."""
    registry = Troubled(images(250))
    registry.problems["BatchDeleteImage"] = [throttled()] * 9
    report = simulate(registry, SimulatedLimits(deadline=0.9), concurrency=1)
    assert (report.deleted, report.left, report.left_exact) == (0, 250, False)
    assert report.throttled == report.calls["BatchDeleteImage"] >= 1
    assert report.stopped == "deadline"


def test_an_answer_that_was_lost_is_made_up_for_by_the_next_round() -> None:
    """What the lost call deleted is not found any more, and counts; the rest is deleted."""
    registry = Troubled(images(250))
    registry.problems["BatchDeleteImage"] = [unanswered()]
    registry.after = True
    report = simulate(registry)
    assert (report.empty, report.deleted, report.left) == (True, 250, 0)


def test_a_drain_that_is_only_throttled_is_given_up_in_the_end() -> None:
    """After ten minutes without an image deleted, with rests of up to half a minute."""
    registry = Troubled(images(250))
    registry.problems["BatchDeleteImage"] = [throttled()] * 10_000
    limits = SimulatedLimits()
    report = simulate(registry, limits)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.throttled
    assert (report.deleted, report.left, report.left_exact) == (0, 250, False)
    assert limits.pauses[:6] == [1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_REST]
    assert set(limits.pauses[6:]) == {LONGEST_REST}
    assert PATIENCE <= limits.clock() < PATIENCE + 60


def test_patience_begins_anew_with_each_image_that_goes() -> None:
    """Throttled for nine minutes, twice, with one call between that succeeds: it ends empty."""
    registry = Troubled(images(150))
    nine_minutes: list[Exception | None] = [throttled()] * 21
    registry.problems["ListImages"] = [*nine_minutes, None, *nine_minutes, None]
    limits = SimulatedLimits()
    assert simulate(registry, limits).empty
    assert limits.clock() > 1.7 * PATIENCE


# Stopped.


def test_no_call_starts_after_the_deadline_and_what_is_known_to_wait_is_left() -> None:
    """The listing took all the time."""
    limits = SimulatedLimits(deadline=5.0)
    registry = Registry(images(250), meddle=lambda _rules, _call: limits.time.advance(10.0))
    report = simulate(registry, limits)
    assert (report.deleted, report.left, report.left_exact) == (0, 250, False)
    assert (report.stopped, report.error, report.empty) == ("deadline", None, False)
    assert report.calls == {"ListImages": 1}
    assert report.seconds == 10.0


def test_a_deadline_in_the_past_lets_nothing_begin() -> None:
    """Not even a listing; nothing is claimed."""
    report = simulate(Registry(images(3)), SimulatedLimits(deadline=0.0))
    assert (report.calls, report.left, report.left_exact) == ({}, 0, False)
    assert report.stopped == "deadline"


def test_the_images_of_a_known_listing_are_left_when_time_is_over() -> None:
    """Those that no call has tried count as well as those in hand."""
    registry = Registry(images(1_000))
    registry.listing = known_listing(registry.rules)
    limits = SimulatedLimits(deadline=0.9)
    report = simulate(registry, limits, concurrency=1)
    assert 0 < report.deleted < 1_000
    assert report.left == 1_000 - report.deleted == len(registry.rules)


@pytest.mark.parametrize("kind", [Registry, DescribedRegistry])
@pytest.mark.parametrize("pages", range(1, 5))
def test_all_that_a_listing_has_shown_is_left_when_it_is_stopped(
    pages: int, kind: type[Registry]
) -> None:
    """Also what is held for a later phase, and that of the page which has just come."""
    limits = SimulatedLimits()
    registry = kind(images(300, 300), page_size=150)
    shown: set[str] = set()
    token = None
    for _ in range(pages):
        page = registry.rows(token)
        shown.update(row.digest for row in page.rows)
        token = page.token

    def stop(event: Event) -> None:
        if isinstance(event, Listed) and registry.pages == pages:
            limits.stop.set()

    report = simulate(registry, limits, on_event=stop)
    assert (report.stopped, report.left_exact) == ("interrupt", False)
    assert report.deleted + report.left == len(shown) == 150 * pages
    assert registry.pages == pages


@pytest.mark.parametrize("why", ["interrupt", "deadline", "error"])
def test_what_a_round_has_left_is_known_until_the_next_listing_has_come(why: str) -> None:
    """A drain that ends before that reports what the round before could not delete, and why."""
    limits = SimulatedLimits()
    registry = Troubled(images(150), refuse={digest_of(7): "KmsError"})

    def end(event: Event) -> None:
        if isinstance(event, RoundEnded) and event.round == 1:
            if why == "interrupt":
                limits.stop.set()
            elif why == "deadline":
                limits.deadline = limits.clock()
            else:
                registry.problems["ListImages"] = [denied()]

    report = simulate(registry, limits, on_event=end)
    assert report.stopped == why
    assert (report.deleted, report.left, report.left_exact) == (149, 1, False)
    assert report.failure_codes == {"KmsError": 1}


def test_calls_that_are_under_way_when_it_is_stopped_are_finished_and_counted() -> None:
    """Two have been sent: they count, and no third one follows."""
    sent, stop = threading.Barrier(2), threading.Event()

    class Slow(Registry):
        def delete(self, digests: Any) -> Any:
            refused = super().delete(digests)
            sent.wait(60)
            stop.set()
            return refused

    registry = Slow(images(1_000))
    report = drain_repository(registry, 2, Limits(stop=stop))
    assert (report.stopped, report.error) == ("interrupt", None)
    assert (report.deleted, report.left, report.left_exact) == (200, 800, False)
    assert report.calls == {"ListImages": 1, "BatchDeleteImage": 2}


def test_ctrl_c_finishes_what_is_in_flight_and_sends_nothing_more() -> None:
    """KeyboardInterrupt reaches the caller when the calls under way have ended."""
    begun, answered = threading.Barrier(2), threading.Event()

    class Stop(threading.Event):
        def set(self) -> None:
            super().set()
            answered.set()

    class Slow(Registry):
        def delete(self, digests: Any) -> Any:
            refused = super().delete(digests)
            if begun.wait(60) == 0:
                signal.raise_signal(signal.SIGINT)
            answered.wait(60)
            return refused

    registry, stop, deleted = Slow(images(1_000)), Stop(), []

    def hear(event: Event) -> None:
        if isinstance(event, Deleted):
            deleted.append(event.deleted)

    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            drain_repository(registry, 2, Limits(stop=stop), hear)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert deleted == [100, 100]
    assert stop.is_set()
    assert len(registry.batches) == 2
    assert len(registry.rules) == 800


def test_a_listener_that_fails_ends_the_drain() -> None:
    """Its error reaches the caller, and no call starts behind the back of who might handle it."""
    under_way = threading.Event()

    class Stop(threading.Event):
        def set(self) -> None:
            super().set()
            under_way.set()

    class Slow(Registry):
        def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
            answer = super().send(operation, work)
            if len(self.batches) > 1:
                under_way.wait(5)
            return answer

    def fail(event: Event) -> None:
        if isinstance(event, Deleted):
            raise ZeroDivisionError

    registry = Slow(images(1_000))
    with pytest.raises(ZeroDivisionError):
        drain_repository(registry, 2, Limits(stop=Stop()), fail)
    assert len(registry.batches) <= 3


def test_a_mistake_in_a_call_is_raised() -> None:
    """It is not AWS's error, so it is no report's."""

    class Broken(Registry):
        def delete(self, digests: Any) -> Any:
            del digests
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drain_repository(Broken(images(1)), 1, Limits())


# What is told on the way.


def test_events_tell_of_each_page_each_call_and_each_round() -> None:
    """In the order in which they happen."""
    rules = images(2)
    child = add(rules, 5)
    add(rules, 6, children=[5], tags=["index"])
    registry = Registry(rules, refuse={digest_of(0): "ImageInaccessible"})
    events: list[Event] = []
    simulate(registry, concurrency=1, on_event=events.append)
    assert events == [
        Listed(1, 4),
        Deleted(3, 2, {"ImageInaccessible": 1}),
        Deleted(1, 1, {}),
        RoundEnded(1, 3, 1),
        Listed(2, 1),
        Deleted(1, 0, {"ImageInaccessible": 1}),
        RoundEnded(2, 3, 1),
    ]
    assert child not in registry.rules
