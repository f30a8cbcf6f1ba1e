"""The calls of one drain: started through the pace of all, counted for this one."""

import threading
from collections import Counter
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

from ecrdrain.engine.calls import Calls, Halted, Until
from ecrdrain.engine.errors import CallError, aws_errors, call_error, is_throttle

if TYPE_CHECKING:
    from concurrent.futures import Future

Outcome = TypeVar("Outcome")


class CallFailed(Exception):  # noqa: N818 - carries the error, is not one more kind of it
    """A call failed for good."""

    def __init__(self, error: CallError) -> None:
        super().__init__(f"{error.operation}: {error.code}: {error.message}")
        self.error = error


class Ledger:
    """Counts what is really sent: repeats too, and what AWS throttled.

    Args:
        calls: Who starts the calls.
        until: How long calls may start.
    """

    def __init__(self, calls: Calls, until: Until) -> None:
        self._calls = calls
        self._until = until
        self._lock = threading.Lock()
        self._open: set[Future[Any]] = set()
        self.sent: Counter[str] = Counter()
        self.throttled = 0

    def submit(self, operation: str, call: Callable[[], Outcome]) -> "Future[Outcome]":
        """Start a call as soon as it may start.

        Raises:
            Halted: No further call may start.
        """

        def counted() -> Outcome:
            with self._lock:
                self.sent[operation] += 1
            try:
                return call()
            except aws_errors() as error:
                with self._lock:
                    self.throttled += is_throttle(error)
                raise

        future = self._calls.submit(operation, counted, self._until)
        self._open.add(future)
        future.add_done_callback(self._open.discard)
        return future

    def result(self, operation: str, future: "Future[Outcome]") -> Outcome:
        """Wait for a call and return its answer.

        Raises:
            CallFailed: AWS, or the way to it, failed the call for good.
            Halted: The call could not be tried, or not again.
        """
        self.wait([future])
        try:
            return future.result()
        except aws_errors() as error:
            raise CallFailed(call_error(error, operation)) from error
        except Halted as halted:
            if halted.__cause__ is not None:
                halted.error = call_error(halted.__cause__, operation)
            raise

    def wait(self, futures: "Collection[Future[Any]]") -> None:
        """Wait until one of the calls has ended."""
        self._calls.wait(futures)

    def finish(self) -> None:
        """Wait until all calls have ended."""
        while still := tuple(self._open):
            self.wait(still)

    def pause(self, seconds: float) -> None:
        """Wait before the next call.

        Raises:
            Halted: No further call could start after it.
        """
        self._calls.pause(seconds, self._until)
