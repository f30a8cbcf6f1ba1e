"""A peer's process: started, told to work, timed, stopped when it takes too long."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple, Self, cast

ROOT = Path(__file__).parents[2]

_START_SECONDS = 60.0


class PeerError(Exception):
    """A peer that ends before it is ready; the message holds its last words."""


class Claim(StrEnum):
    """What a tool says of its own run."""

    SUCCESS = "success"
    FAILURE = "failure"
    NONE = "none"
    """It was stopped before it said anything."""


class Outcome(NamedTuple):
    """How long a tool worked, and its last words."""

    seconds: float
    claim: Claim
    words: str


class PeerProcess:
    """One process that speaks as `benchmarks.peers.child` says.

    As a context manager it is ready inside the block, and ended after it with all its children.
    Raises PeerError on the way in when it does not become ready.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(  # noqa: S603 - a command of the catalogue
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
            cwd=ROOT,
            text=True,
            start_new_session=True,  # so that it can be stopped with all its own children
        )
        self._stdin = cast("IO[str]", self._process.stdin)
        self._stdout = cast("IO[str]", self._process.stdout)

    def __enter__(self) -> Self:
        line, _ = self._line(_START_SECONDS)
        if line != "ready\n":
            words = self._last_words()
            self.__exit__()
            raise PeerError(f"{self._process.args!r} does not start: {words}")
        return self

    def __exit__(self, *_: object) -> None:
        self._kill()
        self._process.wait()
        for stream in (self._stdin, self._stdout, self._errors):
            stream.close()

    def work(self, limit: float) -> Outcome:
        """Say "go" and wait for the last word, or for `limit` seconds."""
        started = time.perf_counter()
        self._stdin.write("go\n")
        self._stdin.flush()
        line, stopped = self._line(limit)
        seconds = time.perf_counter() - started
        if line:
            answer = json.loads(line)
            claim = Claim.SUCCESS if answer["success"] else Claim.FAILURE
            return Outcome(seconds, claim, answer["words"])
        if stopped:
            return Outcome(seconds, Claim.NONE, "")
        return Outcome(seconds, Claim.FAILURE, self._last_words())

    def peak_mib(self) -> float | None:
        """Return the peak of the process's memory in MiB; None where there is no /proc."""
        try:
            status = Path(f"/proc/{self._process.pid}/status").read_text()
        except OSError:
            return None
        peak = re.search(r"VmHWM:\s+(\d+) kB", status)
        return int(peak[1]) / 1024 if peak else None

    def _line(self, limit: float) -> tuple[str, bool]:
        """Return the next line, empty when the process ends, and whether it ended by the limit."""
        stopped = threading.Event()

        def stop() -> None:
            stopped.set()
            self._kill()

        timer = threading.Timer(limit, stop)
        timer.start()
        line = self._stdout.readline()
        timer.cancel()
        return line, stopped.is_set()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().strip().rpartition("\n")[2]

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
