"""When a target counts as met."""

from typing import Any

import pytest

from benchmarks.peers.catalogue import COMMAND, PROGRAM, Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Behaviour, Images, Run
from benchmarks.targets.doors import (
    DOORS,
    FUNCTION,
    PYTHON,
    DoorRuns,
    delete_targets,
    doors_table,
    list_target,
    rows,
    run_doors,
    time_targets,
)
from benchmarks.targets.faults import faults_target, is_true
from benchmarks.targets.first_answer import first_answer_target
from benchmarks.targets.memory import memory_targets
from benchmarks.targets.orders import orders_table
from benchmarks.targets.pace import paced_targets, race_target
from benchmarks.targets.strain import OUTAGES, outage_text, slow_text
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import TOPOLOGIES
from tests.unit.benchmarks.runs import ScriptedStage, run


def stage(**facts: Any) -> ScriptedStage:
    """Return a stage on which every run has these facts."""
    return ScriptedStage(lambda _peer, _images, _behaviour: run(**facts))


def drained(changed: tuple[str, Peer] | None = None, **facts: Any) -> DoorRuns:
    """Return runs of all doors on 1,000 images, one of them with other facts."""
    peers = (PROGRAM, *DOORS.values())
    runs = {(topology, peer.name): [run()] for topology in TOPOLOGIES for peer in peers}
    if changed is not None:
        topology, peer = changed
        runs[topology, peer.name].append(run(**facts))
    return DoorRuns(1_000, runs)


@pytest.mark.parametrize(
    ("peer", "seconds", "met"),
    [
        (FUNCTION, 2.0, [True, True]),  # the median of 1 and 2 seconds: 1.5 times as long
        (FUNCTION, 2.1, [False, True]),
        (COMMAND, 2.2, [True, True]),  # 1.6 s: 1.15 times as long, and less than 0.5 s more
        (COMMAND, 2.4, [True, False]),
    ],
)
def test_a_door_may_take_a_little_longer_than_python(
    peer: Peer, seconds: float, met: list[bool]
) -> None:
    """The function may take 1.5 times as long, the command 1.15 times and half a second."""
    targets = list(time_targets(drained(("nested", peer), seconds=seconds)))

    assert [target.met for target in targets] == met


def test_the_time_that_is_not_met_names_its_topology() -> None:
    """The worst topology decides, and the table says which it was."""
    function, _ = time_targets(drained(("nested", FUNCTION), seconds=5.0))

    assert function.measured == "3.0 s against 1.0 s (3.00 x; nested)"


def test_a_door_that_left_images_meets_no_target_on_time() -> None:
    """Fast is not enough: the command left an image behind."""
    function, command = time_targets(drained(("single", COMMAND), left=1))

    assert function.met
    assert not command.met


@pytest.mark.parametrize(
    ("topology", "peer", "unmet"),
    [
        ("single", FUNCTION, ["single and multi-tag: every door"]),
        ("buildx", PYTHON, ["buildx: every door"]),
        ("nested", COMMAND, ["nested: command"]),
        ("nested", PYTHON, []),  # without kinds there is no target
        ("untagged-indexes", PYTHON, []),  # 1.2 x, and without kinds 1.35 x is allowed
        ("untagged-indexes", COMMAND, ["untagged-indexes: command"]),
    ],
)
def test_the_worst_count_of_delete_calls_decides(
    topology: str, peer: Peer, unmet: list[str]
) -> None:
    """One run with 12 calls where 10 would do fails the targets of its door and topology."""
    runs = drained((topology, peer), calls={"ListImages": 2, "BatchDeleteImage": 12})

    targets = delete_targets(runs)

    assert [target.what for target in targets if not target.met] == [
        f"delete calls, {what}" for what in unmet
    ]


def test_a_topology_that_needs_too_many_list_calls_is_named() -> None:
    """More than three calls beyond the pages fail, whichever lists; the table says where."""
    assert list_target(drained()).met
    calls = {"ListImages": 2, "DescribeImages": 5, "BatchDeleteImage": 10}
    lists = list_target(drained(("multi-tag", PYTHON), calls=calls))

    assert lists.measured == "ceil(rows / 1,000) + 4 (multi-tag, Python)"
    assert not lists.met


