"""How calls are started: the seam between what a drain wants and how fast AWS lets it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

Result = TypeVar("Result")


class Halted(Exception):  # noqa: N818 - not an error: the caller asked for it
    """No further call may start; `reason` is "deadline" or "interrupt"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Until:
    """How long a drain may start calls.

    Args:
        deadline: A moment of `clock`, in seconds; None means no limit.
        stop: An event that ends the drain when it is set; None means nothing interrupts it.
        clock: The clock that `deadline` is read off.
    """

    def __init__(
        self,
        deadline: float | None = None,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline = deadline
        self.stop = stop
        self.clock = clock

    def check(self) -> None:
        """Return while calls may start.

        Raises:
            Halted: The deadline is over or the drain was interrupted.
        """
        if self.stop is not None and self.stop.is_set():
            raise Halted("interrupt")
        if self.deadline is not None and self.clock() >= self.deadline:
            raise Halted("deadline")


class Calls(Protocol):
    """Starts calls on its own terms: how many at once, how fast, how often again."""

    def submit(self, operation: str, call: Callable[[], Result], until: Until) -> "Future[Result]":
        """Start a call as soon as it may start and return its future.

        `call` may run several times (it is safe to repeat) and in another thread.

        Raises:
            Halted: `until` was over before the call could start.
        """
        ...

    def pause(self, seconds: float, until: Until) -> None:
        """Wait, for instance for ECR to catch up with itself.

        Raises:
            Halted: `until` would be over first.
        """
        ...


class OneAtATime:
    """Calls made one after the other, in the caller's thread."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def submit(self, operation: str, call: Callable[[], Result], until: Until) -> "Future[Result]":
        """Make the call and return its completed future."""
        del operation  # the same pace for all
        until.check()
        future: Future[Result] = Future()
        try:
            future.set_result(call())
        except Exception as error:  # noqa: BLE001 - handed over whole: the future raises it again
            future.set_exception(error)
        return future

    def pause(self, seconds: float, until: Until) -> None:
        """Sleep, unless the time left is shorter."""
        until.check()
        if until.deadline is not None and until.clock() + seconds >= until.deadline:
            raise Halted("deadline")
        self._sleep(seconds)
