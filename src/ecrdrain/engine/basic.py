"""A drain at its simplest: list, delete, and go on until a fresh listing is empty."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

from ecrdrain.engine.calls import Calls, Halted, Until
from ecrdrain.engine.errors import (
    INVALID_PARAMETER,
    REPOSITORY_NOT_FOUND,
    CallError,
    aws_errors,
    was_refused,
)
from ecrdrain.engine.failures import GONE, IDLE_ROUNDS, worth_another_round
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.report import Failure, Report
from ecrdrain.engine.repository import BATCH_SIZE, Repository

DELETE_OPERATION = "BatchDeleteImage"


class Tell(Protocol):
    """Hears of what a drain does while it does it."""

    def __call__(self, event: str, **facts: object) -> None:
        """Take one event ("listed", "deleted", "round") with its facts."""
        ...


class Remaining(NamedTuple):
    """An image known to be there still: ECR's last word on it, and the round of that word."""

    failure: Failure
    round: int


@dataclass
class Batch:
    """The images of one BatchDeleteImage call.

    Attributes:
        digests: The images.
        unsure: Whether a try of the call ended in a way that leaves open what it did.
    """

    digests: list[str]
    unsure: bool = False

    def delete(self, repository: Repository) -> list[Failure]:
        """Make the call."""
        try:
            return repository.delete(self.digests)
        except aws_errors() as error:
            self.unsure |= not was_refused(error)
            raise


class BasicDrain:
    """One drain of one repository, one call after the other.

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
        tell: Tell,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.repository = repository
        self.ledger = Ledger(calls, until)
        self.tell = tell
        self.clock = clock
        self.rounds = 0
        self.deleted = 0
        self.remaining: dict[str, Remaining] = {}
        self.unsent: list[str] = []
        self.error: CallError | None = None

    def run(self) -> Report:
        """Drain the repository as far as it goes, and report honestly."""
        started = self.clock()
        empty, stopped = False, None
        try:
            empty = self.drain()
        except Halted as halted:
            stopped, self.error = halted.reason, halted.error
        except CallFailed as failed:
            stopped, self.error = "error", failed.error
        if self.error is not None and self.error.code == REPOSITORY_NOT_FOUND:
            # Nothing to drain, or no longer: the images went with the repository.
            empty, stopped, self.error = True, None, None
            self.remaining, self.unsent = {}, []
        failures = tuple(each.failure for each in self.remaining.values())
        return Report(
            repository=self.repository.name,
            registry=self.repository.registry,
            registry_id=self.repository.registry_id,
            region=self.repository.region,
            deleted=self.deleted,
            left=len({*self.unsent, *self.remaining}),
            left_exact=stopped is None,
            failures=failures,
            failure_codes=dict(Counter(each.code for each in failures)),
            calls=dict(self.ledger.sent),
            throttled=self.ledger.throttled,
            rounds=self.rounds,
            seconds=self.clock() - started,
            empty=empty,
            stopped=stopped,
            error=self.error,
        )

    def drain(self) -> bool:
        """Go round after round; True when a round found nothing, False when they stop helping."""
        idle = 0
        while True:
            deleted_before = self.deleted
            found, broken = self.round()
            self.tell("round", round=self.rounds, found=found, left=len(self.remaining))
            if not (found or broken):
                return True
            idle = 0 if self.deleted > deleted_before else idle + 1
            codes = {each.failure.code for each in self.remaining.values()} or {GONE}
            if idle and not worth_another_round(codes, idle):
                if broken:
                    raise broken
                return False
            if idle:
                self.ledger.pause(2.0 ** (idle - 1))

    def round(self) -> tuple[int, CallFailed | None]:
        """Try every image that a fresh listing shows.

        Returns how many those were, and what broke the listing off, if something did.
        """
        self.rounds += 1
        deleted_before = self.deleted
        found, broken = 0, None
        later: list[str] = []
        try:
            for digest, leads in self.listed():
                found += 1
                (self.unsent if leads else later).append(digest)
                if len(self.unsent) == BATCH_SIZE:
                    self.send()
        except CallFailed as failed:
            # ECR may not know a page's token any more, for instance after some time.
            if not found or failed.error.code != INVALID_PARAMETER:
                raise
            broken = failed
        finally:
            self.unsent += later
        self.send()
        if broken is None:
            # What the listing did not show any more is gone, by whoever's hand.
            self.remaining = {
                digest: each
                for digest, each in self.remaining.items()
                if each.round == self.rounds
            }
        # With its index gone a child can go, and with an outer index its inner ones.
        while self.deleted > deleted_before:
            deleted_before = self.deleted
            self.unsent = [
                digest
                for digest, each in self.remaining.items()
                if each.failure.code in IDLE_ROUNDS
            ]
            self.send()
        return found, broken

    def listed(self) -> Iterator[tuple[str, bool]]:
        """Yield each digest of a fresh listing once, and whether it goes before those that do not.

        An untagged image has a single row, so only the tagged ones need remembering.
        """
        seen: set[int] = set()
        token: str | None = None
        while True:
            operation = self.repository.list_operation
            call = partial(self.repository.page, token)
            page = self.ledger.result(operation, self.ledger.submit(operation, call))
            self.tell("listed", round=self.rounds, rows=len(page.rows))
            for digest, leads in page.rows:
                if not leads or hash(digest) not in seen:
                    seen.update([hash(digest)] * leads)
                    yield digest, leads
            token = page.token
            if token is None:
                return

    def send(self) -> None:
        """Delete what is unsent, in batches of at most a hundred."""
        while self.unsent:
            batch = Batch(self.unsent[:BATCH_SIZE])
            delete = partial(batch.delete, self.repository)
            try:
                future = self.ledger.submit(DELETE_OPERATION, delete)
                refused = self.ledger.result(DELETE_OPERATION, future)
            except (CallFailed, Halted):
                self.unsent = self.unsent[BATCH_SIZE:]
                self.lose(batch)
                raise
            self.unsent = self.unsent[BATCH_SIZE:]
            self.judge(batch, refused)

    def lose(self, batch: Batch) -> None:
        """Take that a call has failed: if that may have had an effect, nothing is known now."""
        if not batch.unsure:
            self.unsent += batch.digests
            return
        for digest in batch.digests:
            self.remaining.pop(digest, None)

    def judge(self, batch: Batch, refused: Iterable[Failure]) -> None:
        """Take ECR's word on each image of a batch: what was not refused is gone."""
        by_digest = {failure.digest: failure for failure in refused}
        deleted = 0
        for digest in batch.digests:
            failure = by_digest.get(digest)
            if failure is not None and failure.code != GONE:
                self.remaining[digest] = Remaining(failure, self.rounds)
                continue
            known = self.remaining.pop(digest, None) is not None
            # Listed after it had been deleted in an earlier round, an image must not count twice.
            # When the call was repeated, its first try may have deleted it, unheard.
            deleted += failure is None or known or batch.unsure or self.rounds == 1
        self.deleted += deleted
        codes = dict(Counter(failure.code for failure in by_digest.values()))
        self.tell("deleted", sent=len(batch.digests), deleted=deleted, refused=codes)
