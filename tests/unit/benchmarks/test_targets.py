"""When a target counts as met."""

from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.peers.process import Claim
from benchmarks.running import Images, Run
from benchmarks.targets.calls import calls_targets, rows
from benchmarks.targets.faults import faults_target
from benchmarks.targets.first_answer import first_answer_target
from benchmarks.targets.memory import memory_targets
from benchmarks.targets.pace import paced_targets, race_target
from tests.unit.benchmarks.runs import ScriptedStage, run


def stage(**facts: Any) -> ScriptedStage:
    """Return a stage on which every run has these facts."""
    return ScriptedStage(lambda _images, _behaviour: run(**facts))


@pytest.mark.parametrize(("seconds", "met"), [(60.0, True), (60.1, False)])
def test_the_time_at_a_rate_limit_may_be_a_tenth_over_the_least(
    seconds: float,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """5,000 images at 1 call a second take 50 s at least: 1.1 times that and 5 s are allowed."""
    time, _ = paced_targets(stage(seconds=seconds), 1, 5_000, 1)

    assert time.met is met


@pytest.mark.parametrize(("throttled", "met"), [(3, True), (4, False)])
def test_three_calls_of_a_hundred_may_be_throttled(
    throttled: int,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The share of throttled calls is that of all calls."""
    calls = {"ListImages": 10, "BatchDeleteImage": 90}
    _, share = paced_targets(stage(throttled=throttled, calls=calls), 1, 5_000, 2)

    assert share.met is met


def test_images_left_behind_meet_no_target_on_time() -> None:
    """Fast is not enough: a run that leaves images behind meets neither target on time."""
    left = stage(seconds=0.1, left=1)

    assert not paced_targets(left, 1, 5_000, 1)[0].met
    race = iter([run(50.0), run(0.1, left=1)])
    assert not race_target(ScriptedStage(lambda _images, _behaviour: next(race)), 10, 1).met


def test_the_race_is_against_one_call_at_a_time() -> None:
    """Ten times as fast is met, and the same speed is not."""
    seconds = iter([50.0, 5.0])
    fast = ScriptedStage(lambda _images, _behaviour: run(next(seconds)))

    assert race_target(fast, 1_000, 1).met
    assert not race_target(stage(), 1_000, 1).met


@pytest.mark.parametrize(("most", "met"), [(60.0, True), (60.1, False)])
def test_memory_may_grow_by_twenty_mebibytes(
    most: float,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The peaks for few and for many images are compared, in each topology."""

    def play(images: Images, _: Mapping[str, Any]) -> Run:
        return run(peak_mib=40.0 if images.number == 10 else most)

    assert {target.met for target in memory_targets(ScriptedStage(play), (10, 1_000))} == {met}


def test_memory_that_cannot_be_measured_is_not_met() -> None:
    """Where the system does not tell the peak, the table says so instead of yes."""
    for target in memory_targets(stage(peak_mib=None), (10, 1_000)):
        assert not target.met
        assert "does not tell" in target.measured


def test_memory_is_not_judged_of_a_drain_that_failed() -> None:
    """A process that ended early used little memory: the table says why it ended instead."""
    for target in memory_targets(stage(left=5, words="out of luck"), (10, 1_000)):
        assert not target.met
        assert target.measured == "not emptied: out of luck"


def test_the_worst_count_of_calls_decides() -> None:
    """One order of listing that needs a call too many fails its topology's target alone."""

    def play(images: Images, behaviour: Mapping[str, Any]) -> Run:
        bad = (images.topology, images.order, behaviour["same_call"]) == (
            "buildx",
            "push",
            "request-order",
        )
        return run(calls={"ListImages": 2, "BatchDeleteImage": 11 if bad else 10})

    met = {target.what: target.met for target in calls_targets(ScriptedStage(play), (1_000,))}

    assert met == {
        "delete calls, single": True,
        "delete calls, buildx": False,
        "delete calls, untagged-indexes": True,
        "calls that list, every topology": True,
    }


def test_a_topology_that_needs_too_many_list_calls_is_named() -> None:
    """More than three calls beyond the pages fail, whichever lists; the table says where."""

    def play(images: Images, _: Mapping[str, Any]) -> Run:
        more = 5 if images.topology == "multi-tag" else 0
        return run(calls={"ListImages": 2, "DescribeImages": more, "BatchDeleteImage": 10})

    *_, lists = calls_targets(ScriptedStage(play), (1_000,))

    assert not lists.met
    assert "2 ListImages and 5 DescribeImages for 1,000 images, multi-tag" in lists.measured


def test_a_listing_has_a_row_for_each_tag_or_one_without() -> None:
    """Three tags are three rows; an index has one row, and so have its untagged children."""
    assert rows("multi-tag", 10) == 30
    assert rows("buildx", 10) == 10


def test_faults_may_leave_no_image_and_no_lie() -> None:
    """An image left, or a report that is not true, fails the target on faults."""
    assert faults_target(stage(), 10).met
    failed = faults_target(stage(left=1, claim=Claim.FAILURE, words="out of luck"), 10)
    assert not failed.met
    assert "out of luck" in failed.measured
    assert not faults_target(stage(claim=Claim.FAILURE), 10).met


def test_the_function_answers_an_update_without_boto3() -> None:
    """In a fresh interpreter the function's first answer needs neither boto3 nor botocore."""
    target = first_answer_target()

    assert target.met, target.measured
