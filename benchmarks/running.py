"""One run of one peer against a strict ECR server, counted by the server."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from benchmarks.peers.catalogue import Peer
from benchmarks.peers.process import Claim
from ecrdrain.lab.strict import State, StrictEcr

Behaviour = Mapping[str, Any]
"""Fields of the strict ECR server's own `Behaviour`."""

_SETTLE_SECONDS = 10.0
_POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """What a repository is filled with, in the strict ECR server's words."""

    topology: str
    number: int
    seed: int = 0
    order: str = "shuffled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of one run.

    Attributes:
        seconds: From the word "go", with all libraries loaded, to the tool's own last word; of
            a tool that is timed as a whole process, from its start to its end.
        claim: What the tool says of its run.
        words: Its last words.
        calls: Calls by operation, throttled and failed ones included.
        throttled: How many of them were throttled.
        in_flight: The most calls that the server had in hand at once.
        left: Images left in the end.
        peak_mib: The most memory the process has had, in MiB; None where the system does not
            tell.
    """

    seconds: float
    claim: Claim
    words: str
    calls: dict[str, int]
    throttled: int
    in_flight: int
    left: int
    peak_mib: float | None


@dataclass
class Stage:
    """A strict ECR server on which one run follows the other, each on a repository of its own.

    A context manager: the server ends with the block.

    Attributes:
        in_process: Serve from a thread of this process: for tests, not for measuring.
        seed: Decides which calls and which images meet a fault.
    """

    in_process: bool = False
    seed: int = 0
    _server: StrictEcr = field(init=False)
    _runs: int = field(init=False, default=0)

    def __enter__(self) -> Self:
        self._server = StrictEcr.start(in_process=self.in_process, seed=self.seed)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop()

    def run(
        self,
        peer: Peer,
        images: Images,
        behaviour: Behaviour,
        *,
        limit: float,
        changes: Mapping[float, Behaviour] | None = None,
    ) -> Run:
        """Let the peer empty a new repository; stop it after `limit` seconds.

        Args:
            peer: Who is to empty it.
            images: What is in it.
            behaviour: Fields of the strict ECR server's `Behaviour`; others have their defaults.
            limit: Seconds that the run may take.
            changes: How AWS behaves from so many seconds after the start on; None: as before.
        """
        self._runs += 1
        repository = f"bench-{self._runs}"
        # First without limits, so that each run finds its buckets full.
        self._server.configure(**_PROMPT)
        self._server.seed(
            repository=repository,
            topology=images.topology,
            images=images.number,
            seed=images.seed,
            order=images.order,
        )
        self._server.configure(**behaviour)
        with peer.process(self._server.endpoint_url, repository) as process:
            self._server.reset_counts()
            with self._changing(changes or {}):
                outcome = process.work(limit)
            peak = process.peak_mib()
        state = self._settled()
        held = state.repositories.get(f"ecr/{repository}")
        return Run(
            seconds=outcome.seconds,
            claim=outcome.claim,
            words=outcome.words,
            calls={name: state.count(name) for name in sorted(state.calls)},
            throttled=state.count(outcome="throttled"),
            in_flight=state.max_in_flight,
            left=held.images if held else 0,
            peak_mib=peak,
        )

    @contextmanager
    def _changing(self, changes: Mapping[float, Behaviour]) -> Iterator[None]:
        """Change how the server behaves while the block runs."""
        timers = [
            threading.Timer(seconds, self._server.configure, kwargs=dict(behaviour))
            for seconds, behaviour in changes.items()
        ]
        for timer in timers:
            timer.start()
        try:
            yield
        finally:
            for timer in timers:
                timer.cancel()
                timer.join()

    def _settled(self) -> State:
        """Return the server's state once the calls of a stopped process have ended."""
        until = time.monotonic() + _SETTLE_SECONDS
        while (state := self._server.state()).in_flight and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        return state


_PROMPT: dict[str, Any] = {
    "latency": {},
    "rate": {},
    "faults": {},
    "image_failures": [],
    "same_call": "snapshot",
}
