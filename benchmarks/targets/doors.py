"""The three doors, and what each takes to empty 10,000 images of every topology.

One set of runs serves three targets: time, delete calls, and calls that list. Half of the runs
are for either way in which AWS may judge an index and its children in one call, which its
documentation does not say.
"""

import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from benchmarks.peers.catalogue import COMMAND, PEERS, PROGRAM, Peer
from benchmarks.running import Images, Run, Stage
from benchmarks.scenarios import OUR_FUNCTION, OURS
from benchmarks.table import markdown
from benchmarks.targets.target import Target
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import TOPOLOGIES
from ecrdrain.lab.strict.topologies import pushes

PYTHON = PEERS[OURS]
FUNCTION = PEERS[OUR_FUNCTION]
DOORS = {"Python": PYTHON, "command": COMMAND, "function": FUNCTION}

BATCH, PAGE = 100, 1_000
DELETE, LISTS = "BatchDeleteImage", ("ListImages", "DescribeImages")
LATENCY = {DELETE: 0.2, "*": 0.06}
LIMIT_SECONDS = 120.0

SPARE_LIST_CALLS = 3


@dataclass(frozen=True)
class TimeTarget:
    """One door may take so many times as long as another, and some seconds more."""

    door: str
    peer: Peer
    reference: Peer
    times: float
    spare_seconds: float
    words: str


TIME_TARGETS = (
    TimeTarget("function", FUNCTION, PYTHON, 1.5, 0.0, "1.5 x the Python door"),
    TimeTarget("command", COMMAND, PROGRAM, 1.15, 0.5, "1.15 x a Python program + 0.5 s"),
)


@dataclass(frozen=True)
class DeleteTarget:
    """Some doors may take so many times ceil(images / 100) delete calls for some topologies."""

    topologies: tuple[str, ...]
    doors: tuple[str, ...]
    most: float


EVERY_DOOR = tuple(DOORS)

DELETE_TARGETS = (
    DeleteTarget(("single", "multi-tag"), EVERY_DOOR, 1.02),
    DeleteTarget(("buildx",), EVERY_DOOR, 1.05),
    DeleteTarget(("nested",), ("command",), 1.05),
    DeleteTarget(("untagged-indexes",), ("Python", "function"), 1.35),
    DeleteTarget(("untagged-indexes",), ("command",), 1.10),
)


@dataclass(frozen=True)
class DoorRuns:
    """All runs of all doors, by topology and by the peer's name.

    Attributes:
        number: How many images each of them emptied.
    """

    number: int
    runs: dict[tuple[str, str], list[Run]] = field(default_factory=dict)

    def of(self, topology: str, peer: Peer) -> list[Run]:
        """Return the runs of one peer on one topology."""
        return self.runs[topology, peer.name]

    def seconds(self, topology: str, peer: Peer) -> float:
        """Return the median of their seconds."""
        return statistics.median(run.seconds for run in self.of(topology, peer))

    def deletes(self, topology: str, peer: Peer) -> float:
        """Return the most delete calls of a run, over the fewest possible."""
        return max(delete_share(run, self.number) for run in self.of(topology, peer))

    def all_empty(self, peers: Iterable[Peer]) -> bool:
        """Tell whether each run of these peers left nothing."""
        return not any(run.left for peer in peers for t in TOPOLOGIES for run in self.of(t, peer))


def run_doors(stage: Stage, number: int, repetitions: int) -> DoorRuns:
    """Let every door empty every topology, in turns."""
    drained = DoorRuns(number)
    for topology in TOPOLOGIES:
        for seed, same_call in enumerate(islice(cycle(SameCall), repetitions)):
            for peer in (PROGRAM, *DOORS.values()):
                run = stage.run(
                    peer,
                    Images(topology=topology, number=number, seed=seed),
                    {"latency": LATENCY, "same_call": same_call},
                    limit=LIMIT_SECONDS,
                )
                drained.runs.setdefault((topology, peer.name), []).append(run)
    return drained


