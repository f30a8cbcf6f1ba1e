"""The same done with several things at once, so that Ctrl-C is heard all the while."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

AT_ONCE = 8
"""Below botocore's ten connections a client; drains share the engine's pacer anyway."""

LOOK_UP = 0.25
"""Seconds after which the main thread wakes.

Python runs signal handlers there alone, and only when it wakes, while the kernel may hand the
signal to any thread (signal module, "Signals and threads").
"""

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def at_once(work: Callable[[Item], Answer], items: Iterable[Item]) -> list[Answer]:
    """Do something with several items at once; the answers come in the items' order.

    Raises:
        Exception: The first error, once what has begun by then has ended.
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        futures = [pool.submit(work, item) for item in items]
        pending = set(futures)
        while pending:
            done, pending = wait(pending, LOOK_UP, FIRST_EXCEPTION)
            for future in done:
                future.result()  # an error ends it all; what has not begun is left
        return [future.result() for future in futures]
    finally:
        pool.shutdown(cancel_futures=True)
