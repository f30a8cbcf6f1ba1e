"""Run the server: in the foreground, as the child process, or as a thread.

As a module (`python -m ecrdrain.lab.strict.serving`) it is the child process of
`StrictEcr.start`: one line of JSON on standard input says what to serve, one line on standard
output says where. It ends on SIGTERM, on SIGINT and when its standard input ends, so that it
does not outlive a parent that was killed.
"""

import asyncio
import gc
import json
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from ecrdrain.lab.strict.core import Core
from ecrdrain.lab.strict.counts import State
from ecrdrain.lab.strict.errors import SettingsError
from ecrdrain.lab.strict.http import listen
from ecrdrain.lab.strict.registry import Seed

Ready = Callable[[str], None]


def serve(seed: Seed, behaviour: Mapping[str, Any], port: int, ready: Ready) -> State:
    """Serve on a port of 127.0.0.1 (0: a free one) until SIGINT or SIGTERM.

    `ready` is called once, with the endpoint's URL. Returns what happened. Raises OSError when
    the port is taken and SettingsError for a wrong behaviour. For the main thread alone, which
    gets the signals.
    """
    return asyncio.run(_serve_until_signal(seed, behaviour, port, ready, asyncio.Event()))


class ServerThread:
    """The server in a thread of this process: starts at once, shares the interpreter."""

    def __init__(self, seed: Seed, behaviour: Mapping[str, Any]) -> None:
        self._seed = seed
        self._behaviour = behaviour
        self._ready: Future[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(target=self._run, name="strict-ecr", daemon=True)

    def start(self) -> str:
        """Start serving and return the endpoint's URL."""
        self._thread.start()
        return self._ready.result()[0]

    def stop(self) -> None:
        """Stop serving; harmless when repeated."""
        _, loop, stop = self._ready.result()
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()

        def ready(url: str) -> None:
            self._ready.set_result((url, loop, stop))

        await _serve(self._seed, self._behaviour, 0, ready, stop)


async def _serve(
    seed: Seed, behaviour: Mapping[str, Any], port: int, ready: Ready, stop: asyncio.Event
) -> State:
    core = Core(seed=seed.seed)
    core.configure(behaviour)
    core.fill(seed)
    runner, url = await listen(core, port)
    try:
        ready(url)
        await stop.wait()
    finally:
        await runner.cleanup()
    return core.state()


async def _serve_until_signal(
    seed: Seed, behaviour: Mapping[str, Any], port: int, ready: Ready, stop: asyncio.Event
) -> State:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return await _serve(seed, behaviour, port, ready, stop)


async def _serve_as_child(seed: Seed, behaviour: Mapping[str, Any]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_parent() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(stop.set)

    def ready(url: str) -> None:
        gc.freeze()  # or each full collection would walk over all seeded images
        gc.enable()
        print(json.dumps({"endpoint_url": url}), flush=True)  # noqa: T201 - the parent reads it
        threading.Thread(target=wait_for_parent, daemon=True).start()

    await _serve_until_signal(seed, behaviour, 0, ready, stop)


def main() -> None:
    """Be the child process."""
    given = json.loads(sys.stdin.readline())
    gc.disable()  # until all is seeded: there is no garbage yet
    try:
        asyncio.run(_serve_as_child(Seed.from_json(given["seed"]), given["behaviour"]))
    except SettingsError as error:
        print(json.dumps({"error": str(error)}))  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    main()