def test_a_listing_has_a_row_for_each_tag_or_one_without() -> None:
    """Three tags are three rows of ListImages, and one of the command's DescribeImages."""
    assert rows("multi-tag", 10, PYTHON) == 30
    assert rows("multi-tag", 10, COMMAND) == 10
    assert rows("buildx", 10, PYTHON) == 10


def test_every_door_empties_every_topology_in_both_ways_of_judging() -> None:
    """The runs cover all doors, all topologies and both meanings of one call."""
    seen = set()

    def play(peer: Peer, images: Images, behaviour: Behaviour) -> Run:
        seen.add((peer.name, images.topology, behaviour["same_call"]))
        return run()

    run_doors(ScriptedStage(play), 10, 2)

    assert {
        (peer.name, topology, same_call)
        for peer in DOORS.values()
        for topology in TOPOLOGIES
        for same_call in SameCall
    } <= seen


def test_the_table_of_doors_has_a_line_for_each_topology() -> None:
    """A line tells the seconds and calls of each door."""
    lines = doors_table(drained(("single", COMMAND), seconds=2.0)).splitlines()

    assert len(lines) == 2 + len(TOPOLOGIES)
    assert "| single | 1.0 s | 1.0 s | 1.5 s | 1.0 s | 10 | 10 | 10 | 2 | 2 | 2 |" in lines


