"""Targets on memory: it hardly grows with the number of images."""

from collections.abc import Iterator

from benchmarks.peers.catalogue import COMMAND, Peer
from benchmarks.running import Images, Run, Stage
from benchmarks.targets.doors import FUNCTION, LATENCY, PYTHON
from benchmarks.targets.target import Target

MOST_MORE_MIB = 20.0
MOST_MIB = 256.0
"""What the templates give the function."""
TOPOLOGIES = ("single", "buildx")
LIMIT_SECONDS = 600.0
_DOORS = {"Python": PYTHON, "command": COMMAND}


def memory_targets(stage: Stage, sizes: tuple[int, int]) -> Iterator[Target]:
    """Read the peaks of processes off /proc, for few and for many images."""
    few, many = sizes
    for topology in TOPOLOGIES:
        for door, peer in _DOORS.items():
            runs = [_run(stage, peer, topology, number) for number in sizes]
            what = f"peak memory of the {door} door at {many:,} images, {topology}"
            limit = f"at most {MOST_MORE_MIB:.0f} MiB above that at {few:,}"
            yield _growth(what, limit, runs)
    runs = [_run(stage, FUNCTION, topology, many) for topology in TOPOLOGIES]
    yield _whole(f"peak memory of the function at {many:,} images", runs)


def _growth(what: str, limit: str, runs: list[Run]) -> Target:
    peaks = _peaks(runs)
    if isinstance(peaks, str):
        return Target(what, limit, peaks, met=False)
    small, large = peaks
    measured = f"{large - small:+.1f} MiB ({large:.1f} against {small:.1f})"
    return Target(what, limit, measured, large - small <= MOST_MORE_MIB)


def _whole(what: str, runs: list[Run]) -> Target:
    limit = f"at most {MOST_MIB:.0f} MB in all"
    peaks = _peaks(runs)
    if isinstance(peaks, str):
        return Target(what, limit, peaks, met=False)
    measured = ", ".join(
        f"{topology} {peak:.1f} MiB" for topology, peak in zip(TOPOLOGIES, peaks, strict=True)
    )
    return Target(what, limit, measured, max(peaks) <= MOST_MIB)


def _peaks(runs: list[Run]) -> list[float] | str:
    """Return the peaks in MiB, or why there are none to compare."""
    for run in runs:
        if run.left:
            return f"not emptied: {run.words}"
    peaks = [run.peak_mib for run in runs if run.peak_mib is not None]
    if len(peaks) < len(runs):
        return "this system does not tell (no /proc)"
    return peaks


def _run(stage: Stage, peer: Peer, topology: str, number: int) -> Run:
    images = Images(topology=topology, number=number)
    return stage.run(peer, images, {"latency": LATENCY}, limit=LIMIT_SECONDS)
