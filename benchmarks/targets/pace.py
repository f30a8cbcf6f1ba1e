"""Targets on time: at a rate limit that no door knows, and without one."""

import math
import statistics
from collections.abc import Mapping

from benchmarks.peers.catalogue import SEQUENTIAL, Peer
from benchmarks.running import Images, Run, Stage
from benchmarks.targets.doors import BATCH, DOORS
from benchmarks.targets.target import Target

PACED_LATENCY = 0.2
MORE_TIME, SPARE_SECONDS = 1.10, 5.0
THROTTLED_SHARE, SPARE_THROTTLES = 0.20, 3
RACE_LATENCY = {"BatchDeleteImage": 0.3, "*": 0.1}
TIMES_FASTER = 8.0
PATIENCE = 3.0
"""How many times the target a run may take before it is stopped."""


def least_seconds(rate: float, images: int) -> float:
    """Return how long the delete calls take at a rate limit, if no moment is lost."""
    return math.ceil(images / BATCH) / rate


def paced_run(stage: Stage, peer: Peer, rate: float, images: int) -> Run:
    """Empty a repository at a rate limit."""
    return stage.run(
        peer,
        Images(topology="single", number=images),
        {"latency": PACED_LATENCY, "rate": rate},
        limit=PATIENCE * _most_seconds(rate, images),
    )


def paced_targets(rate: float, images: int, runs: Mapping[str, Run]) -> list[Target]:
    """Judge the doors' runs at one rate: the time, and how many calls were throttled."""
    most = _most_seconds(rate, images)
    title = f"{rate:g} calls/s, {PACED_LATENCY * 1000:.0f} ms a call, {images:,} images"
    return [
        Target(
            f"time at an unknown {title}",
            f"{MORE_TIME:.2f} x {least_seconds(rate, images):.0f} s + {SPARE_SECONDS:.0f} s "
            f"= {most:.1f} s",
            of_doors({door: seconds_text([run]) for door, run in runs.items()}),
            all(run.seconds <= most and not run.left for run in runs.values()),
        ),
        Target(
            f"throttled calls at {rate:g} calls/s",
            f"at most {THROTTLED_SHARE:.0%} + {SPARE_THROTTLES} calls",
            of_doors({door: throttled_text(run) for door, run in runs.items()}),
            all(
                run.throttled <= THROTTLED_SHARE * sum(run.calls.values()) + SPARE_THROTTLES
                for run in runs.values()
            ),
        ),
    ]


def race_target(stage: Stage, images: int, repetitions: int) -> Target:
    """Without a rate limit: each door against a drain that makes one call at a time."""

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
    fast = {door: race(peer, repetitions) for door, peer in DOORS.items()}
    times = {
        door: slow[0].seconds / statistics.median(run.seconds for run in runs)
        for door, runs in fast.items()
    }
    figures = {door: f"{times[door]:.1f}x ({seconds_text(runs)})" for door, runs in fast.items()}
    return Target(
        f"time without a limit, {images:,} images, delete 300 ms, list 100 ms",
        f"at least {TIMES_FASTER:.0f}x faster than one call at a time",
        f"{of_doors(figures)}; one at a time {seconds_text(slow)}",
        min(times.values()) >= TIMES_FASTER
        and not any(run.left for runs in fast.values() for run in runs),
    )


def of_doors(figures: Mapping[str, str]) -> str:
    """Return a figure for each door, in one line."""
    return ", ".join(f"{door} {figure}" for door, figure in figures.items())


def throttled_text(run: Run) -> str:
    """Return "4% (9 of 225)"."""
    calls = sum(run.calls.values())
    return f"{run.throttled / max(1, calls):.0%} ({run.throttled} of {calls})"


def seconds_text(runs: list[Run]) -> str:
    """Return "2.1 s", of several runs with the fastest and the slowest, and what was left."""
    seconds = [run.seconds for run in runs]
    left = sum(run.left for run in runs)
    text = f"{statistics.median(seconds):.1f} s"
    if len(runs) > 1:
        text += f", {min(seconds):.1f} to {max(seconds):.1f}"
    return f"{text}, {left:,} images left" if left else text


def _most_seconds(rate: float, images: int) -> float:
    return MORE_TIME * least_seconds(rate, images) + SPARE_SECONDS
