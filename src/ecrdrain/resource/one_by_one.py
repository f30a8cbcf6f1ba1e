"""How the function makes a drain's calls: one by one, and again when AWS throttles or stumbles.

A teardown is in no hurry, the rate that AWS allows belongs to the whole account, and a thread
that outlives its run would go on in a later one. The command line has a faster way (the pacer).
"""

import random
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import aws_errors, is_throttle, is_transient

if TYPE_CHECKING:
    from ecrdrain.engine.calls import Result, Until

FIRST_REST, LONGEST_REST = 0.2, 8.0
"""Seconds at most before the second try, doubled for each further one, up to a limit."""
MOST_STUMBLES = 10
"""Server errors and lost connections after which a call has failed; throttles do not count."""


class OneByOne:
    """Makes each call when it is asked for.

    Args:
        sleep: Waits for so many seconds.
    """

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep

    def submit(
        self, operation: str, call: "Callable[[], Result]", until: "Until"
    ) -> "Future[Result]":
        """Make the call, as often as it takes, and return its future, which is done.

        Raises:
            Halted: The time was over before a try could settle it.
        """
        del operation  # the same pace for all
        future: Future[Result] = Future()
        rest, stumbles = FIRST_REST, 0
        until.check()
        while True:
            try:
                future.set_result(call())
            except aws_errors() as error:
                stumbles += not is_throttle(error)
                if not (is_throttle(error) or is_transient(error)) or stumbles == MOST_STUMBLES:
                    future.set_exception(error)
            if future.done():
                return future
            self.pause(rest * random.uniform(0.5, 1), until)  # noqa: S311 - spreads, hides nothing
            rest = min(rest * 2, LONGEST_REST)

    def wait(self, futures: "Collection[Future[Any]]") -> "Collection[Future[Any]]":
        """Return all of them: they are done."""
        return futures

    def pause(self, seconds: float, until: "Until") -> None:
        """Wait, unless the time left is shorter."""
        until.check(seconds)
        self._sleep(seconds)
        until.check()
