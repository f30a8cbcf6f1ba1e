"""Ctrl-C: once finishes what is under way, twice stops at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ecrdrain.cli.errors import INTERRUPTED

_STDERR = 2
_FINISHING = b"\nInterrupted: finishing what is under way. Press Ctrl-C again to stop at once.\n"
_SHOW_CURSOR = b"\x1b[?25h"


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Turn SIGINT and SIGTERM, while the block runs, into an event that the block can watch.

    A second signal ends the process.
    """
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        # os.write, because the signal may have come in the middle of a print.
        del number, frame
        if stop.is_set():
            if os.isatty(_STDERR):
                os.write(_STDERR, _SHOW_CURSOR)
            # Threads may be in the middle of a call, and the interpreter would wait for them.
            os._exit(INTERRUPTED)
        stop.set()
        os.write(_STDERR, _FINISHING)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
