"""Whatever fails on the way, a drain ends, and what it reports is true."""

from __future__ import annotations

import itertools
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.engine import Report, Until
from ecrdrain.engine.basic import BasicDrain
from ecrdrain.engine.rounds import Drain, tell_nobody
from ecrdrain.lab.ecr import ImageStore as Rules
from ecrdrain.lab.ecr import SameCall
from ecrdrain.resource.one_by_one import OneByOne
from tests.effort import examples
from tests.unit.engine.faulty import Faults, FaultyRegistry
from tests.unit.engine.registry import add, digest_of
from tests.unit.engine.virtual import Clock, VirtualCalls, bucket, luck

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

A_DAY = 86_400.0

seeds = st.integers(0, 2**32)


def grow(chance: random.Random, images: int, rules: Rules | None = None, first: int = 0) -> Rules:
    """Push images of all kinds: single, in indexes, in nested indexes; tagged and not."""
    rules = rules or Rules()
    for number in range(first, first + images):
        children: list[int] = []
        if number > first and chance.random() < 0.3:
            children = chance.sample(range(first, number), min(number - first, 3))
        tags = [f"v{number}.{tag}" for tag in range(chance.choice((0, 0, 1, 2)))]
        add(rules, number, children=children, tags=tags, rank=chance.randint(0, images))
    return rules


def drain_swiftly(
    registry: FaultyRegistry, clock: Clock, chance: random.Random, until: Until
) -> Report:
    """Drain as the command line does, several calls at once."""
    calls = VirtualCalls(clock, chance, concurrency=chance.randint(1, 12))
    return Drain(registry, calls, until, clock=clock).run()


def drain_simply(
    registry: FaultyRegistry, clock: Clock, chance: random.Random, until: Until
) -> Report:
    """Drain as the Lambda function does, one call after the other."""
    del chance

    def sleep(seconds: float) -> None:
        end = clock.now + seconds
        while clock.now < end:
            clock.advance(end)

    return BasicDrain(registry, OneByOne(sleep), until, tell_nobody, clock).run()


both = pytest.mark.parametrize("drained", [drain_swiftly, drain_simply])
Drained = "Callable[[FaultyRegistry, Clock, random.Random, Until], Report]"


def check(report: Report, registry: FaultyRegistry, images: int) -> None:
    """Compare a report with what is really there, `images` being all that ever were."""
    held = {image.digest for image in registry.rules}
    assert {failure.digest for failure in report.failures} <= held, "left, but gone"
    assert report.left <= len(held), "left, but gone"
    assert report.deleted <= images - len(held), "deleted, but there"
    if report.stopped is None:
        assert report.deleted == images - len(held)
        assert report.left == len(held)
    if report.empty:
        assert not held
        assert report.stopped is None
    assert report.calls == dict(registry.calls)
    assert report.throttled == registry.throttles


@both
@examples(40)
@given(seeds, st.sampled_from(SameCall), st.booleans(), st.sampled_from((True, None, False)))
def test_faults_of_every_kind_leave_an_empty_repository(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report],
    seed: int,
    same_call: SameCall,
    named: bool,  # noqa: FBT001 - hypothesis draws it
    kinds: bool | None,  # noqa: FBT001 - the same
) -> None:
    """One call in twenty fails in each way, with stale tokens and images refused: all go."""
    chance, clock = luck(seed), Clock()
    faults = Faults(
        0.05, transient=0.05, stale_tokens=chance.choice((0, 1, 2)), name_parents=named
    )
    images = chance.randint(0, 400)
    registry = FaultyRegistry(
        grow(chance, images),
        faults,
        chance,
        kinds=kinds,
        page_size=chance.choice((7, 40, 1000)),
        same_call=same_call,
    )
    report = drained(registry, clock, chance, Until(clock=clock))
    check(report, registry, images)
    assert report.empty
    assert clock.now < A_DAY


@both
@examples(20)
@given(seeds)
def test_pushes_and_throttles_meanwhile_are_just_more_work(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report], seed: int
) -> None:
    """Images and indexes that arrive during the drain go too, at two calls a second."""
    chance, clock = luck(seed), Clock()
    pushed = itertools.count(10_000)
    last_call = chance.randint(1, 60)

    def push(rules: Rules, call: int) -> None:
        if call <= last_call and chance.random() < 0.3:
            child, index = next(pushed), next(pushed)
            add(rules, child)
            add(rules, index, children=[child], tags=[f"late{index}"] * chance.randint(0, 1))

    images = chance.randint(0, 300)
    tokens = {
        operation: bucket(clock, 2, chance.randint(1, 9))
        for operation in ("ListImages", "BatchDeleteImage")
    }
    registry = FaultyRegistry(
        grow(chance, images),
        Faults(0.02, tokens=tokens),
        chance,
        kinds=chance.choice((True, False)),
        page_size=50,
        meddle=push,
    )
    report = drained(registry, clock, chance, Until(clock=clock))
    arrived = next(pushed) - 10_000
    late = len(registry.rules)  # what came after the last listing had been made
    assert report.stopped is None
    assert report.empty
    assert late <= 2
    assert report.deleted == images + arrived - late


