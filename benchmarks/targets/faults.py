"""Target on faults: whatever fails now and then, the repository ends empty."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.peers.catalogue import Peer
from benchmarks.peers.process import Claim
from benchmarks.running import Behaviour, Images, Stage
from benchmarks.targets.doors import DOORS
from benchmarks.targets.target import Target
from ecrdrain.lab.ecr_rules import SameCall
from ecrdrain.lab.strict import TOPOLOGIES, Fault

SHARE = 0.05
PASSING_FAILURES = ("KmsError", "UpstreamTooManyRequests", "UpstreamUnavailable")
"""What BatchDeleteImage may say of an image once, and not again."""
LIMIT_SECONDS = 240.0


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
    left, untrue, words = 0, 0, ""
    cases = list(_cases())
    for seed, case in enumerate(cases):
        with open_stage(seed) as stage:
            run = stage.run(
                case.peer,
                Images(topology=case.topology, number=images),
                case.behaviour,
                limit=LIMIT_SECONDS,
            )
        left += run.left
        untrue += (run.claim is Claim.SUCCESS) != (run.left == 0)
        if run.left and not words:
            words = f" (first: {case.peer.title}, {case.topology}: {run.words})"
    return Target(
        "images left, every topology and door, 5 % faults of each kind, together and alone",
        "0",
        f"{left:,} of {len(cases) * images:,} in {len(cases)} runs; "
        f"{untrue} reports that were not true{words}",
        left == 0 and untrue == 0,
    )


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
