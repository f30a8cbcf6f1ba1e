"""A program in a pseudo-terminal, as a person would have it before them."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pyte

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LINES = 40

_PATIENCE = 120  # seconds until a program is taken for hanging; a loaded machine is slow
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b\][^\x07]*\x07|\r")


# Makes the terminal its own, so that Ctrl-C reaches it as a signal, as in a shell's foreground. In
# a shell's background, where the tests may run, the signal is ignored; that would be inherited.
_IN_FOREGROUND = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class InTerminal:
    """A running program and all that it has written so far.

    Args:
        command: The program and its arguments.
        environment: Its whole environment.
        columns: How wide the window is.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], columns: int
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))
        self._widths = [(0, columns)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", _IN_FOREGROUND, *command],
            env=dict(environment),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self.raw = b""

    @property
    def text(self) -> str:
        """What it has written, without colours and movements of the cursor."""
        return _CONTROL.sub("", self.raw.decode(errors="replace"))

    def screen(self) -> list[str]:
        """Return what a person sees in the end, from the first line on; empty lines are left out.

        Played into a terminal emulator that others wrote.
        """
        _, columns = self._widths[0]
        screen = pyte.HistoryScreen(columns, LINES, history=10_000)
        stream = pyte.ByteStream(screen)
        ends = [begin for begin, _ in self._widths[1:]] + [len(self.raw)]
        for (begin, columns), end in zip(self._widths, ends, strict=True):
            screen.resize(LINES, columns)
            stream.feed(self.raw[begin:end])
        above = ["".join(row[at].data for at in range(columns)) for row in screen.history.top]
        return [line.rstrip() for line in [*above, *screen.display] if line.strip()]

    def wait_for(self, words: str) -> None:
        """Read until it has written these words."""
        deadline = time.monotonic() + _PATIENCE
        while words not in self.text:
            if not self._read(deadline):
                raise AssertionError(f"{words!r} never came; all there is:\n{self.text}")

    def resize(self, columns: int) -> None:
        """Make the window wider or narrower, from now on."""
        size = struct.pack("HHHH", LINES, columns, 0, 0)
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, size)
        self._widths.append((len(self.raw), columns))

    def type(self, keys: str) -> None:
        """Press keys; the character 3 is Ctrl-C."""
        os.write(self._ours, keys.encode())

    def finish(self) -> int:
        """Read until it ends, and return its exit status."""
        deadline = time.monotonic() + _PATIENCE
        while self._read(deadline):
            pass
        return self._process.wait(_PATIENCE)

    def close(self) -> None:
        """End it, if it has not ended, and close the terminal."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._ours)

    def _read(self, deadline: float) -> bool:
        """Read what there is next; False at the end."""
        while time.monotonic() < deadline:
            if select.select([self._ours], [], [], 0.1)[0]:
                try:
                    more = os.read(self._ours, 65536)
                except OSError:
                    return False  # Linux's way of saying that the other end is closed
                self.raw += more
                return bool(more)
        raise AssertionError(f"it hangs; all there is:\n{self.text[-2000:]}")
