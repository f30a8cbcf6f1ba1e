"""What holds for every repository, whatever is in it and in whatever order it is listed."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.engine import OneAtATime, Report, Until, drain_repository, tell_nobody
from ecrdrain.engine.basic import BasicDrain
from ecrdrain.lab.ecr import ImageStore as Rules
from ecrdrain.lab.ecr import SameCall
from tests.effort import examples
from tests.unit.engine.registry import Registry, add, digest_of


@dataclass(frozen=True)
class Plan:
    """One image to be: the indexes among them list images with smaller numbers."""

    children: tuple[int, ...]
    tags: int
    rank: int
    archived: bool


@st.composite
def plans(draw: st.DrawFn, most: int = 220) -> list[Plan]:
    """Draw any acyclic graph of images, with any number of tags, in any order of listing."""
    count = draw(st.integers(0, most))
    seed = draw(st.randoms(use_true_random=False))
    share_of_indexes = draw(st.floats(0, 1))
    return [
        Plan(
            children=tuple(seed.sample(range(number), min(number, seed.randint(1, 4))))
            if seed.random() < share_of_indexes
            else (),
            tags=seed.choice((0, 0, 1, 1, 2, 7)),
            rank=seed.randint(0, count),
            archived=seed.random() < 0.1,
        )
        for number in range(count)
    ]


def build(images: list[Plan]) -> Rules:
    """Push the planned images, children first."""
    rules = Rules()
    for number, plan in enumerate(images):
        add(
            rules,
            number,
            children=plan.children,
            tags=[f"v{number}.{tag}" for tag in range(plan.tags)],
            rank=plan.rank,
            archived=plan.archived,
        )
    return rules


def drain_simply(registry: Registry) -> Report:
    """Drain as the Lambda function does, without ever waiting for real."""
    calls = OneAtATime(sleep=lambda _seconds: None)
    return BasicDrain(registry, calls, Until(), tell_nobody).run()


def drain_swiftly(registry: Registry) -> Report:
    """Drain as the command line does, without ever waiting for real."""
    return drain_repository(registry, calls=OneAtATime(sleep=lambda _seconds: None))


Drained = Callable[[Registry], Report]
both = pytest.mark.parametrize("drained", [drain_simply, drain_swiftly])


@both
@examples(40)
@given(plans(), st.integers(1, 40), st.sampled_from(SameCall))
def test_every_graph_of_images_ends_empty_and_is_counted_right(
    drained: Drained, images: list[Plan], page_size: int, same_call: SameCall
) -> None:
    """Any graph, page size and listing order ends empty, each image counted once."""
    registry = Registry(build(images), page_size=page_size, same_call=same_call)
    report = drained(registry)
    assert len(registry.rules) == 0
    assert (report.empty, report.deleted, report.left) == (True, len(images), 0)
    assert report.failures == ()
    assert report.stopped is None
    assert report.calls.get("BatchDeleteImage", 0) == len(registry.batches)


@both
@examples(20)
@given(plans(), st.sampled_from(SameCall))
def test_no_call_names_an_image_twice(
    drained: Drained, images: list[Plan], same_call: SameCall
) -> None:
    """A batch holds each digest once, at most a hundred of them."""
    registry = Registry(build(images), page_size=7, same_call=same_call)
    drained(registry)
    for batch in registry.batches:
        assert len(set(batch)) == len(batch) <= 100


@both
@examples(40)
@given(plans(most=120), st.data(), st.integers(1, 40), st.sampled_from(SameCall))
def test_an_image_that_never_goes_is_left_and_said_why(
    drained: Drained, images: list[Plan], data: st.DataObject, page_size: int, same_call: SameCall
) -> None:
    """What ECR keeps refusing is reported with code and reason, and so is all it holds back."""
    stubborn = data.draw(st.sets(st.integers(0, max(len(images) - 1, 0)), max_size=5))
    stubborn = {number for number in stubborn if number < len(images)}
    registry = Registry(
        build(images),
        page_size=page_size,
        same_call=same_call,
        refuse={digest_of(number): "ImageInaccessible" for number in stubborn},
    )
    report = drained(registry)
    held = {image.digest for image in registry.rules}
    assert {digest_of(number) for number in stubborn} <= held
    assert report.empty is (not held)
    assert (report.deleted, report.left) == (len(images) - len(held), len(held))
    assert {failure.digest for failure in report.failures} == held
    for failure in report.failures:
        expected = "ImageInaccessible"
        if int(failure.digest[7:], 16) not in stubborn:
            expected = "ImageReferencedByManifestList"
        assert failure.code == expected


@both
@examples(40)
@given(plans(most=150), st.lists(st.integers(1, 25), max_size=12), st.integers(1, 40))
def test_images_pushed_meanwhile_go_too(
    drained: Drained, images: list[Plan], moments: list[int], page_size: int
) -> None:
    """An image that arrives while the drain runs is just more work."""
    pushed = itertools.count(10_000)

    def push(rules: Rules, call: int) -> None:
        for _ in range(moments.count(call)):
            number = next(pushed)
            add(rules, number, tags=[f"late{number}"])

    registry = Registry(build(images), page_size=page_size, meddle=push)
    report = drained(registry)
    after_the_last_listing = moments.count(sum(report.calls.values()))
    assert (report.empty, report.left) == (True, 0)
    assert len(registry.rules) == after_the_last_listing
    assert report.deleted == len(images) + next(pushed) - 10_000 - after_the_last_listing
