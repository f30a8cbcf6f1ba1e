"""Each peer of the benchmark, for real, on a few images."""

import sys
from collections.abc import Iterator

import pytest

from benchmarks.bench import comparison_text
from benchmarks.comparing import compare
from benchmarks.peers.catalogue import COMMAND, PEERS, PROGRAM, SEQUENTIAL, Peer
from benchmarks.peers.process import Claim, PeerError
from benchmarks.running import Images, Stage
from benchmarks.scenarios import Scenario

pytestmark = pytest.mark.once

HERE = [peer for peer in (*PEERS.values(), SEQUENTIAL, COMMAND, PROGRAM) if peer.lacking() is None]


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A server in this process; the peers are processes of their own, as always."""
    with Stage(in_process=True) as running:
        yield running


def program(source: str, *, whole: bool = False) -> Peer:
    """Return a peer that runs this source."""
    return Peer("program", "a program", (sys.executable, "-c", source), whole=whole)


@pytest.mark.parametrize("peer", HERE, ids=lambda peer: peer.name)
def test_every_peer_empties_a_repository_of_three_images(stage: Stage, peer: Peer) -> None:
    """Each tool that this machine has starts, works, says so, and leaves nothing."""
    run = stage.run(peer, Images(topology="single", number=3), {}, limit=60.0)

    assert (run.claim, run.left) == (Claim.SUCCESS, 0), run.words
    assert sum(run.calls.values()) >= 1


def test_what_is_left_is_counted_by_the_server(stage: Stage) -> None:
    """The article's function claims success with an image left; the run tells both."""
    images = Images(topology="single", number=101)
    run = stage.run(PEERS["article"], images, {}, limit=60.0)

    assert (run.claim, run.left) == (Claim.SUCCESS, 1)
    assert run.calls == {"BatchDeleteImage": 1, "ListImages": 1}


def test_throttled_calls_are_counted(stage: Stage) -> None:
    """A call that AWS throttles counts as a call, and as a throttled one."""
    images = Images(topology="single", number=101)
    behaviour = {"rate": {"ListImages": 0.001}}
    run = stage.run(PEERS["article-paging"], images, behaviour, limit=60.0)

    assert run.claim is Claim.FAILURE
    assert run.throttled >= 1
    assert run.calls["ListImages"] == run.throttled + 1


def test_a_run_knows_nothing_of_the_one_before(stage: Stage) -> None:
    """Each run has its own repository, counts from 0, and finds AWS's buckets full."""
    images = Images(topology="single", number=3)
    behaviour = {"rate": 0.001}
    runs = [stage.run(PEERS["article"], images, behaviour, limit=60.0) for _ in range(2)]

    for run in runs:
        assert run.calls == {"BatchDeleteImage": 1, "ListImages": 1}
        assert (run.throttled, run.left) == (0, 0)


def test_a_run_that_takes_too_long_is_stopped(stage: Stage) -> None:
    """Behind calls that take longer than its limit, a tool is stopped and claims nothing."""
    images = Images(topology="single", number=3)
    run = stage.run(PEERS["article"], images, {"latency": 1.0}, limit=0.1)

    assert (run.claim, run.left) == (Claim.NONE, 3)


def test_a_tool_that_crashes_has_failed(stage: Stage) -> None:
    """A tool that ends without a claim counts as failed, with its last words."""
    crashing = program("print('ready', flush=True); input(); raise SystemExit('out of luck')")
    run = stage.run(crashing, Images(topology="single", number=3), {}, limit=60.0)

    assert (run.claim, run.words, run.left) == (Claim.FAILURE, "out of luck", 3)


def test_a_tool_that_does_not_start_stops_the_benchmark(stage: Stage) -> None:
    """There are no figures of a tool that cannot start: the error holds its last words."""
    with pytest.raises(PeerError, match="out of luck"):
        stage.run(
            program("raise SystemExit('out of luck')"),
            Images(topology="single", number=3),
            {},
            limit=60.0,
        )


def test_a_whole_process_claims_by_its_exit_status(stage: Stage) -> None:
    """A tool that is timed from its start on has failed unless it exits with 0."""
    images = Images(topology="single", number=3)
    failing = program("raise SystemExit('out of luck')", whole=True)
    run = stage.run(failing, images, {}, limit=60.0)

    assert (run.claim, run.words, run.left) == (Claim.FAILURE, "out of luck", 3)


def test_a_whole_process_that_takes_too_long_is_stopped(stage: Stage) -> None:
    """A tool that does not end by itself is stopped at its limit and claims nothing."""
    endless = program("while True: pass", whole=True)
    run = stage.run(endless, Images(topology="single", number=3), {}, limit=0.1)

    assert (run.claim, run.left) == (Claim.NONE, 3)


def test_aws_can_change_its_ways_while_a_tool_runs(stage: Stage) -> None:
    """A tool that is refused until AWS has recovered goes on then, and ends well."""
    behaviour = {"denied_from": {"ListImages": 1}}
    asking = program(
        "import boto3, botocore.exceptions, os\n"
        "client = boto3.client('ecr')\n"
        "while True:\n"
        "    try:\n"
        "        client.list_images(repositoryName=os.environ['ECR_REPOSITORY_NAME'])\n"
        "        break\n"
        "    except botocore.exceptions.ClientError:\n"
        "        continue\n",
        whole=True,
    )
    images = Images(topology="single", number=3)
    run = stage.run(asking, images, behaviour, limit=60.0, changes={0.5: {"denied_from": {}}})

    assert run.claim is Claim.SUCCESS


def test_a_comparison_is_written_from_real_runs(stage: Stage) -> None:
    """From runs to the page: a table with a line for each tool, and the chart linked."""
    peers = {name: PEERS[name] for name in ("ecrdrain", "article")}
    scenario = Scenario(
        topology="buildx",
        images=5,
        delete_ms=1,
        list_ms=1,
        repetitions=1,
        peers=("ecrdrain", "article"),
    )
    said: list[str] = []
    compared = compare(stage, [scenario], peers, said.append)
    text = comparison_text("a machine", compared, peers, "")

    assert said[0] == scenario.title
    assert len(said) == 3
    assert "(performance.svg)" in text
    assert compared[0].ours.left == 0
    assert "\n| the article's function | " in text
