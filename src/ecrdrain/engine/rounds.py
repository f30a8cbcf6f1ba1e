"""The drain itself: list, delete, and go on until a fresh listing is empty."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ecrdrain.engine.calls import Calls, Halted, Until
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, aws_errors, was_refused
from ecrdrain.engine.failures import GONE, IDLE_ROUNDS, REFERENCED, worth_another_round
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.listing import Listing
from ecrdrain.engine.order import Batch, Order
from ecrdrain.engine.report import CallError, Failure, Report
from ecrdrain.engine.repository import Page, Repository

if TYPE_CHECKING:
    from concurrent.futures import Future

DELETE_OPERATION = "BatchDeleteImage"

WORTH_KINDS = 10
"""Images of a batch that are held back by an index from which on to ask which are indexes."""


class Tell(Protocol):
    """Hears of what a drain does while it does it."""

    def __call__(self, event: str, **facts: object) -> None:
        """Take one event ("listed", "deleted", "round") with its facts."""
        ...


def tell_nobody(event: str, **facts: object) -> None:
    """Take an event and do nothing with it."""


class Remaining(NamedTuple):
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
        self._order = Order()
        self._lost: list[str] = []  # there still: their call had no effect
        self._in_flight: dict[Future[list[Failure]], Batch] = {}
        self._ended: deque[Future[list[Failure]]] = deque()  # of those, in the order of their end
        self._error: CallError | None = None
        self._seen: set[int] = set()
        self._probing = repository.kinds_operation is not None  # whether it would pay to ask
        self._kinds = False  # ask which images are indexes, now
        self._more = False
        self._led = False

    def run(self) -> Report:
        """Drain the repository as far as it goes, and report honestly."""
        started = self._clock()
        empty, stopped, error = False, None, None
        try:
            empty = self._drain()
        except Halted as halted:
            stopped, error = halted.reason, halted.error
        except CallFailed as failed:
            self._error = failed.error
        finally:
            self._wind_up()
        if self._error is not None:
            stopped, error = "error", self._error
        if error is not None and error.code == REPOSITORY_NOT_FOUND:
            # Nothing to drain, or no longer: the images went with the repository.
            empty, stopped, error = True, None, None
            self._remaining.clear()
            self._order = Order()
            self._lost.clear()
        left = {hash(digest) for digest in (*self._order.unsent(), *self._lost)}
        failures = tuple(each.failure for each in self._remaining.values())
        return Report(
            repository=self._repository.name,
            registry=self._repository.registry,
            registry_id=self._repository.registry_id,
            region=self._repository.region,
            deleted=self._deleted,
            left=len(left | {hash(digest) for digest in self._remaining}),
            left_exact=stopped is None,
            failures=failures,
            failure_codes=dict(Counter(each.code for each in failures)),
            calls=dict(self._ledger.sent),
            throttled=self._ledger.throttled,
            rounds=self._rounds,
            seconds=self._clock() - started,
            empty=empty,
            stopped=stopped,
            error=error,
        )

    def _drain(self) -> bool:
        """Go round after round; True when a round found nothing, False when they stop helping."""
        idle_rounds = 0
        while True:
            deleted_before = self._deleted
            found, broken = self._round()
            deleted = self._deleted - deleted_before
            self._tell(
                "round",
                round=self._rounds,
                found=found,
                deleted=deleted,
                left=len(self._remaining),
            )
            if found == 0 and broken is None:
                return True
            idle_rounds = 0 if deleted else idle_rounds + 1
            if idle_rounds:
                codes = {each.failure.code for each in self._remaining.values()} or {GONE}
                if not worth_another_round(codes, idle_rounds):
                    if broken is not None:
                        raise broken
                    return False
                self._ledger.pause(2.0 ** (idle_rounds - 1))

    def _round(self) -> tuple[int, CallFailed | None]:
        """Try every image that a fresh listing shows.

        Returns how many those were, and what broke the listing off, if something did.
        """
        self._rounds += 1
        deleted_before = self._deleted
        listing = Listing(self._repository, self._ledger)
        found = self._walk(listing, listing.pages())
        if self._kinds:
            self._kinds = False
            self._order = Order()
            try:
                found += self._walk(listing, listing.kinds())
            except CallFailed as failed:
                if failed.error.code == REPOSITORY_NOT_FOUND or not was_refused(failed.__cause__):
                    raise
                listing.broken = failed  # it is not permitted: go on without, in a new round
        if listing.broken is None:
            # What the listing did not show any more is gone, by whoever's hand.
            self._remaining = {
                digest: each
                for digest, each in self._remaining.items()
                if each.round == self._rounds
            }
        self._waves(deleted_before)
        return found, listing.broken

    def _walk(self, listing: Listing, pages: Iterator[Page]) -> int:
        """Try every image of these pages, and return how many those were.

        Stops when it turns out that it pays to ask which images are indexes.
        """
        found = 0
        leads_seen = False
        self._seen = set()
        self._order.forget()
        listing.ahead = not self._probing
        for page in pages:
            rows = self._fresh(page)
            found += len(rows)
            leads_seen = leads_seen or any(leads for _, leads in rows)
            self._led = self._led or leads_seen
            self._order.add(rows, hold=leads_seen)
            self._more = page.token is not None
            if not self._more:
                self._order.release()
                leads_seen = False
            self._send_whole()
            if self._kinds:
                return found
            listing.ahead = not self._probing
        self._order.release()
        self._send_all()
        return found

    def _fresh(self, page: Page) -> list[tuple[str, bool]]:
        """Return the rows of a page, each image once.

        Only those that lead can have several rows. Their hashes take the least memory; should two
        be the same, the next round finds the image.
        """
        rows = []
        for digest, leads in page.rows:
            if leads:
                if hash(digest) in self._seen:
                    continue
                self._seen.add(hash(digest))
            rows.append((digest, leads))
        self._tell("listed", round=self._rounds, rows=len(page.rows), images=len(rows))
        return rows

    def _waves(self, deleted_before: int) -> None:
        """Send what was refused again, for as long as the time before let something go.

        With its index gone a child can go, and with an outer index its inner ones.
        """
        while self._deleted > deleted_before:
            deleted_before = self._deleted
            self._order.retry(
                digest
                for digest, each in self._remaining.items()
                if each.failure.code in IDLE_ROUNDS
            )
            self._send_all()

    def _send_whole(self, *, rest: bool = False) -> None:
        """Send full batches; with `rest`, the last one as well, full or not."""
        while not self._kinds:
            if self._probing and not self._led and self._order.many and self._order.follows:
                self._probing, self._kinds = False, True  # nothing but images without a tag
                return
            # Followers go when nothing that leads is in flight: it may be what holds them back.
            while self._order.follows and any(each.leads for each in self._in_flight.values()):
                self._await_one()
            batch = self._order.take(whole=not rest)
            if batch is None:
                return
            self._send(batch)
            if self._probing and batch.follows and not batch.leads:
                self._probe(batch)

    def _probe(self, batch: Batch) -> None:
        """Let the first batch of followers show whether many of them are held back.

        If so, they are listed again, with their kinds.
        """
        self._probing = False
        while self._in_flight:
            self._await_one()
        held = sum(digest in self._remaining for digest in batch.digests)
        self._kinds = held >= WORTH_KINDS and (self._more or self._order.many)

    def _send_all(self) -> None:
        """Send everything and wait for it; what an answer lets go is sent as well."""
        while True:
            # While answers are out, what they let go may fill the last batch.
            self._send_whole(rest=not (self._in_flight and self._remaining))
            if not self._in_flight:
                return
            self._await_one()

    def _send(self, batch: Batch) -> None:
        def delete() -> list[Failure]:
            try:
                return self._repository.delete(batch.digests)
            except aws_errors() as error:
                batch.unsure |= not was_refused(error)
                raise

        try:
            future = self._ledger.submit(DELETE_OPERATION, delete)
        except Halted:
            self._lost.extend(batch.digests)
            raise
        self._in_flight[future] = batch
        future.add_done_callback(self._ended.append)
        self._settle()

    def _await_one(self) -> None:
        self._ledger.wait(self._in_flight)
        self._settle()

    def _settle(self) -> None:
        """Take what came of the calls that have ended, in the order of their end."""
        while self._ended:
            future = self._ended.popleft()
            batch = self._in_flight.pop(future)
            try:
                refused = self._ledger.result(DELETE_OPERATION, future)
            except (CallFailed, Halted):
                if not batch.unsure:
                    self._lost.extend(batch.digests)
                raise
            self._judge(batch, refused)

    def _judge(self, batch: Batch, refused: list[Failure]) -> None:
        """Take ECR's word on each image of a batch: what was not refused is gone."""
        by_digest = {failure.digest: failure for failure in refused}
        deleted = 0
        gone = []
        for number, digest in enumerate(batch.digests):
            failure = by_digest.get(digest)
            if failure is not None and failure.code != GONE:
                self._remaining[digest] = Remaining(failure, self._rounds)
                continue
            gone.append(digest)
            known = self._remaining.pop(digest, None) is not None
            listed = number >= batch.named
            # Listed after it had been deleted in an earlier round, an image must not count twice.
            # When the call was repeated, its first try may have deleted it, unheard.
            if failure is None or known or batch.unsure or (listed and self._rounds == 1):
                deleted += 1
        self._order.gone(gone)
        for failure in refused:
            if failure.code == REFERENCED:
                self._order.refuse(failure, gone, self._is_known)
        self._deleted += deleted
        self._tell(
            "deleted",
            sent=len(batch.digests),
            deleted=deleted,
            refused=dict(Counter(failure.code for failure in refused)),
        )

    def _is_known(self, digest: str) -> bool:
        """Tell whether an image is in flight, or was refused."""
        return digest in self._remaining or any(
            digest in each.digests for each in self._in_flight.values()
        )

    def _wind_up(self) -> None:
        """Finish the calls in flight; the first error stands."""
        self._ledger.finish()
        while self._in_flight:
            try:
                self._settle()
            except Halted:
                continue
            except CallFailed as failed:
                self._error = self._error or failed.error
