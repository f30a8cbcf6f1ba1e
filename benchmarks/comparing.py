"""All tools in all scenarios, side by side: the runs, and what they say together."""

import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from benchmarks.peers.catalogue import Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Images, Run, Stage
from benchmarks.scenarios import OURS, Scenario

Say = Callable[[str], None]

LONG_SECONDS = 8.0
"""Another tool's run that takes longer is not repeated: one call after the other, it is the sum of
many latencies, and hardly varies."""


@dataclass(frozen=True)
class Row:
    """All runs of one tool in one scenario; there is at least one."""

    peer: Peer
    runs: list[Run] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The fastest and the slowest run, in seconds."""
        seconds = [run.seconds for run in self.runs]
        return min(seconds), max(seconds)

    @property
    def typical(self) -> Run:
        """The run of the median; of two in the middle, the faster one."""
        return sorted(self.runs, key=lambda run: run.seconds)[(len(self.runs) - 1) // 2]

    @property
    def left(self) -> int:
        """Images left in the worst run."""
        return max(run.left for run in self.runs)

    @property
    def long(self) -> bool:
        """Whether a run took longer than LONG_SECONDS."""
        return self.spread[1] > LONG_SECONDS

    @property
    def stopped(self) -> bool:
        """Whether a run was stopped at the limit."""
        return any(run.claim is Claim.NONE for run in self.runs)


@dataclass(frozen=True)
class Comparison:
    """One scenario and its rows, in the order of its peers, those that cannot run left out."""

    scenario: Scenario
    rows: list[Row]

    @property
    def ours(self) -> Row:
        """The row of ecrdrain."""
        return self.row(OURS)

    def row(self, name: str) -> Row:
        """Return the row of a peer; raise LookupError when it did not run."""
        for row in self.rows:
            if row.peer.name == name:
                return row
        raise LookupError(f"{name} did not run")

    def ratio(self, row: Row) -> float | None:
        """Return how many times as long as ecrdrain a tool took.

        None where it did other work: left images behind, or took the repository as well. A tool
        that was stopped would have taken longer still.
        """
        if row.peer.takes_repository or (row.left and not row.stopped):
            return None
        return row.seconds / self.ours.seconds


def compare(
    stage: Stage, scenarios: Iterable[Scenario], peers: Mapping[str, Peer], say: Say
) -> list[Comparison]:
    """Run every peer of every scenario, in turns; tell each run in a line.

    What was stopped, and another tool's run longer than LONG_SECONDS, is not repeated.
    """
    return [_compare_one(stage, scenario, peers, say) for scenario in scenarios]


def _compare_one(
    stage: Stage, scenario: Scenario, peers: Mapping[str, Peer], say: Say
) -> Comparison:
    say(scenario.title)
    rows = [Row(peers[name]) for name in scenario.peers if name in peers]
    for repetition in range(scenario.repetitions):
        images = Images(topology=scenario.topology, number=scenario.images, seed=repetition)
        for row in rows:
            if row.runs and (row.stopped or (row.peer.name != OURS and row.long)):
                continue
            run = stage.run(row.peer, images, scenario.behaviour, limit=scenario.limit)
            row.runs.append(run)
            say(f"  {row.peer.title}: {run.seconds:.1f} s, {run.left} left, says {run.claim}")
    return Comparison(scenario, rows)
