"""Ctrl-C: once finishes what is under way, twice stops at once."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from ecrdrain.cli.errors import INTERRUPTED

_STDERR = 2
FINISHING = (
    "Interrupted: finishing what is under way.",
    "Press Ctrl-C again to stop at once.",
)
_STOPPED = (
    b"\nStopped at once: calls under way may still take effect, and are not counted. "
    b"Run the same command again to go on.\n"
)
_NOTHING = b"\nInterrupted: nothing was changed.\n"
_SHOW_CURSOR = b"\r\x1b[K\x1b[?25h"


@contextmanager
def interruptible(*, aloud: bool = True) -> Iterator[threading.Event]:
    """Turn SIGINT and SIGTERM, while the block runs, into an event that the block can watch.

    A second signal ends the process.

    Args:
        aloud: Whether to say what happens; where something is drawn, that says it.
    """
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        # os.write, because the signal may have come in the middle of a print.
        del number, frame
        if stop.is_set():
            _end(_STOPPED)
        stop.set()
        if aloud:
            os.write(_STDERR, f"\n{' '.join(FINISHING)}\n".encode())

    with _handling(handle):
        yield stop


@contextmanager
def ending_at_once() -> Iterator[None]:
    """Let SIGINT and SIGTERM end the process while the block runs, which only reads."""

    def handle(number: int, frame: FrameType | None) -> None:
        del number, frame
        _end(_NOTHING)

    with _handling(handle):
        yield


@contextmanager
def _handling(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(said: bytes) -> NoReturn:
    """End the process: threads may be in a call, and the interpreter would wait for them."""
    if os.isatty(_STDERR):
        os.write(_STDERR, _SHOW_CURSOR)
    os.write(_STDERR, said)
    os._exit(INTERRUPTED)
