"""Targets on the number of calls: as few as the limits of a page and a batch allow."""

import math
from collections.abc import Iterator
from itertools import product

from benchmarks.peers.catalogue import PEERS
from benchmarks.running import Images, Run, Stage
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target
from ecrdrain.lab.ecr_rules import SameCall
from ecrdrain.lab.strict import TOPOLOGIES, Order
from ecrdrain.lab.strict.topologies import pushes

BATCH, PAGE = 100, 1_000
LISTS = ("ListImages", "DescribeImages")
SPARE_LIST_CALLS = 3
LIMIT_SECONDS = 300.0

DELETE_TARGETS = {"single": 1.02, "buildx": 1.05, "untagged-indexes": 1.25}
"""How many times ceil(images / 100), by topology."""


def calls_targets(stage: Stage, sizes: tuple[int, ...]) -> Iterator[Target]:
    """Count calls in every order of listing, and for both ways AWS may judge one call.

    The worst of all runs counts, not the median. Topologies without a target for delete calls are
    run in the first of the sizes alone.
    """
    runs = {
        (topology, number): list(_runs(stage, topology, number))
        for topology, number in product(TOPOLOGIES, sizes)
        if topology in DELETE_TARGETS or number == sizes[0]
    }
    for topology, most in DELETE_TARGETS.items():
        shares = [
            (_count(run, "BatchDeleteImage") / math.ceil(number / BATCH), run, number)
            for number in sizes
            for run in runs[topology, number]
        ]
        share, run, number = max(shares, key=lambda each: each[0])
        yield Target(
            f"delete calls, {topology}",
            f"at most {most:.2f} x ceil(images / {BATCH})",
            f"{share:.2f} x ({_count(run, 'BatchDeleteImage')} for {number:,} images, "
            f"the worst of {len(shares)} runs)",
            share <= most and not run.left,
        )
    spare = [
        (_count(run, *LISTS) - math.ceil(rows(topology, number) / PAGE), topology, number)
        for (topology, number), several in runs.items()
        for run in several
    ]
    more, topology, number = max(spare)
    yield Target(
        "list calls, every topology",
        f"at most ceil(rows / {PAGE:,}) + {SPARE_LIST_CALLS}",
        f"ceil(rows / {PAGE:,}) + {more} ({number:,} images, {topology}, "
        f"the worst of {len(spare)} runs)",
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
