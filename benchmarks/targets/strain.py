"""Where the SDK's adaptive mode is at its limits: figures, not targets."""

from collections.abc import Mapping

from benchmarks.running import Behaviour, Images, Run, Stage
from benchmarks.targets.doors import LATENCY, PYTHON
from benchmarks.targets.pace import least_seconds, seconds_text, throttled_text
from ecrdrain.lab.strict import Fault

SLOWEST = 1.0
OUTAGE_BEGINS = 1.0
LIMIT_SECONDS = 900.0

OUTAGES: Mapping[str, tuple[Behaviour, Behaviour]] = {
    "HTTP 503": ({"faults": {"*": {Fault.UNAVAILABLE: 1.0}}}, {"faults": {}}),
    "throttles": ({"rate": 1e-6, "burst": 1.0}, {"rate": {}}),
}
"""What AWS answers with, as settings that begin and end it."""


def slow_text(runs: Mapping[str, Run], images: int) -> str:
    """Return what a rate of 1 call a second cost each door."""
    figures = "; ".join(f"{door} {_slow_figures(run)}" for door, run in runs.items())
    least = least_seconds(SLOWEST, images)
    return f"At {SLOWEST:g} call/s, {images:,} images ({least:.0f} s at least): {figures}."


def _slow_figures(run: Run) -> str:
    figures = f"{seconds_text([run])}, {throttled_text(run)} throttled"
    return f"{figures} ({run.words})" if run.left else figures


def outage_text(stage: Stage, answers: str, images: int, seconds: float) -> str:
    """Return what became of a drain after a time in which AWS answered with nothing but errors."""
    begin, end = OUTAGES[answers]
    recovery = OUTAGE_BEGINS + seconds
    run = stage.run(
        PYTHON,
        Images(topology="single", number=images),
        {"latency": LATENCY},
        limit=LIMIT_SECONDS,
        changes={OUTAGE_BEGINS: begin, recovery: end},
    )
    if run.left:
        outcome = f"{run.left:,} images left ({run.words})"
    else:
        outcome = f"empty {run.seconds - recovery:.1f} s after the recovery"
    return (
        f"{images:,} images, and {OUTAGE_BEGINS:.0f} s after the start AWS answers nothing but "
        f"{answers} for {seconds:.0f} s: {outcome}; {sum(run.calls.values()):,} calls, "
        f"{run.throttled} throttled."
    )
