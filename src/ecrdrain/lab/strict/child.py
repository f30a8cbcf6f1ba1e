"""The server as a child process, which ends with the one that started it."""

import contextlib
import dataclasses
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import IO, Any, cast

from ecrdrain.lab.strict.errors import SettingsError, StrictEcrError
from ecrdrain.lab.strict.registry import Seed

_STOP_SECONDS = 10


class ServerChild:
    """The server in an interpreter of its own: on a core of its own, where there are two."""

    def __init__(self, seed: Seed, behaviour: Mapping[str, Any]) -> None:
        self._settings = {"seed": dataclasses.asdict(seed), "behaviour": behaviour}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> str:
        """Start serving and return the endpoint's URL.

        Raises SettingsError for what only the server itself finds wrong, and StrictEcrError
        when the process ends instead; it says why on standard error.
        """
        self._process = process = subprocess.Popen(
            # -P: not from whatever folder we are in.
            [sys.executable, "-P", "-m", "ecrdrain.lab.strict.serving"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C in a terminal is for us alone: we end the server when we have finished.
            start_new_session=True,
        )
        try:
            return self._hand_over(cast("IO[str]", process.stdin), cast("IO[str]", process.stdout))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; harmless when repeated."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _hand_over(self, stdin: IO[str], stdout: IO[str]) -> str:
        """Write the settings to the process; return the endpoint's URL that it answers."""
        with contextlib.suppress(BrokenPipeError):  # it has ended: then it says nothing either
            stdin.write(json.dumps(self._settings) + "\n")
            stdin.flush()
        line = stdout.readline()
        if not line:
            raise StrictEcrError("The server did not start: see its standard error")
        answer = json.loads(line)
        if "error" in answer:
            raise SettingsError(answer["error"])
        return str(answer["endpoint_url"])
