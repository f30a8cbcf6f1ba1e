"""The emulator's process: `python -m ecrdrain.lab.launcher`, started by `Lab.start`.

It serves MiniStack on a socket that the parent has bound already, so no port can be lost
between choosing and using it. It ends on SIGTERM, on SIGINT, and when its standard input ends:
so it does not outlive a parent that was killed, unless that said `KEEP` before. At the end the
private directory is removed, with everything that the emulator and its functions put there.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import threading
import traceback
from pathlib import Path

from ecrdrain.lab.ecr import SameCall

KEEP = b"keep\n"


def main() -> None:
    """Serve until a signal, or the end of standard input."""
    parser = argparse.ArgumentParser(prog="ecrdrain.lab.launcher")
    parser.add_argument("--socket", type=int, required=True, help="descriptor of the socket")
    parser.add_argument("--directory", type=Path, required=True, help="removed at the end")
    parser.add_argument("--plain", action="store_true", help="the emulator without additions")
    parser.add_argument("--same-call", type=SameCall, default=SameCall.SNAPSHOT)
    options = parser.parse_args()
    status = 1
    try:
        if not options.plain:
            # Here, not above: importing the emulator is slow and reads the environment.
            from ecrdrain.lab.additions import install_all  # noqa: PLC0415

            install_all(options.same_call)
        asyncio.run(_serve(options.socket))
        status = 0
    except BaseException:  # noqa: BLE001 - for the log; this process ends in any case
        traceback.print_exc()
    finally:
        _end_functions()
        shutil.rmtree(options.directory, ignore_errors=True)
        sys.stdout.flush()
        # Not `sys.exit`: the emulator's threads may still wait for functions that are gone.
        os._exit(status)


async def _serve(socket: int) -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415
    from hypercorn.config import Config  # noqa: PLC0415
    from ministack.app import app  # noqa: PLC0415

    config = Config()
    config.bind = [f"fd://{socket}"]
    config.graceful_timeout = 0.2
    config.keep_alive_timeout = 75  # as the emulator's own entry point has it
    await serve(app, config, shutdown_trigger=_end_requested().wait)


def _end_requested() -> asyncio.Event:
    """Return an event that is set by a signal or by the end of standard input."""
    event = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, event.set)

    def watch() -> None:
        if sys.stdin.buffer.readline() != KEEP:
            with contextlib.suppress(RuntimeError):  # the loop is closed: it ends already
                loop.call_soon_threadsafe(event.set)

    threading.Thread(target=watch, daemon=True).start()
    return event


def _end_functions() -> None:
    """End the functions' processes: they share the session that the parent made for us."""
    if os.getsid(0) == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    main()
