"""Target on faults: whatever fails now and then, the repository ends empty."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from benchmarks.peers.catalogue import Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Behaviour, Images, Run, Stage
from benchmarks.targets.doors import DOORS
from benchmarks.targets.target import Target
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import TOPOLOGIES, Fault

SHARE = 0.05
PASSING_FAILURES = ("KmsError", "UpstreamTooManyRequests", "UpstreamUnavailable")
"""What BatchDeleteImage may say of an image once, and not again."""
LIMIT_SECONDS = 240.0
_DELETED = re.compile(r"([\d,]+) (?:images? )?deleted")
LANES = 3
"""Runs side by side: they wait for repeats much of their time, and none is judged by it."""


class Case(NamedTuple):
    """One drain in which something fails."""

    peer: Peer
    topology: str
    behaviour: Behaviour


def faults_target(open_stage: Callable[[int], Stage], images: int) -> Target:
    """Let 5 % of the calls and of the images fail.

    Args:
        open_stage: Makes a server of its own for each case, by the seed of its faults: otherwise
            the same calls would meet the same faults in each of them.
        images: How many images are in each repository.
    """

    def play(seed: int, case: Case) -> Run:
        with open_stage(seed) as stage:
            return stage.run(
                case.peer,
                Images(topology=case.topology, number=images),
                case.behaviour,
                limit=LIMIT_SECONDS,
            )

    cases = list(_cases())
    with ThreadPoolExecutor(LANES) as lanes:
        runs = list(lanes.map(play, range(len(cases)), cases))
    left = sum(run.left for run in runs)
    untrue = sum(1 for run in runs if not is_true(run, images))
    failed = [
        f" (first: {case.peer.title}, {case.topology}: {run.words})"
        for case, run in zip(cases, runs, strict=True)
        if run.left
    ]
    words = failed[0] if failed else ""
    return Target(
        "images left, every topology and door, 5 % faults of each kind, together and alone",
        "0",
        f"{left:,} of {len(cases) * images:,} in {len(cases)} runs; "
        f"{untrue} reports that were not true{words}",
        left == 0 and untrue == 0,
    )


def is_true(run: Run, images: int) -> bool:
    """Tell whether a door has said "empty" of an empty repository alone, and counted right.

    The function does not say how many images it has deleted.
    """
    if run.claim is not Claim.SUCCESS:
        return run.left > 0
    counted = _DELETED.search(run.words)
    return run.left == 0 and (counted is None or int(counted[1].replace(",", "")) == images)


def _cases() -> Iterator[Case]:
    """Yield each topology with all faults together, then each fault alone.

    Both for every door, and the former for both ways in which AWS may judge one call.
    """
    together: dict[str, object] = {
        "faults": {"*": dict.fromkeys(Fault, SHARE)},
        "image_failures": [_refused_once(code) for code in PASSING_FAILURES],
    }
    alone: list[Behaviour] = [
        *({"faults": {"*": {kind: SHARE}}} for kind in Fault),
        *({"image_failures": [_refused_once(code)]} for code in PASSING_FAILURES),
    ]
    for peer in DOORS.values():
        for topology in TOPOLOGIES:
            for same_call in SameCall:
                yield Case(peer, topology, {**together, "same_call": same_call})
        for behaviour in alone:
            yield Case(peer, "mixed", behaviour)


def _refused_once(code: str) -> dict[str, object]:
    return {"code": code, "share": SHARE, "times": 1}