def time_targets(drained: DoorRuns) -> Iterator[Target]:
    """Compare medians; the worst topology decides."""
    for target in TIME_TARGETS:
        over = {
            topology: drained.seconds(topology, target.peer)
            - target.times * drained.seconds(topology, target.reference)
            for topology in TOPOLOGIES
        }
        worst = max(over, key=lambda topology: over[topology])
        seconds = drained.seconds(worst, target.peer)
        reference = drained.seconds(worst, target.reference)
        yield Target(
            f"time of the {target.door}, every topology, {drained.number:,} images, "
            "delete 200 ms, list 60 ms",
            f"at most {target.words}",
            f"{seconds:.1f} s against {reference:.1f} s ({seconds / reference:.2f} x; {worst})",
            over[worst] <= target.spare_seconds
            and drained.all_empty((target.peer, target.reference)),
        )


def delete_targets(drained: DoorRuns) -> Iterator[Target]:
    """Count delete calls; the worst run decides."""
    for target in DELETE_TARGETS:
        shares = {
            (topology, door): drained.deletes(topology, DOORS[door])
            for topology in target.topologies
            for door in target.doors
        }
        (topology, door), share = max(shares.items(), key=lambda item: item[1])
        doors = "every door" if target.doors == EVERY_DOOR else " and ".join(target.doors)
        yield Target(
            f"delete calls, {' and '.join(target.topologies)}: {doors}",
            f"at most {target.most:.2f} x ceil(images / {BATCH})",
            f"{share:.2f} x ({topology}, {door})",
            share <= target.most,
        )


def list_target(drained: DoorRuns) -> Target:
    """Count DescribeImages too: it lists as well."""
    spare = {
        (topology, door): max(list_calls(run) for run in drained.of(topology, peer))
        - math.ceil(rows(topology, drained.number, peer) / PAGE)
        for topology in TOPOLOGIES
        for door, peer in DOORS.items()
    }
    (topology, door), most = max(spare.items(), key=lambda item: item[1])
    return Target(
        "calls that list, every topology and door",
        f"at most ceil(rows / {PAGE:,}) + {SPARE_LIST_CALLS}",
        f"ceil(rows / {PAGE:,}) + {most} ({topology}, {door})",
        most <= SPARE_LIST_CALLS,
    )


def doors_table(drained: DoorRuns) -> str:
    """Return what each door took, one line a topology."""
    header = ["images", "Python", "Python program", "command", "function"]
    header += [f"{what} calls: {door}" for what in ("delete", "list") for door in DOORS]
    lines = []
    for topology in TOPOLOGIES:
        seconds = [
            f"{drained.seconds(topology, peer):.1f} s"
            for peer in (PYTHON, PROGRAM, COMMAND, FUNCTION)
        ]
        runs = [drained.of(topology, peer) for peer in DOORS.values()]
        deletes = [str(max(delete_calls(run) for run in of_door)) for of_door in runs]
        lists = [str(max(list_calls(run) for run in of_door)) for of_door in runs]
        lines.append([topology, *seconds, *deletes, *lists])
    return markdown(header, lines)


def rows(topology: str, number: int, peer: Peer) -> int:
    """Return how many rows a door reads: ListImages shows one a tag, DescribeImages one an image.

    An image without a tag has one row all the same.
    """
    if peer is COMMAND:
        return number
    return sum(max(1, len(image.tags)) for _, push in pushes(topology, number) for image in push)


def delete_calls(run: Run) -> int:
    """Return how many delete calls the server has counted."""
    return run.calls.get(DELETE, 0)


def list_calls(run: Run) -> int:
    """Return how many calls that list the server has counted."""
    return sum(run.calls.get(operation, 0) for operation in LISTS)


def delete_share(run: Run, number: int) -> float:
    """Return a run's delete calls over the fewest that so many images can take."""
    return delete_calls(run) / math.ceil(number / BATCH)
