"""Target on faults: whatever fails now and then, the repository ends empty."""

from collections.abc import Mapping

from benchmarks.peers.catalogue import PEERS
from benchmarks.peers.process import Claim
from benchmarks.running import Images, Stage
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target
from ecrdrain.lab.strict import TOPOLOGIES, Fault

Behaviour = Mapping[str, object]

SHARE = 0.05
PASSING_FAILURES = ("KmsError", "UpstreamTooManyRequests", "UpstreamUnavailable")
"""What BatchDeleteImage may say of an image once, and not again."""
LIMIT_SECONDS = 120.0


def faults_target(stage: Stage, images: int) -> Target:
    """Let 5 % of the calls and of the images fail: all kinds at once, and each kind alone."""
    together: Behaviour = {
        "faults": {"*": dict.fromkeys(Fault, SHARE)},
        "image_failures": [_refused_once(code) for code in PASSING_FAILURES],
    }
    alone: list[Behaviour] = [
        *({"faults": {"*": {kind: SHARE}}} for kind in Fault),
        *({"image_failures": [_refused_once(code)]} for code in PASSING_FAILURES),
    ]
    cases = [
        *((topology, together) for topology in TOPOLOGIES),
        *(("mixed", behaviour) for behaviour in alone),
    ]
    left, dishonest, words = 0, 0, ""
    for topology, behaviour in cases:
        run = stage.run(
            PEERS[OURS],
            Images(topology=topology, number=images),
            behaviour,
            limit=LIMIT_SECONDS,
        )
        left += run.left
        words = words or (f" ({topology}: {run.words})" if run.left else "")
        dishonest += (run.claim is Claim.SUCCESS) != (run.left == 0)
    return Target(
        "images left, every topology, 5 % faults of each kind, together and alone",
        "0",
        f"{left} of {len(cases) * images:,} in {len(cases)} runs; "
        f"{dishonest} reports that were not true{words}",
        left == 0 and dishonest == 0,
    )


def _refused_once(code: str) -> dict[str, object]:
    return {"code": code, "share": SHARE, "times": 1}