@both
@examples(40)
@given(seeds, st.floats(0, 30), st.booleans())
def test_a_drain_that_is_stopped_reports_what_it_knows(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report],
    seed: int,
    end: float,
    interrupted: bool,  # noqa: FBT001 - hypothesis draws it
) -> None:
    """A deadline or an interrupt at any moment: no call starts later, and the report is true."""
    chance, clock = luck(seed), Clock()
    stop = threading.Event()
    until = Until(None if interrupted else end, stop, clock)
    clock.at(end, stop.set) if interrupted else None
    images = chance.randint(1, 600)
    tokens = {"BatchDeleteImage": bucket(clock, 1, 2)}
    registry = FaultyRegistry(
        grow(chance, images), Faults(0.1, tokens=tokens), chance, page_size=30
    )
    moments: list[float] = []
    delete, page = registry.delete, registry.page

    def noted(call: Callable[..., object]) -> Callable[..., object]:
        def made(*arguments: object, **options: object) -> object:
            moments.append(clock.now)
            return call(*arguments, **options)

        return made

    registry.delete, registry.page = noted(delete), noted(page)  # type: ignore[method-assign, assignment]
    report = drained(registry, clock, chance, until)
    check(report, registry, images)
    assert report.stopped in (None, "interrupt" if interrupted else "deadline")
    in_flight = 0.4  # what had been started takes effect in this time
    assert all(moment <= end + in_flight for moment in moments)
    if report.stopped is not None:
        assert not report.empty
        assert not report.left_exact


@both
@examples(30)
@given(seeds, st.integers(1, 12))
def test_a_denial_in_the_middle_ends_the_drain_and_is_named(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report],
    seed: int,
    denied_from: int,
) -> None:
    """What was in flight is counted; the report names the operation and AWS's code."""
    chance, clock = luck(seed), Clock()
    images = chance.randint(900, 1_000)
    registry = FaultyRegistry(
        grow(chance, images), Faults(0.02, denied_from=denied_from), chance, page_size=100
    )
    report = drained(registry, clock, chance, Until(clock=clock))
    check(report, registry, images)
    assert report.stopped == "error"
    assert report.error is not None
    assert report.error.code == "AccessDeniedException"
    assert report.error.operation in ("ListImages", "BatchDeleteImage")
    assert registry.calls.total() < denied_from + 20 + registry.throttles


@both
@examples(30)
@given(seeds, st.sampled_from(("ImageInaccessible", "UpstreamUnavailable", "KmsError")))
def test_an_image_that_never_goes_is_named_and_all_others_go(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report],
    seed: int,
    code: str,
) -> None:
    """The rest is deleted, faults or not; what stays is reported with its own code."""
    chance, clock = luck(seed), Clock()
    images = chance.randint(1, 300)
    hostile = digest_of(chance.randrange(images))
    registry = FaultyRegistry(
        grow(chance, images),
        Faults(0.03),
        chance,
        kinds=chance.choice((True, False)),
        page_size=40,
        refuse={hostile: code},
    )
    report = drained(registry, clock, chance, Until(clock=clock))
    check(report, registry, images)
    assert report.stopped is None
    assert report.left_exact
    codes = {failure.digest: failure.code for failure in report.failures}
    assert codes.pop(hostile) == code
    assert set(codes.values()) <= {"ImageReferencedByManifestList"}
    assert clock.now < A_DAY


@both
def test_an_account_that_only_throttles_is_given_up_with_the_throttle(
    drained: Callable[[FaultyRegistry, Clock, random.Random, Until], Report],
) -> None:
    """With a deadline it ends there; without one, the pacer gives up after ten minutes."""
    chance, clock = luck(0), Clock()
    faults = Faults(tokens={"BatchDeleteImage": bucket(clock, 0, 0)})
    registry = FaultyRegistry(grow(chance, 10), faults, chance)
    report = drained(registry, clock, chance, Until(3_600, clock=clock))
    check(report, registry, 10)
    assert report.left == 10
    assert report.stopped in ("error", "deadline")
    assert clock.now <= 3_600


def test_a_deadline_while_aws_throttles_is_reported_with_the_throttle() -> None:
    """The time was over, and the call that would have been repeated says why."""
    chance, clock = luck(0), Clock()
    faults = Faults(tokens={"BatchDeleteImage": bucket(clock, 0, 0)})
    registry = FaultyRegistry(grow(chance, 10), faults, chance)
    report = drain_swiftly(registry, clock, chance, Until(20, clock=clock))
    check(report, registry, 10)
    assert (report.stopped, report.left) == ("deadline", 10)
    assert report.error is not None
    assert (report.error.operation, report.error.code) == (
        "BatchDeleteImage",
        "ThrottlingException",
    )
