"""All that a function writes is in its log, however busy the machine is.

"Sending Lambda function logs to CloudWatch Logs" (Lambda developer guide). The emulator takes what
has arrived by the time that the function has been silent for some milliseconds, or has written
for a quarter of a second.
"""

import queue
import time
from functools import partial
from typing import Any

from ministack.core import lambda_runtime

PATIENCE = 10
"""Seconds to wait for the end of what a function has written."""
_CALL = "            result = handler_fn(event, context)\n"
_END = "\x04"  # a line of its own, which no function has a reason to write
_CALL_AND_END = f"""\
            try:
                result = handler_fn(event, context)
            finally:
                print({_END!r}, file=sys.stderr, flush=True)
"""

Function = Any  # one of the emulator's own
Worker = Any


def install() -> None:
    """Put the rule in place."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT  # noqa: SLF001 - has no public name
    if script.count(_CALL) != 1:
        raise AttributeError("the emulator calls functions in another way")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_CALL, _CALL_AND_END)  # noqa: SLF001
    worker = lambda_runtime.Worker
    worker._drain_stderr_bounded = _read_all(worker._drain_stderr_bounded)  # noqa: SLF001


def _read_all(plain: Function) -> Function:
    def read(worker: Worker, **bounds: float) -> str:
        if not worker.config.get("Runtime", "").startswith("python"):
            written: str = plain(worker, **bounds)
            return written
        lines = iter(partial(_next_line, worker, time.monotonic() + PATIENCE), _END)
        return "\n".join(lines)

    return read


def _next_line(worker: Worker, deadline: float) -> str:
    """Return what was written next, or the end."""
    while time.monotonic() < deadline:
        # A process that was killed has written no end, but its pipe has one.
        done = not worker._stderr_thread.is_alive()  # noqa: SLF001
        try:
            line: str = worker._stderr_queue.get(timeout=0 if done else 0.01)  # noqa: SLF001
        except queue.Empty:
            if done:
                break
        else:
            return line
    return _END
