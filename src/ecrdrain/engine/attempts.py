"""When a call that failed is tried again: the decision alone."""

import random
from collections.abc import Callable

from ecrdrain.engine.errors import is_throttle, is_transient

MOST_TRIES = 10
"""Tries of one call that end in server errors or lost connections before it has failed."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
"""Seconds at most before the second try, doubled for each further one, up to a limit."""

PATIENCE = 600.0
"""Seconds of nothing but throttling after which a call has failed."""


class Attempts:
    """Counts the tries of one call.

    Args:
        chance: Returns a random number from 0 to 1, so that calls that failed together are not
            tried again together.
    """

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._failed = 0

    def wait_after(self, error: Exception, silence: float) -> float | None:
        """Return in how many seconds to try again at the earliest; None: the call has failed.

        Args:
            error: What the last try ended in.
            silence: Seconds since AWS last accepted a call of the operation.
        """
        if is_throttle(error):
            return 0.0 if silence < PATIENCE else None  # the pace says when
        if not is_transient(error):
            return None
        self._failed += 1
        if self._failed == MOST_TRIES:
            return None
        return self._chance() * min(LONGEST_WAIT, FIRST_WAIT * 2.0**self._failed)