@pytest.mark.parametrize(("seconds", "met"), [(60.0, True), (60.1, False)])
def test_the_time_at_a_rate_limit_may_be_a_tenth_over_the_least(
    seconds: float,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """5,000 images at 1 call a second take 50 s at least: 1.1 times that and 5 s are allowed."""
    time, _ = paced_targets(1, 5_000, {"Python": run(1.0), "command": run(seconds)})

    assert time.met is met


@pytest.mark.parametrize(("throttled", "met"), [(23, True), (24, False)])
def test_a_fifth_of_the_calls_and_three_more_may_be_throttled(
    throttled: int,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The share of throttled calls is that of all calls, through the worst door."""
    calls = {"ListImages": 10, "BatchDeleteImage": 90}
    runs = {"Python": run(), "command": run(throttled=throttled, calls=calls)}
    _, share = paced_targets(1, 5_000, runs)

    assert share.met is met


def test_images_left_behind_meet_no_target_on_time() -> None:
    """Fast is not enough: a run that leaves images behind meets neither target on time."""
    left = run(0.1, left=1)

    assert not paced_targets(1, 5_000, {"Python": left})[0].met
    race = iter([run(50.0), left, run(0.1), run(0.1)])
    assert not race_target(ScriptedStage(lambda *_: next(race)), 10, 1).met


@pytest.mark.parametrize(("slowest", "met"), [(6.25, True), (6.3, False)])
def test_the_race_is_against_one_call_at_a_time(
    slowest: float,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Each door has to be eight times as fast as one call at a time."""
    seconds = iter([50.0, 5.0, slowest, 5.0])
    raced = ScriptedStage(lambda *_: run(next(seconds)))

    assert race_target(raced, 1_000, 1).met is met


@pytest.mark.parametrize(("most", "met"), [(60.0, True), (60.1, False)])
def test_memory_may_grow_by_twenty_mebibytes(
    most: float,
    met: bool,  # noqa: FBT001 - a parameter
) -> None:
    """The peaks for few and for many images are compared, in each topology and two doors."""

    def play(_peer: Peer, images: Images, _behaviour: Behaviour) -> Run:
        return run(peak_mib=40.0 if images.number == 10 else most)

    *growth, function = memory_targets(ScriptedStage(play), (10, 1_000))

    assert [target.met for target in growth] == [met] * 4
    assert function.met


def test_the_function_has_256_megabytes() -> None:
    """The function's peak counts as it is: it cannot have more than its templates give it."""
    *growth, function = memory_targets(stage(peak_mib=256.1), (10, 1_000))

    assert all(target.met for target in growth)
    assert not function.met


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


def test_faults_may_leave_no_image_and_no_lie() -> None:
    """An image left, or a report that is not true, fails the target on faults."""
    assert faults_target(lambda _: stage(), 10).met
    failed = faults_target(lambda _: stage(left=1, claim=Claim.FAILURE, words="no luck"), 10)
    assert not failed.met
    assert "no luck" in failed.measured
    assert not faults_target(lambda _: stage(claim=Claim.FAILURE), 10).met


@pytest.mark.parametrize(
    ("facts", "true"),
    [
        ({"words": "1,000 images deleted"}, True),
        ({"words": "999 deleted, 0 left"}, False),
        ({"words": ""}, True),  # the function's answer has no count
        ({"left": 1}, False),
        ({"left": 1, "claim": Claim.FAILURE}, True),
        ({"claim": Claim.FAILURE}, False),
    ],
)
def test_a_report_is_true_when_the_server_says_the_same(
    facts: dict[str, Any],
    true: bool,  # noqa: FBT001 - a parameter
) -> None:
    """An "empty" and a count that the server does not confirm are not true."""
    assert is_true(run(**facts), 1_000) is true


def test_every_run_with_faults_meets_other_faults() -> None:
    """Each case has a server with a seed of its own, and every door has the same cases."""
    seeds = []
    peers = []

    def open_stage(seed: int) -> ScriptedStage:
        seeds.append(seed)
        return ScriptedStage(play)

    def play(peer: Peer, _images: Images, _behaviour: Behaviour) -> Run:
        peers.append(peer.name)
        return run()

    faults_target(open_stage, 10)

    assert len(set(seeds)) == len(seeds) == len(peers)
    assert {peers.count(peer.name) for peer in DOORS.values()} == {len(peers) / len(DOORS)}


def test_other_orders_are_told_in_delete_calls() -> None:
    """A line tells what an order costs with or without kinds, by the worse of two runs."""

    def play(peer: Peer, images: Images, behaviour: Behaviour) -> Run:
        worst = (peer, images.topology, images.order, behaviour["same_call"]) == (
            PYTHON,
            "nested",
            "push",
            "request-order",
        )
        return run(calls={"BatchDeleteImage": 15 if worst else 10})

    lines = orders_table(ScriptedStage(play), 1_000).splitlines()

    assert "| children first, without kinds | 1.00 x | 1.00 x | 1.50 x |" in lines
    assert "| indexes first, without kinds | 1.00 x | 1.00 x | 1.00 x |" in lines


def test_a_slow_rate_is_told_with_its_least_time() -> None:
    """The sentence on 1 call a second names the bound, and each door's time and throttles."""
    runs = {"Python": run(40.0, throttled=3, calls={"BatchDeleteImage": 30})}

    assert slow_text(runs, 3_000) == (
        "At 1 call/s, 3,000 images (30 s at least): Python 40.0 s, 10% (3 of 30) throttled."
    )


@pytest.mark.parametrize("answers", OUTAGES)
def test_an_outage_is_told_by_the_time_after_it(answers: str) -> None:
    """An outage of 30 seconds that begins after one: a run of 33 s ended 2 s after it."""
    text = outage_text(stage(seconds=33.0), answers, 1_000, 30.0)

    assert f"nothing but {answers} for 30 s: empty 2.0 s after the recovery" in text


def test_a_drain_that_failed_at_a_slow_rate_says_why() -> None:
    """Where images were left at 1 call a second, the sentence has the door's own words."""
    text = slow_text({"command": run(3.0, left=5, words="no luck")}, 3_000)

    assert "command 3.0 s, 5 images left, 0% (0 of 12) throttled (no luck)" in text


def test_an_outage_that_a_drain_did_not_survive_is_told_too() -> None:
    """Images left after an outage are not passed over."""
    text = outage_text(stage(left=7, words="gave up"), "throttles", 1_000, 30.0)

    assert "30 s: 7 images left (gave up)" in text


def test_the_function_answers_an_update_without_boto3() -> None:
    """In a fresh interpreter the function's first answer needs neither boto3 nor botocore."""
    target = first_answer_target()

    assert target.met, target.measured
