"""Target on memory: it does not grow with the number of images."""

from collections.abc import Iterator

from benchmarks.peers.catalogue import PEERS
from benchmarks.running import Images, Stage
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target

MOST_MIB = 20.0
TOPOLOGIES = ("single", "buildx")
LATENCY = {"BatchDeleteImage": 0.2, "*": 0.06}
LIMIT_SECONDS = 600.0


def memory_targets(stage: Stage, sizes: tuple[int, int]) -> Iterator[Target]:
    """Compare the peaks of a process for few and for many images, read off /proc."""
    few, many = sizes
    for topology in TOPOLOGIES:
        small, large = (
            stage.run(
                PEERS[OURS],
                Images(topology=topology, number=number),
                {"latency": LATENCY},
                limit=LIMIT_SECONDS,
            )
            for number in sizes
        )
        what = f"peak memory at {many:,} images, {topology}"
        limit = f"at most {MOST_MIB:.0f} MiB above that at {few:,}"
        if small.left or large.left:
            words = small.words if small.left else large.words
            yield Target(what, limit, f"not emptied: {words}", met=False)
            continue
        if small.peak_mib is None or large.peak_mib is None:
            yield Target(what, limit, "this system does not tell (no /proc)", met=False)
            continue
        more = large.peak_mib - small.peak_mib
        yield Target(
            what,
            limit,
            f"{more:+.1f} MiB ({large.peak_mib:.1f} against {small.peak_mib:.1f})",
            more <= MOST_MIB,
        )
