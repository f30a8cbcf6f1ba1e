"""What several runs say together."""

import pytest

from benchmarks.comparing import compare
from benchmarks.peers.catalogue import PEERS, Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Behaviour, Images, Run
from benchmarks.scenarios import FULL, QUICK, Scenario
from ecrdrain.lab.strict import TOPOLOGIES
from tests.unit.benchmarks.runs import ScriptedStage, comparison, row, run


def test_a_row_tells_the_median_and_the_spread_of_its_runs() -> None:
    """A row's seconds are the median of its runs, its spread the fastest and the slowest."""
    several = row("ecrdrain", run(3.0), run(1.0), run(2.5))

    assert several.seconds == 2.5
    assert several.spread == (1.0, 3.0)
    assert several.typical.seconds == 2.5


def test_a_row_tells_the_images_left_in_the_worst_run() -> None:
    """One run that left images behind is enough for the row to tell them."""
    assert row("ecrdrain", run(left=0), run(left=7), run(left=1)).left == 7


def test_a_ratio_compares_medians() -> None:
    """A tool that took four times as long as ecrdrain has the ratio 4."""
    compared = comparison(row("ecrdrain", run(0.5)), row("cdk", run(2.0)))

    assert compared.ratio(compared.row("cdk")) == 4.0


@pytest.mark.parametrize(
    ("name", "facts"), [("article", {"left": 900}), ("delete-repository", {})]
)
def test_there_is_no_ratio_for_other_work(name: str, facts: dict[str, int]) -> None:
    """Who left images behind, or took the repository too, is not compared in time."""
    compared = comparison(row("ecrdrain", run()), row(name, run(0.1, **facts)))

    assert compared.ratio(compared.row(name)) is None


def test_a_stopped_tool_has_taken_at_least_as_long_as_the_limit() -> None:
    """A stopped run counts with its seconds although it left images behind."""
    stopped = row("cdk", run(60.0, claim=Claim.NONE, left=400))
    compared = comparison(row("ecrdrain", run(2.0)), stopped)

    assert stopped.stopped
    assert compared.ratio(stopped) == 30.0


def test_each_repetition_has_images_of_its_own() -> None:
    """Within a repetition all tools get the same images, and in the next one others."""
    seeds = []

    def play(_peer: Peer, images: Images, _behaviour: Behaviour) -> Run:
        seeds.append(images.seed)
        return run()

    scenario = Scenario(topology="single", images=10, repetitions=2, peers=("ecrdrain", "cdk"))
    compare(ScriptedStage(play), [scenario], PEERS, lambda _: None)

    assert seeds == [0, 0, 1, 1]


def test_a_stopped_run_is_not_repeated() -> None:
    """A tool that was stopped would be so again: the others alone go on."""
    claims = iter([Claim.SUCCESS, Claim.NONE, Claim.SUCCESS, Claim.SUCCESS])
    stage = ScriptedStage(lambda *_: run(claim=next(claims)))
    scenario = Scenario(topology="single", images=10, repetitions=3, peers=("ecrdrain", "cdk"))

    (compared,) = compare(stage, [scenario], PEERS, lambda _: None)

    assert [len(each.runs) for each in compared.rows] == [3, 1]


def test_long_runs_of_others_are_not_repeated() -> None:
    """A tool that takes longer than 8 seconds runs once; ecrdrain runs as often as asked."""
    stage = ScriptedStage(lambda *_: run(8.1))
    scenario = Scenario(topology="single", images=10, repetitions=3, peers=("ecrdrain", "cdk"))

    (compared,) = compare(stage, [scenario], PEERS, lambda _: None)

    assert [len(each.runs) for each in compared.rows] == [3, 1]


def test_every_scenario_can_be_played() -> None:
    """Scenarios name peers and topologies that exist, ecrdrain among them, and have titles."""
    for scenario in (*FULL, *QUICK):
        assert "ecrdrain" in scenario.peers
        assert set(scenario.peers) <= PEERS.keys()
        assert scenario.topology in TOPOLOGIES
        assert f"{scenario.images:,}" in scenario.title


def test_the_full_run_covers_all_sizes() -> None:
    """The full run compares at 1,000, 10,000 and 100,000 images, with and without a limit."""
    assert {1_000, 10_000, 100_000} <= {scenario.images for scenario in FULL}
    assert {scenario.rate is None for scenario in FULL} == {True, False}
