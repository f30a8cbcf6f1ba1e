"""The calls of a drain: made by the SDK at its own pace, counted, and stopped in time.

The SDK's adaptive mode finds the rate that AWS allows and repeats what AWS throttled or failed
at (SDKs and Tools reference guide, "Retry behavior"). Its repeats are seen through its events:
each try is counted as it is sent, and none is sent once the drain has to stop.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ecrdrain.engine.errors import CallError, answer_error, aws_errors, call_error
from ecrdrain.engine.limits import Halted, Limits

if TYPE_CHECKING:
    from botocore.config import Config

CONCURRENCY = 32
"""Calls in flight at most, unless the caller says otherwise."""

ATTEMPTS = 10
"""Tries of one call, by the SDK, before it has failed."""

AT_ONCE = 8
"""Drains side by side, each with a listing of its own; below botocore's ten connections."""

Result = TypeVar("Result")


def client_config(
    concurrency: int = CONCURRENCY, read_timeout: float = 60, attempts: int = ATTEMPTS
) -> "Config":
    """Return the settings for a boto3 client that drains with.

    Args:
        concurrency: How many calls may be in flight; each needs a connection of its own, and so
            do the listings of drains side by side.
        read_timeout: Seconds to wait for an answer. A call without one is repeated.
        attempts: Tries of one call before it has failed.
    """
    from botocore.config import Config  # noqa: PLC0415 - not before a client is made

    return Config(
        retries={"mode": "adaptive", "total_max_attempts": attempts},
        max_pool_connections=concurrency + AT_ONCE,
        connect_timeout=5,
        read_timeout=read_timeout,
        tcp_keepalive=True,
    )


def end_tries(
    attempts: int, caught_exception: Exception | None, most: int = ATTEMPTS, **_: object
) -> None:
    """End the tries of a call that is not answered at all: there may be no way to the service.

    For clients whose calls are tried more often than that when AWS throttles or fails at them.
    Source: botocore's Endpoint asks the handlers of "needs-retry" after each try.
    """
    if caught_exception and attempts >= most:
        raise caught_exception


class CallFailed(Exception):  # noqa: N818 - carries the error, is not one more kind of it
    """A call failed, all the SDK's tries included.

    Attributes:
        error: The last try's error.
        unheard: Whether a try may have had an effect all the same.
    """

    def __init__(self, error: CallError, *, unheard: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.unheard = unheard


class Calls:
    """The calls of one drain.

    Args:
        limits: How long calls may be sent.

    Attributes:
        sent: Calls sent, repeats included, by operation.
        throttled: How many of them AWS throttled.
        lock: Held to change these figures.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sent: Counter[str] = Counter()
        self.throttled = 0
        self.lock = threading.Lock()

    def make(self, operation: str, call: Callable[[], Result]) -> tuple[Result, bool]:
        """Make a call in this thread.

        Returns:
            Its answer, and whether an earlier try may have had an effect, unheard.

        Raises:
            CallFailed: AWS, or the way to it, failed the call.
            Halted: No further try may be sent.
        """
        self.limits.check()
        _making.calls, _making.unheard = self, False
        try:
            return call(), _making.unheard
        except aws_errors() as error:
            failure = call_error(error, operation)
            raise CallFailed(failure, unheard=_making.unheard) from error
        except Halted as halted:
            halted.unheard = _making.unheard
            raise
        finally:
            _making.calls = None

    def count(self, operation: str) -> None:
        """Take that a try is about to be sent.

        Raises:
            Halted: It may not be sent any more.
        """
        self.limits.check()
        with self.lock:
            self.sent[operation] += 1


_making = threading.local()
"""The call that this thread is making: `calls`, None when there is none, and `unheard`."""


def watch(client: Any) -> None:  # noqa: ANN401 - a client of either registry
    """Have a client tell of each try that it sends for a drain.

    "before-send" comes last of all before the request goes, after any wait for the SDK's own
    pace: handlers closer to the event's root run later, there the last ones last.
    """
    events = client.meta.events
    events.register_last("before-send", _before_send, unique_id="ecrdrain-sent")
    events.register("response-received", _response_received, unique_id="ecrdrain-heard")


def _before_send(event_name: str, **_: object) -> None:
    calls = getattr(_making, "calls", None)
    if calls is not None:
        calls.count(event_name.rpartition(".")[2])


def _response_received(
    parsed_response: Mapping[str, Any] | None, exception: Exception | None, **_: object
) -> None:
    calls = getattr(_making, "calls", None)
    if calls is None or isinstance(exception, Halted):
        return
    error = answer_error("", parsed_response or {})
    if error.throttled:
        with calls.lock:
            calls.throttled += 1
    elif exception is not None or error.passing:
        _making.unheard = True
