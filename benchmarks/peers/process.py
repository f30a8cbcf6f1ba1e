"""A peer's process: started, timed, stopped when it takes too long."""

import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple, Protocol, Self, cast

ROOT = Path(__file__).parents[2]

_START_SECONDS = 60.0
_LOOK_SECONDS = 0.02
"""Between two looks at a process's memory."""


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


class PeerProcess(Protocol):
    """A tool at work. Inside the block it is ready; after it, it has ended with its children."""

    def __enter__(self) -> Self:
        """Raise PeerError when it does not become ready."""
        ...

    def __exit__(self, *_: object) -> None: ...

    def work(self, limit: float) -> Outcome:
        """Let it work, for at most `limit` seconds."""
        ...

    def peak_mib(self) -> float | None:
        """Return the most memory it has had in MiB; None where there is no /proc."""
        ...


class ReadyProcess:
    """A process that speaks as `benchmarks.peers.child` says: its start is not timed."""

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
        _kill(self._process)
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
        """Return the most memory it has had in MiB; None where there is no /proc."""
        return _peak_mib(self._process)

    def _line(self, limit: float) -> tuple[str, bool]:
        """Return the next line, empty when the process ends, and whether it ended by the limit."""
        with _limited(self._process, limit) as stopped:
            line = self._stdout.readline()
        return line, stopped.is_set()

    def _last_words(self) -> str:
        self._errors.seek(0)
        return self._errors.read().strip().rpartition("\n")[2]


class WholeProcess:
    """A tool as a user starts it: its start counts, and its exit status is its claim."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._peak: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """`work` has waited for its end."""

    def work(self, limit: float) -> Outcome:
        """Start it and wait for its end, or for `limit` seconds."""
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - a command of the catalogue
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            cwd=ROOT,
            text=True,
            start_new_session=True,
        )
        with _limited(process, limit) as stopped, self._watched(process):
            output, _ = process.communicate()
        seconds = time.perf_counter() - started
        if stopped.is_set():
            return Outcome(seconds, Claim.NONE, "")
        claim = Claim.FAILURE if process.returncode else Claim.SUCCESS
        return Outcome(seconds, claim, output.strip().rpartition("\n")[2])

    def peak_mib(self) -> float | None:
        """Return the most memory it has had in MiB; None where there is no /proc."""
        return self._peak

    @contextmanager
    def _watched(self, process: subprocess.Popen[str]) -> Iterator[None]:
        """Look at its memory while it runs: afterwards the system has forgotten it."""
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(_LOOK_SECONDS):
                self._peak = _peak_mib(process) or self._peak

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


@contextmanager
def _limited(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """Kill the process when the block takes longer; the event tells whether that was so."""
    stopped = threading.Event()

    def stop() -> None:
        stopped.set()
        _kill(process)

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        yield stopped
    finally:
        timer.cancel()


def _kill(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)


def _peak_mib(process: subprocess.Popen[str]) -> float | None:
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return None
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) / 1024 if peak else None
