"""How large the targets' runs are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Numbers of images, and of repetitions.

    Attributes:
        counted: For counting calls.
        paced: For the runs at a rate limit.
        paced_repetitions: How often, by rate: at 2 calls a second one takes minutes.
        raced: For the race against one call at a time.
        remembered: The fewest and the most, for memory.
        faulty: For the runs in which calls fail.
    """

    counted: tuple[int, ...]
    paced: int
    paced_repetitions: dict[float, int]
    raced: int
    race_repetitions: int
    remembered: tuple[int, int]
    faulty: int


FULL = Sizes(
    counted=(1_000, 10_000),
    paced=50_000,
    paced_repetitions={2: 1, 10: 1, 50: 3},
    raced=10_000,
    race_repetitions=3,
    remembered=(1_000, 100_000),
    faulty=1_000,
)

QUICK = Sizes(
    counted=(1_000,),
    paced=5_000,
    paced_repetitions={2: 1, 10: 1, 50: 1},
    raced=10_000,
    race_repetitions=1,
    remembered=(1_000, 20_000),
    faulty=300,
)
