"""Targets on the number of calls: as few as the limits of a page and a batch allow."""

import math
from collections.abc import Iterator
from itertools import product

from benchmarks.peers.catalogue import PEERS
from benchmarks.running import Images, Run, Stage
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import TOPOLOGIES, Order
from ecrdrain.lab.strict.topologies import pushes

BATCH, PAGE = 100, 1_000
LISTS = ("ListImages", "DescribeImages")
SPARE_LIST_CALLS = 3
LIMIT_SECONDS = 300.0

MOST_ROWS = "multi-tag"

DELETE_TARGETS = {"single": 1.02, "buildx": 1.05, "untagged-indexes": 1.25}
"""How many times ceil(images / 100), by topology."""


def calls_targets(stage: Stage, sizes: tuple[int, ...]) -> Iterator[Target]:
    """Count calls in every order of listing, and for both ways AWS may judge one call.

    The worst of all runs counts, not the median. Most topologies without a target for delete calls
    are run in the first of the sizes alone.
    """
    runs = {
        (topology, number): list(_runs(stage, topology, number))
        for topology, number in product(TOPOLOGIES, sizes)
        if topology in (*DELETE_TARGETS, MOST_ROWS) or number == sizes[0]
    }
    for topology, most in DELETE_TARGETS.items():
        yield _deletes(topology, most, {n: runs[topology, n] for n in sizes})
    yield _lists(runs)


def _deletes(topology: str, most: float, runs: dict[int, list[Run]]) -> Target:
    shares = [
        (_count(run, "BatchDeleteImage") / math.ceil(number / BATCH), run, number)
        for number, several in runs.items()
        for run in several
    ]
    share, run, number = max(shares, key=lambda each: each[0])
    return Target(
        f"delete calls, {topology}",
        f"at most {most:.2f} x ceil(images / {BATCH})",
        f"{share:.2f} x ({_count(run, 'BatchDeleteImage')} for {number:,} images, "
        f"the worst of {len(shares)} runs)",
        share <= most and not any(run.left for _, run, _ in shares),
    )


def _lists(runs: dict[tuple[str, int], list[Run]]) -> Target:
    """Count DescribeImages too: it lists as well, and is called for the same reason."""
    counts = [
        (_count(run, *LISTS) - math.ceil(rows(topology, number) / PAGE), run, topology, number)
        for (topology, number), several in runs.items()
        for run in several
    ]
    more, run, topology, number = max(counts, key=lambda each: each[0])
    made = " and ".join(f"{run.calls[name]} {name}" for name in LISTS if name in run.calls)
    return Target(
        "calls that list, every topology",
        f"at most ceil(rows / {PAGE:,}) + {SPARE_LIST_CALLS}",
        f"ceil(rows / {PAGE:,}) + {more} ({made} for {number:,} images, {topology}, "
        f"the worst of {len(counts)} runs)",
        more <= SPARE_LIST_CALLS,
    )


def rows(topology: str, number: int) -> int:
    """Return how many rows a listing of these images has: one a tag, or one without."""
    return sum(max(1, len(image.tags)) for _, push in pushes(topology, number) for image in push)


def _runs(stage: Stage, topology: str, number: int) -> Iterator[Run]:
    orders = list(Order) if topology in DELETE_TARGETS else [Order.SHUFFLED]
    for order, same_call in product(orders, SameCall):
        yield stage.run(
            PEERS[OURS],
            Images(topology=topology, number=number, order=order),
            {"same_call": same_call},
            limit=LIMIT_SECONDS,
        )


def _count(run: Run, *operations: str) -> int:
    return sum(run.calls.get(operation, 0) for operation in operations)
