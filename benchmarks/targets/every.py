"""All targets, in the order of their table, and what else the page tells."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.peers.catalogue import Peer
from benchmarks.running import Run, Stage
from benchmarks.targets.doors import (
    DOORS,
    delete_targets,
    doors_table,
    list_target,
    run_doors,
    time_targets,
)
from benchmarks.targets.faults import faults_target
from benchmarks.targets.first_answer import first_answer_target
from benchmarks.targets.memory import memory_targets
from benchmarks.targets.orders import orders_table
from benchmarks.targets.pace import paced_run, paced_targets, race_target
from benchmarks.targets.sizes import Sizes
from benchmarks.targets.strain import OUTAGES, SLOWEST, outage_text, slow_text
from benchmarks.targets.target import Target

SLOW, FASTER = 2.0, (10.0, 20.0, 50.0)
"""Calls a second. At the slow rate a drain waits nearly all the time."""

LANES = 4
"""Drains that wait, beside one that works."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """What came out.

    Attributes:
        targets: The targets.
        images: How many images the doors emptied.
        doors: A table of what each door took.
        orders: A table of what other orders of listing took.
        figures: Sentences on what has no target.
    """

    targets: list[Target]
    images: int
    doors: str
    orders: str
    figures: list[str]


def measure_targets(sizes: Sizes, say: Say) -> Measured:
    """Measure every target.

    What is judged by its time goes first and alone, but for drains that wait nearly all the
    time: these have servers of their own, beside what is judged by something else.
    """

    def judged(targets: list[Target]) -> list[Target]:
        for target in targets:
            met = "met" if target.met else "NOT MET"
            say(f"  {met}: {target.what}: {target.measured} (target: {target.limit})")
        return targets

    def figure(text: str) -> str:
        say(f"  {text}")
        return text

    say("Targets")
    with Stage() as stage:
        drained = run_doors(stage, sizes.drained, sizes.repetitions)
        times = judged([*time_targets(drained)])
        race = judged([race_target(stage, sizes.raced, sizes.race_repetitions)])
        fast = []
        for rate in FASTER:
            runs = {door: paced_run(stage, DOORS[door], rate, sizes.paced) for door in DOORS}
            fast += judged(paced_targets(rate, sizes.paced, runs))
    calls = judged([*delete_targets(drained), list_target(drained)])
    with Stage() as stage, ThreadPoolExecutor(LANES) as lanes:
        at_slow = _at_rate(lanes, SLOW, sizes.paced)
        at_slowest = _at_rate(lanes, SLOWEST, sizes.slow)
        outages = [lanes.submit(_outage, answers, sizes) for answers in OUTAGES]
        memory = judged([*memory_targets(stage, sizes.remembered)])
        orders = orders_table(stage, sizes.drained)
        faults = judged([faults_target(lambda seed: Stage(seed=seed), sizes.faulty)])
        first = judged([first_answer_target()])
        slow = judged(paced_targets(SLOW, sizes.paced, _results(at_slow)))
        slowest = figure(slow_text(_results(at_slowest), sizes.slow))
        after = [figure(outage.result()) for outage in outages]
    return Measured(
        [*times, *race, *calls, *slow, *fast, *memory, *faults, *first],
        sizes.drained,
        doors_table(drained),
        orders,
        [slowest, *after],
    )


def _at_rate(lanes: ThreadPoolExecutor, rate: float, images: int) -> dict[str, Future[Run]]:
    """Begin to empty a repository through each door, at a rate limit."""

    def run(peer: Peer) -> Run:
        with Stage() as stage:
            return paced_run(stage, peer, rate, images)

    return {door: lanes.submit(run, peer) for door, peer in DOORS.items()}


def _results(runs: dict[str, Future[Run]]) -> dict[str, Run]:
    return {door: run.result() for door, run in runs.items()}


def _outage(answers: str, sizes: Sizes) -> str:
    with Stage() as stage:
        return outage_text(stage, answers, sizes.outage_images, sizes.outage_seconds)
