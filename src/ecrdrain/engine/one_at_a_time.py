"""The simplest way to start calls: one after the other, without repeating any."""

import time
from collections.abc import Callable, Collection
from concurrent.futures import Future
from typing import Any

from ecrdrain.engine.calls import Result, Until


class OneAtATime:
    """Makes calls in the caller's thread: to compare with, and to follow step by step."""

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

    def wait(self, futures: "Collection[Future[Any]]") -> "Collection[Future[Any]]":
        """Return all of them: they are done."""
        return futures

    def pause(self, seconds: float, until: Until) -> None:
        """Sleep, unless the time left is shorter."""
        until.check(seconds)
        self._sleep(seconds)
