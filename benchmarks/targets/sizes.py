"""How large the targets' runs are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Numbers of images, and of repetitions.

    Attributes:
        drained: For the doors' time and calls, and for other orders.
        repetitions: How often each door empties each topology.
        raced: For the race against one call at a time.
        race_repetitions: How often each door runs it.
        paced: For the runs at a rate limit.
        slow: For the run at 1 call a second.
        outage_images: For the outages.
        outage_seconds: How long they last.
        remembered: The fewest and the most, for memory.
        faulty: For the runs in which calls fail.
    """

    drained: int
    repetitions: int
    raced: int
    race_repetitions: int
    paced: int
    slow: int
    outage_images: int
    outage_seconds: float
    remembered: tuple[int, int]
    faulty: int


FULL = Sizes(
    drained=10_000,
    repetitions=3,
    raced=10_000,
    race_repetitions=3,
    paced=20_000,
    slow=3_000,
    outage_images=30_000,
    outage_seconds=30.0,
    remembered=(1_000, 100_000),
    faulty=1_000,
)

QUICK = Sizes(
    drained=10_000,
    repetitions=1,
    raced=10_000,
    race_repetitions=1,
    paced=5_000,
    slow=1_000,
    outage_images=30_000,
    outage_seconds=10.0,
    remembered=(1_000, 20_000),
    faulty=200,
)
