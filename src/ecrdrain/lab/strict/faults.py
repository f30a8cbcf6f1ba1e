"""Decides which calls and which images meet a fault: by seed, the same in every run."""

import random
from collections import Counter
from collections.abc import Mapping, Sequence

from ecrdrain.lab.strict.behaviour import Fault, ImageFailures


def draw_fault(
    faults: Mapping[Fault, float], *, seed: int, operation: str, call: int
) -> Fault | None:
    """Return the fault that this call of the operation (1: the first) meets, if any.

    Calls are numbered in the order of their arrival, so that the same calls are hit again in a
    run with the same seed, whatever a client has in flight.
    """
    if not faults:
        return None
    left = random.Random(f"{seed}/{operation}/{call}").random()  # noqa: S311 - not for secrets
    for fault, probability in faults.items():
        if left < probability:
            return fault
        left -= probability
    return None


class Refusals:
    """Remembers how often each image has been refused."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._times: Counter[tuple[str, str]] = Counter()

    def refuse(self, digest: str, rules: Sequence[ImageFailures]) -> str | None:
        """Return the failure code for one attempt to delete the image; None: let it go."""
        for rule in rules:
            if digest not in rule.digests and not self._chosen(digest, rule):
                continue
            if rule.times is None:
                return rule.code
            if self._times[rule.code, digest] < rule.times:
                self._times[rule.code, digest] += 1
                return rule.code
        return None

    def _chosen(self, digest: str, rule: ImageFailures) -> bool:
        if not rule.share:
            return False
        draw = random.Random(f"{self._seed}/{rule.code}/{digest}")  # noqa: S311 - no secrets
        return draw.random() < rule.share
