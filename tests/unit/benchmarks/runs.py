"""Runs that nobody made, for tests of what is made of runs."""

from collections.abc import Callable, Mapping
from typing import Any, Self

from benchmarks.comparing import Comparison, Row
from benchmarks.peers.catalogue import PEERS, Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Behaviour, Images, Run, Stage
from benchmarks.scenarios import Scenario

SCENARIO = Scenario(topology="buildx", images=1_000, limit=60.0)


def run(seconds: float = 1.0, **facts: Any) -> Run:
    """Return a run in which all went well, but for these facts."""
    usual: dict[str, Any] = {
        "claim": Claim.SUCCESS,
        "words": "",
        "calls": {"ListImages": 1, "DescribeImages": 1, "BatchDeleteImage": 10},
        "throttled": 0,
        "in_flight": 4,
        "left": 0,
        "peak_mib": 50.0,
    }
    return Run(seconds=seconds, **{**usual, **facts})


def row(name: str, *runs: Run) -> Row:
    """Return a peer's row."""
    return Row(PEERS[name], list(runs))


def comparison(*rows: Row) -> Comparison:
    """Return the comparison of these rows."""
    return Comparison(SCENARIO, list(rows))


class ScriptedStage(Stage):
    """A stage whose runs a function makes up; no server, no process."""

    def __init__(self, play: Callable[[Peer, Images, Behaviour], Run]) -> None:
        super().__init__()
        self._play = play

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """There is no server to end."""

    def run(
        self,
        peer: Peer,
        images: Images,
        behaviour: Behaviour,
        *,
        limit: float,
        changes: Mapping[float, Behaviour] | None = None,
    ) -> Run:
        """Make up a run."""
        del limit, changes
        return self._play(peer, images, behaviour)
