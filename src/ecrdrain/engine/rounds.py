"""The drain itself: list, delete, and go on until a fresh listing is empty."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from ecrdrain.engine.calls import Calls, Halted, Until
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, was_refused
from ecrdrain.engine.failures import GONE, IDLE_ROUNDS, worth_another_round
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.report import CallError, Failure, Report
from ecrdrain.engine.repository import BATCH_SIZE, Repository

DELETE_OPERATION = "BatchDeleteImage"


class Tell(Protocol):
    """Hears of what a drain does while it does it."""

    def __call__(self, event: str, **facts: object) -> None:
        """Take one event ("listed", "deleted", "round") with its facts."""
        ...


def tell_nobody(event: str, **facts: object) -> None:
    """Take an event and do nothing with it."""


@dataclass
class Batch:
    """A BatchDeleteImage call under way: what was sent, and how often it was."""

    digests: list[str]
    attempts: int = 0


@dataclass(frozen=True)
class Remaining:
    """An image known to be there still: ECR's last word on it, and the round of that word."""

    failure: Failure
    round: int


class Drain:
    """One drain of one repository.

    Calls may be made by other threads; its state is touched by the one that runs it alone.

    Args:
        repository: What to empty.
        calls: Who starts the calls.
        until: How long calls may start.
        tell: Who hears of the progress.
        clock: The clock for the report's seconds.
    """

    def __init__(
        self,
        repository: Repository,
        calls: Calls,
        until: Until,
        tell: Tell = tell_nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._repository = repository
        self._ledger = Ledger(calls, until)
        self._tell = tell
        self._clock = clock
        self._rounds = 0
        self._deleted = 0
        self._remaining: dict[str, Remaining] = {}
        self._outbox: list[str] = []
        self._in_flight: dict[Future[list[Failure]], Batch] = {}
        self._error: CallError | None = None

    def run(self) -> Report:
        """Drain the repository as far as it goes, and report honestly."""
        started = self._clock()
        empty, stopped = False, None
        try:
            empty = self._drain()
        except Halted as halted:
            stopped = halted.reason
        except CallFailed as failed:
            stopped = "error"
            self._error = failed.error
        finally:
            self._wind_up()
        if self._error is not None and self._error.code == REPOSITORY_NOT_FOUND:
            # Nothing to drain, or no longer: the images went with the repository.
            empty, stopped, self._error = True, None, None
            self._remaining.clear()
            self._outbox.clear()
        failures = tuple(each.failure for each in self._remaining.values())
        return Report(
            repository=self._repository.name,
            registry=self._repository.registry,
            registry_id=self._repository.registry_id,
            region=self._repository.region,
            deleted=self._deleted,
            left=len(set(self._outbox) | self._remaining.keys()),
            left_exact=stopped is None,
            failures=failures,
            failure_codes=dict(Counter(each.code for each in failures)),
            calls=dict(self._ledger.sent),
            throttled=self._ledger.throttled,
            rounds=self._rounds,
            seconds=self._clock() - started,
            empty=empty,
            stopped=stopped,
            error=self._error,
        )

    def _drain(self) -> bool:
        """Go round after round; True when a round found nothing, False when they stop helping."""
        idle_rounds = 0
        while True:
            deleted_before = self._deleted
            found = self._round()
            deleted = self._deleted - deleted_before
            self._tell(
                "round",
                round=self._rounds,
                found=found,
                deleted=deleted,
                left=len(self._remaining),
            )
            if found == 0:
                return True
            idle_rounds = 0 if deleted else idle_rounds + 1
            if idle_rounds:
                codes = {each.failure.code for each in self._remaining.values()} or {GONE}
                if not worth_another_round(codes, idle_rounds):
                    return False
                self._ledger.pause(2.0 ** (idle_rounds - 1))

    def _round(self) -> int:
        """Try every image that a fresh listing shows and return how many those were."""
        self._rounds += 1
        deleted_before = self._deleted
        found = 0
        for digest in self._listed():
            found += 1
            self._post(digest)
        self._post_all()
        # What the listing did not show any more is gone, by whoever's hand.
        self._remaining = {
            digest: each for digest, each in self._remaining.items() if each.round == self._rounds
        }
        self._waves(deleted_before)
        return found

    def _listed(self) -> Iterator[str]:
        """Yield each digest of a fresh listing once.

        An untagged image has a single row, so only the tagged ones need remembering.
        """
        seen: set[str] = set()
        token: str | None = None
        while True:
            future = self._ledger.submit(
                self._repository.list_operation, partial(self._repository.page, token)
            )
            page = self._ledger.result(self._repository.list_operation, future)
            fresh = 0
            for digest, tagged in page.rows:
                if tagged:
                    if digest in seen:
                        continue
                    seen.add(digest)
                fresh += 1
                yield digest
            self._tell("listed", round=self._rounds, rows=len(page.rows), images=fresh)
            token = page.token
            if token is None:
                return

    def _waves(self, deleted_before: int) -> None:
        """Send what was refused again, for as long as the time before let something go.

        With its index gone a child can go, and with an outer index its inner ones.
        """
        while self._deleted > deleted_before:
            deleted_before = self._deleted
            again = [
                digest
                for digest, each in self._remaining.items()
                if each.failure.code in IDLE_ROUNDS
            ]
            for digest in again:
                self._post(digest)
            self._post_all()

    def _post(self, digest: str) -> None:
        self._outbox.append(digest)
        if len(self._outbox) == BATCH_SIZE:
            self._send()

    def _post_all(self) -> None:
        if self._outbox:
            self._send()
        while self._in_flight:
            self._settle(wait(self._in_flight, return_when=FIRST_COMPLETED).done)

    def _send(self) -> None:
        batch = Batch(self._outbox)

        def delete() -> list[Failure]:
            batch.attempts += 1
            return self._repository.delete(batch.digests)

        future = self._ledger.submit(DELETE_OPERATION, delete)
        self._outbox = []
        self._in_flight[future] = batch
        self._settle({each for each in self._in_flight if each.done()})

    def _settle(self, done: set[Future[list[Failure]]]) -> None:
        for future in done:
            batch = self._in_flight.pop(future)
            try:
                refused = self._ledger.result(DELETE_OPERATION, future)
            except CallFailed as failed:
                cause = future.exception()
                if cause is not None and was_refused(cause):
                    self._outbox.extend(batch.digests)
                raise failed from cause
            self._judge(batch, refused)

    def _judge(self, batch: Batch, refused: list[Failure]) -> None:
        """Take ECR's word on each image of a batch: what was not refused is gone."""
        by_digest = {failure.digest: failure for failure in refused}
        deleted = 0
        for digest in batch.digests:
            failure = by_digest.get(digest)
            if failure is not None and failure.code != GONE:
                self._remaining[digest] = Remaining(failure, self._rounds)
                continue
            known = self._remaining.pop(digest, None) is not None
            # Listed after it had been deleted in an earlier round, an image must not count twice.
            # When the call was repeated, its first try may have deleted it, unheard.
            if failure is None or known or self._rounds == 1 or batch.attempts > 1:
                deleted += 1
        self._deleted += deleted
        self._tell(
            "deleted",
            sent=len(batch.digests),
            deleted=deleted,
            refused=dict(Counter(failure.code for failure in refused)),
        )

    def _wind_up(self) -> None:
        """Finish the calls in flight; the first error stands."""
        while self._in_flight:
            try:
                self._settle(wait(self._in_flight, return_when=FIRST_COMPLETED).done)
            except CallFailed as failed:
                self._error = self._error or failed.error
