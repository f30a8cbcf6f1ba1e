"""The same done with several things at once, so that Ctrl-C is heard all the while."""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from ecrdrain.engine.calls import AT_ONCE
from ecrdrain.engine.limits import LOOK_UP

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


def at_once(
    work: Callable[[Item], Outcome],
    items: Iterable[Item],
    give_up: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Do something with several items at once; the outcomes come in the items' order.

    Args:
        work: What to do with each.
        items: What to do it with.
        give_up: Called when this ends early, before the work that has begun is waited for.

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
    except BaseException:  # Ctrl-C as well as an error: nothing new begins
        pool.shutdown(wait=False, cancel_futures=True)
        give_up()
        raise
    finally:
        pool.shutdown()
