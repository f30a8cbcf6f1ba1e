"""How long a drain may go on."""

import threading
import time
from collections.abc import Callable

LOOK_UP = 0.25
"""Seconds after which a waiting thread looks up.

Python runs signal handlers in the main thread alone, and only when that wakes, while the kernel
may hand the signal to any thread (signal module, "Signals and threads").
"""


class Halted(Exception):  # noqa: N818 - not an error: the caller asked for it
    """No further call may start; the text is the reason: "deadline", or that of the interrupt.

    Attributes:
        unheard: Whether an earlier try of the call may have had an effect.
    """

    unheard = False


class Limits:
    """The deadline and the interrupt of a drain.

    Args:
        deadline: A moment of `clock`, in seconds, after which no call starts; None: no limit.
        stop: An event that, once set, lets no further call start; None: nothing interrupts it.
        clock: The clock that `deadline` is read off.

    Attributes:
        interrupt: What the reason is called when `stop` is set.
    """

    interrupt = "interrupt"

    def __init__(
        self,
        deadline: float | None = None,
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline = deadline
        self.stop = stop or threading.Event()
        self.clock = clock

    def check(self, ahead: float = 0.0) -> None:
        """Return while a call may start in so many seconds.

        Raises:
            Halted: It may not.
        """
        if self.stop.is_set():
            raise Halted(self.interrupt)
        if self.deadline is not None and self.clock() + ahead >= self.deadline:
            raise Halted("deadline")

    def pause(self, seconds: float) -> None:
        """Wait.

        Raises:
            Halted: No call could start afterwards.
        """
        self.check(ahead=seconds)
        self.stop.wait(seconds)
        self.check()
