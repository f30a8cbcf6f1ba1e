"""What holds for every repository, whatever is in it, fails on the way, or happens meanwhile."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.lab.ecr import ImageId, SameCall
from tests.effort import examples
from tests.unit.engine.faulty import Faults, FaultyRegistry
from tests.unit.engine.registry import (
    DescribedRegistry,
    Registry,
    add,
    digest_of,
    number_of,
)
from tests.unit.engine.repositories import grow, luck, opened, page_sizes, seeds
from tests.unit.engine.simulation import LONGEST_CALL, Clock, SimulatedLimits, simulate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecrdrain.engine import Failure, Outcome, Page
    from ecrdrain.lab.ecr import ImageStore as Rules

A_DAY = 86_400.0

same_calls = st.sampled_from(SameCall)


def check(report: Outcome, registry: FaultyRegistry, images: int) -> None:
    """Compare a report with what is really there, `images` being all that ever were."""
    held = {image.digest for image in registry.rules}
    gone = images - len(held)
    assert {failure.digest for failure in report.failures} <= held, "left, but gone"
    assert report.left <= len(held), "left, but gone"
    assert gone - registry.unaccounted <= report.deleted <= gone, "deleted, but there"
    if report.stopped is None:
        assert report.left == len(held)
    if report.empty:
        assert not held
        assert report.stopped is None
    assert report.calls == dict(registry.sent)
    assert report.throttled == registry.throttles


@examples(100)
@given(seeds, st.integers(0, 220), page_sizes, same_calls)
def test_every_graph_of_images_ends_empty_and_each_image_is_counted_once(
    seed: int, images: int, page_size: int, same_call: SameCall
) -> None:
    """Any graph, page size, order and way of listing ends empty, without a pause."""
    chance, limits = luck(seed), SimulatedLimits()
    registry = opened(chance, grow(chance, images), page_size=page_size, same_call=same_call)
    report = simulate(registry, limits, seed=seed, concurrency=chance.randint(1, 8))
    assert len(registry.rules) == 0
    assert (report.empty, report.exists) == (True, True)
    assert (report.deleted, report.left, report.left_exact) == (images, 0, True)
    assert (report.failures, report.stopped, report.error) == ((), None, None)
    assert report.calls.get("BatchDeleteImage", 0) == len(registry.batches)
    assert report.calls.get(registry.list_operation, 0) == registry.pages
    assert limits.pauses == []


@examples(60)
@given(seeds, st.integers(0, 220), page_sizes, same_calls)
def test_an_image_is_sent_again_only_after_a_refusal_for_the_sake_of_an_index(
    seed: int, images: int, page_size: int, same_call: SameCall
) -> None:
    """Each digest goes into one call, at most a hundred a call, unless ECR has refused it."""
    chance = luck(seed)
    registry = opened(chance, grow(chance, images), page_size=page_size, same_call=same_call)
    allowed = Counter(image.digest for image in registry.rules)
    delete = registry.delete

    def noted(digests: Sequence[str]) -> list[Failure]:
        assert 1 <= len(digests) <= 100
        assert len(set(digests)) == len(digests)
        for digest in digests:
            allowed[digest] -= 1
            assert allowed[digest] == 0
        refused = delete(digests)
        allowed.update(failure.digest for failure in refused)
        return refused

    registry.delete = noted  # type: ignore[method-assign]
    assert simulate(registry, seed=seed).empty


@examples(60)
@given(seeds, st.integers(1, 120), page_sizes, same_calls)
def test_an_image_that_never_goes_is_left_and_said_why(
    seed: int, images: int, page_size: int, same_call: SameCall
) -> None:
    """What ECR keeps refusing is reported with its code, and so is all that it holds back."""
    chance = luck(seed)
    stubborn = chance.sample(range(images), min(images, chance.randint(0, 5)))
    registry = opened(
        chance,
        grow(chance, images),
        page_size=page_size,
        same_call=same_call,
        refuse={digest_of(number): "ImageInaccessible" for number in stubborn},
    )
    report = simulate(registry, seed=seed)
    held = {image.digest for image in registry.rules}
    assert {digest_of(number) for number in stubborn} <= held
    assert (report.empty, report.left_exact) == (not held, True)
    assert (report.deleted, report.left) == (images - len(held), len(held))
    assert {failure.digest for failure in report.failures} == held
    for failure in report.failures:
        expected = "ImageInaccessible"
        if number_of(failure.digest) not in stubborn:
            expected = "ImageReferencedByManifestList"
        assert failure.code == expected


@examples(60)
@given(seeds, st.integers(0, 200), page_sizes)
def test_images_pushed_meanwhile_go_too(seed: int, images: int, page_size: int) -> None:
    """Images and indexes that arrive while the drain runs are just more work."""
    chance = luck(seed)
    pushed = itertools.count(10_000)
    last_call = chance.randint(1, 20)
    late = 0

    def push(rules: Rules, call: int) -> None:
        nonlocal late
        late = 0
        if call <= last_call and chance.random() < 0.5:
            child, index = next(pushed), next(pushed)
            add(rules, child, rank=chance.randint(0, images))
            add(rules, index, children=[child], tags=["latest"] * chance.randint(0, 1))
            late = 2

    registry = opened(chance, grow(chance, images), page_size=page_size, meddle=push)
    report = simulate(registry, seed=seed)
    assert (report.empty, report.left) == (True, 0)
    assert len(registry.rules) == late, "only what came after the last listing is there"
    assert report.deleted == images + next(pushed) - 10_000 - late


@examples(60)
@given(seeds, st.integers(0, 200), page_sizes)
def test_images_that_somebody_else_deletes_meanwhile_do_not_count(
    seed: int, images: int, page_size: int
) -> None:
    """Two that delete at once count each image once between them."""
    chance = luck(seed)
    theirs = 0

    def delete(rules: Rules, _call: int) -> None:
        nonlocal theirs
        there = [image.digest for image in rules]
        for digest in chance.sample(there, min(len(there), chance.randint(0, 3))):
            theirs += not rules.delete([ImageId(digest)]).failures

    registry = opened(chance, grow(chance, images), page_size=page_size, meddle=delete)
    report = simulate(registry, seed=seed)
    assert (report.empty, report.left) == (True, 0)
    assert report.deleted + theirs == images


@examples(100)
@given(seeds, page_sizes, same_calls)
def test_faults_of_every_kind_leave_an_empty_repository(
    seed: int, page_size: int, same_call: SameCall
) -> None:
    """Tries that fail in each way, stale tokens, images refused once: all go, counted once."""
    chance, limits = luck(seed), SimulatedLimits()
    images = chance.randint(0, 400)
    faults = Faults(
        chance.choice((0.02, 0.05, 0.1)),
        tries=chance.randint(4, 10),  # of our client: 10; of the SDK's default: 5
        transient=chance.choice((0, 0.05)),
        stale_tokens=chance.choice((0, 1, 2)),
    )
    registry = FaultyRegistry(
        grow(chance, images), faults, chance, page_size=max(page_size, 40), same_call=same_call
    )
    report = simulate(registry, limits, seed=seed, concurrency=chance.randint(1, 8))
    check(report, registry, images)
    assert report.empty
    assert limits.clock() < A_DAY


@examples(100)
@given(seeds, st.floats(0.01, 30), st.booleans())
def test_a_drain_that_is_stopped_sends_nothing_more_and_reports_what_it_knows(
    seed: int,
    end: float,
    interrupted: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    """A deadline or an interrupt at any moment: no try starts later, and the report is true."""
    chance, clock, stop = luck(seed), Clock(), threading.Event()
    limits = SimulatedLimits(None if interrupted else end, stop, clock)
    if interrupted:
        clock.at(end, stop.set)
    images = chance.randint(1, 1_500)
    moments: list[float] = []
    registry = FaultyRegistry(
        grow(chance, images),
        Faults(0.05),
        chance,
        page_size=30,
        meddle=lambda _rules, _call: moments.append(clock.now),
    )
    report = simulate(registry, limits, seed=seed, concurrency=chance.randint(1, 8))
    check(report, registry, images)
    assert report.stopped in (None, "interrupt" if interrupted else "deadline")
    assert all(moment < end for moment in moments)
    assert report.empty is (report.stopped is None)
    assert report.left_exact is (report.stopped is None)
    assert clock.now < max(end, limits.pauses[-1] if limits.pauses else 0) + LONGEST_CALL * 8 + 1


@examples(60)
@given(seeds, st.integers(1, 220), page_sizes, st.integers(1, 8))
def test_a_drain_that_is_stopped_while_it_reads_has_left_what_it_has_read(
    seed: int, images: int, page_size: int, pages: int
) -> None:
    """Whatever has been listed by then is deleted or left, held for a later phase or not."""
    chance, limits = luck(seed), SimulatedLimits()
    kind = chance.choice((Registry, DescribedRegistry))
    registry = kind(grow(chance, images), page_size=page_size)
    shown: set[str] = set()
    rows = registry.rows

    def noted(token: str | None) -> Page:
        page = rows(token)
        shown.update(row.digest for row in page.rows)
        if registry.pages == pages:
            limits.stop.set()
        return page

    registry.rows = noted  # type: ignore[method-assign]
    report = simulate(registry, limits, seed=seed, concurrency=chance.randint(1, 8))
    assert report.deleted + report.left == len(shown)
    assert report.deleted == images - len(registry.rules)
    assert report.stopped in (None, "interrupt")


@examples(60)
@given(seeds, st.integers(1, 30))
def test_a_denial_in_the_middle_ends_the_drain_and_is_named(seed: int, denied_from: int) -> None:
    """What was in flight is counted; the report names the operation and AWS's code."""
    chance = luck(seed)
    images = chance.randint(900, 1_000)
    registry = FaultyRegistry(
        grow(chance, images), Faults(0.02, denied_from=denied_from), chance, page_size=100
    )
    concurrency = chance.randint(1, 8)
    report = simulate(registry, seed=seed, concurrency=concurrency)
    check(report, registry, images)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.code == "AccessDeniedException"
    assert report.error.operation in ("ListImages", "BatchDeleteImage")
    assert registry.sent.total() <= denied_from + concurrency


@examples(60)
@given(seeds, st.sampled_from(("ImageInaccessible", "UpstreamUnavailable", "KmsError")))
def test_with_faults_an_image_that_never_goes_is_named_and_all_others_go(
    seed: int, code: str
) -> None:
    """The rest is deleted; what stays is reported with its own code, and the count is exact."""
    chance, limits = luck(seed), SimulatedLimits()
    images = chance.randint(1, 300)
    hostile = digest_of(chance.randrange(images))
    registry = FaultyRegistry(
        grow(chance, images), Faults(0.03), chance, page_size=40, refuse={hostile: code}
    )
    report = simulate(registry, limits, seed=seed)
    check(report, registry, images)
    assert (report.empty, report.stopped, report.left_exact) == (False, None, True)
    codes = {failure.digest: failure.code for failure in report.failures}
    assert codes.pop(hostile) == code
    assert set(codes.values()) <= {"ImageReferencedByManifestList"}
    assert limits.clock() < A_DAY
