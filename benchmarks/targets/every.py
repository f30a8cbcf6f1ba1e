"""All targets, in the order of their table."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from benchmarks.running import Stage
from benchmarks.targets.calls import calls_targets
from benchmarks.targets.faults import faults_target
from benchmarks.targets.first_answer import first_answer_target
from benchmarks.targets.memory import memory_targets
from benchmarks.targets.pace import paced_targets, race_target
from benchmarks.targets.sizes import Sizes
from benchmarks.targets.target import Target


def measure_targets(sizes: Sizes, say: Callable[[str], None]) -> list[Target]:
    """Measure every target.

    The slowest rate has a server and a lane of its own beside the others: it waits nearly all the
    time. In the other lane times come first, then what has no time.
    """

    def paced(rate: float) -> list[Target]:
        with Stage() as stage:
            return told(paced_targets(stage, rate, sizes.paced, sizes.paced_repetitions[rate]))

    def told(targets: list[Target]) -> list[Target]:
        for target in targets:
            met = "met" if target.met else "NOT MET"
            say(f"  {met}: {target.what}: {target.measured} (target: {target.limit})")
        return targets

    say("Targets")
    slowest, *rates = sorted(sizes.paced_repetitions)
    with Stage() as stage, ThreadPoolExecutor(1) as beside:
        slow = beside.submit(paced, slowest)
        race = told([race_target(stage, sizes.raced, sizes.race_repetitions)])
        others = [target for rate in rates for target in paced(rate)]
        calls = told(list(calls_targets(stage, sizes.counted)))
        memory = told(list(memory_targets(stage, sizes.remembered)))
        faults = told([faults_target(stage, sizes.faulty)])
        first = told([first_answer_target()])
        return [*calls, *slow.result(), *others, *race, *memory, *faults, *first]
