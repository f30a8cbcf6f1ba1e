"""Targets on time: at a rate limit that the tool is not told, and without one."""

import math
import statistics

from benchmarks.peers.catalogue import PEERS, SEQUENTIAL, Peer
from benchmarks.running import Images, Run, Stage
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target

BATCH = 100
PACED_LATENCY = 0.2
MORE_TIME, SPARE_SECONDS = 1.10, 5.0
THROTTLED_SHARE = 0.03
RACE_LATENCY = {"BatchDeleteImage": 0.3, "*": 0.1}
TIMES_FASTER = 10.0
PATIENCE = 3.0
"""How many times the target a run may take before it is stopped."""


def paced_targets(stage: Stage, rate: float, images: int, repetitions: int) -> list[Target]:
    """Empty a repository at a rate limit: the time, and the share of throttled calls."""
    least = math.ceil(images / BATCH) / rate
    most = MORE_TIME * least + SPARE_SECONDS
    runs = [
        stage.run(
            PEERS[OURS],
            Images(topology="single", number=images, seed=repetition),
            {"latency": PACED_LATENCY, "rate": rate},
            limit=PATIENCE * most,
        )
        for repetition in range(repetitions)
    ]
    title = f"{rate:g} calls/s, {PACED_LATENCY * 1000:.0f} ms a call, {images:,} images"
    worst = max(runs, key=_throttled_share)
    return [
        Target(
            f"time at an unknown {title}",
            f"{MORE_TIME:.2f} x {least:.0f} s + {SPARE_SECONDS:.0f} s = {most:.1f} s",
            _seconds(runs),
            max(run.seconds for run in runs) <= most and not any(run.left for run in runs),
        ),
        Target(
            f"throttled calls at {rate:g} calls/s, {images:,} images",
            f"at most {THROTTLED_SHARE:.0%} of all calls",
            f"{_throttled_share(worst):.1%} ({worst.throttled} of {sum(worst.calls.values())})",
            _throttled_share(worst) <= THROTTLED_SHARE,
        ),
    ]


def race_target(stage: Stage, images: int, repetitions: int) -> Target:
    """Without a rate limit: against the same drain that makes one call at a time."""

    def race(peer: Peer, times: int) -> list[Run]:
        return [
            stage.run(
                peer,
                Images(topology="single", number=images, seed=repetition),
                {"latency": RACE_LATENCY},
                limit=PATIENCE * images / BATCH,
            )
            for repetition in range(times)
        ]

    slow = race(SEQUENTIAL, 1)  # its time is the latencies' sum: it hardly varies
    fast = race(PEERS[OURS], repetitions)
    times = slow[0].seconds / statistics.median(run.seconds for run in fast)
    return Target(
        f"time without a limit, {images:,} images, delete 300 ms, list 100 ms",
        f"at least {TIMES_FASTER:.0f}x faster than one call at a time",
        f"{times:.1f}x ({_seconds(fast)} against {_seconds(slow)})",
        times >= TIMES_FASTER and not any(run.left for run in fast),
    )


def _throttled_share(run: Run) -> float:
    return run.throttled / max(1, sum(run.calls.values()))


def _seconds(runs: list[Run]) -> str:
    seconds = [run.seconds for run in runs]
    left = sum(run.left for run in runs)
    text = f"{statistics.median(seconds):.1f} s"
    if len(runs) > 1:
        text += f" ({min(seconds):.1f} to {max(seconds):.1f})"
    return f"{text}, {left:,} images left" if left else text
