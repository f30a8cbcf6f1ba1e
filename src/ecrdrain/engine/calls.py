"""How calls are started: the seam between what a drain wants and how fast AWS lets it."""

import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ecrdrain.engine.errors import CallError

Result = TypeVar("Result")


class Halted(Exception):  # noqa: N818 - not an error: the caller asked for it
    """No further call may start.

    Attributes:
        reason: "deadline" or "interrupt".
        error: What a call had failed with that would have been tried again.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.error: CallError | None = None


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

    def check(self, wait: float = 0.0) -> None:
        """Return while a call may start in so many seconds.

        Raises:
            Halted: The deadline is over by then, or the drain was interrupted.
        """
        if self.stop is not None and self.stop.is_set():
            raise Halted("interrupt")
        if self.deadline is not None and self.clock() + wait >= self.deadline:
            raise Halted("deadline")


class Calls(Protocol):
    """Starts calls on its own terms: how many at once, how fast, how often again."""

    def submit(self, operation: str, call: Callable[[], Result], until: Until) -> "Future[Result]":
        """Have a call started as soon as it may start, and return its future.

        Returns once there is room for it. `call` may run several times (it is safe to repeat) and
        in another thread. The future raises what the call raised in the end; Halted, caused by
        that if there is such, when `until` was over before it could be tried (again).

        Raises:
            Halted: `until` was over before there was room.
        """
        ...

    def wait(self, futures: "Collection[Future[Any]]") -> "Collection[Future[Any]]":
        """Wait until one of the futures is done, and return those that are."""
        ...

    def pause(self, seconds: float, until: Until) -> None:
        """Wait, for instance for ECR to catch up with itself.

        Raises:
            Halted: `until` would be over first.
        """
        ...
