"""The drain of the command line: many calls at once, in an order that needs few."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from ecrdrain.engine.basic import DELETE_OPERATION, BasicDrain, Batch, Tell
from ecrdrain.engine.calls import Calls, Halted, Until
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, was_refused
from ecrdrain.engine.failures import GONE, IDLE_ROUNDS, REFERENCED
from ecrdrain.engine.ledger import CallFailed
from ecrdrain.engine.listing import SAMPLE, Listing
from ecrdrain.engine.order import Order, OrderedBatch

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ecrdrain.engine.report import Failure
    from ecrdrain.engine.repository import Page, Repository

WORTH_KINDS = 10
"""Images of a batch that are held back by an index from which on to ask which are indexes."""


def tell_nobody(event: str, **facts: object) -> None:
    """Take an event and do nothing with it."""


class Drain(BasicDrain):
    """A drain with several calls in flight.

    Calls may be made by other threads; its state is touched by the one that runs it alone. What
    ECR's answers mean, when to stop and what to report is the basic drain's.

    Args:
        repository: What to empty.
        calls: Who starts the calls.
        until: How long calls may start.
        tell: Who hears of the progress.
        clock: The clock for the report's seconds.
    """

    def __init__(
        self,
        repository: "Repository",
        calls: Calls,
        until: Until,
        tell: Tell = tell_nobody,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(repository, calls, until, tell, clock)
        self._order = Order()
        self._listing = Listing(repository, self.ledger)
        self._in_flight: dict[Future[list[Failure]], OrderedBatch] = {}
        self._ended: deque[Future[list[Failure]]] = deque()  # of those, in the order of their end
        self._seen: set[int] = set()
        self._led = False  # whether an image that leads has been seen
        self._more = False  # whether this listing has further pages
        self._probing = repository.kinds_operation is not None  # whether it would pay to ask...
        self._kinds = False  # ... which images are indexes: ask now

    def drain(self) -> bool:
        """Go round after round, and finish the calls in flight whatever ends that."""
        try:
            return super().drain()
        except Halted as halted:
            raise self._finish() or halted from halted.__cause__
        except BaseException:
            self._finish()
            raise
        finally:
            self.unsent.extend(self._order.unsent())

    def round(self) -> tuple[int, CallFailed | None]:
        """Try every image that a fresh listing shows.

        Returns how many those were, and what broke the listing off, if something did.
        """
        self.rounds += 1
        deleted_before = self.deleted
        found = self._walk_anew()
        if self._kinds:
            self._kinds = False
            self._order = Order()
            try:
                found += self._walk(self._listing.kinds())
            except CallFailed as failed:
                if failed.error.code == REPOSITORY_NOT_FOUND or not was_refused(failed.__cause__):
                    raise
                found += self._walk_anew()  # it is not permitted: go on without
        if self._listing.broken is None:
            # What the listing did not show any more is gone, by whoever's hand.
            self.remaining = {
                digest: each
                for digest, each in self.remaining.items()
                if each.round == self.rounds
            }
        # With its index gone a child can go, and with an outer index its inner ones.
        while self.deleted > deleted_before:
            deleted_before = self.deleted
            self._order.retry(
                digest
                for digest, each in self.remaining.items()
                if each.failure.code in IDLE_ROUNDS
            )
            self._send_all()
        return found, self._listing.broken

    def _walk_anew(self) -> int:
        """Try every image of a fresh listing, and return how many those were."""
        self._listing = Listing(self.repository, self.ledger)
        return self._walk(self._listing.pages()) or self._listing.set_aside

    def _walk(self, pages: "Iterator[Page]") -> int:
        """Try every image of these pages, and return how many those were.

        Stops when it turns out that it pays to ask which images are indexes.
        """
        found = 0
        leads_seen = False
        self._seen = set()
        self._order.forget()
        self._listing.eager = not self._probing
        for page in pages:
            rows = list(self._fresh(page))
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
            if page.token == SAMPLE:
                self._await_all()
                self._order = self._order.without_followers()
            self._listing.eager = not self._probing
        self._order.release()
        self._send_all()
        return found

    def _fresh(self, page: "Page") -> "Iterator[tuple[str, bool]]":
        """Yield the rows of a page, each image once.

        Only those that lead can have several rows. Their hashes take the least memory; should two
        be the same, the next round finds the image.
        """
        self.tell("listed", round=self.rounds, rows=len(page.rows))
        for digest, leads in page.rows:
            if not leads or hash(digest) not in self._seen:
                self._seen.update([hash(digest)] * leads)
                yield digest, leads

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
            self._start(batch)
            if self._probing and batch.follows and not batch.leads:
                self._probe(batch)

    def _probe(self, batch: OrderedBatch) -> None:
        """Let the first batch of followers show whether many of them are held back.

        If so, they are listed again, with their kinds.
        """
        self._probing = False
        self._await_all()
        held = sum(digest in self.remaining for digest in batch.digests)
        self._kinds = held >= WORTH_KINDS and (self._more or self._order.many)

    def _send_all(self) -> None:
        """Send everything and wait for it; what an answer lets go is sent as well."""
        while True:
            # While answers are out, what they let go may fill the last batch.
            self._send_whole(rest=not (self._in_flight and self.remaining))
            if not self._in_flight:
                return
            self._await_one()

    def _start(self, batch: OrderedBatch) -> None:
        try:
            future = self.ledger.submit(DELETE_OPERATION, partial(batch.delete, self.repository))
        except Halted:
            self.unsent.extend(batch.digests)
            raise
        self._in_flight[future] = batch
        future.add_done_callback(self._ended.append)
        self._settle()
        self._listing.look_ahead()

    def _await_one(self) -> None:
        self.ledger.wait(self._in_flight)
        self._settle()

    def _await_all(self) -> None:
        while self._in_flight:
            self._await_one()

    def _settle(self) -> None:
        """Take what came of the calls that have ended, in the order of their end."""
        while self._ended:
            future = self._ended.popleft()
            batch = self._in_flight.pop(future)
            try:
                refused = self.ledger.result(DELETE_OPERATION, future)
            except (CallFailed, Halted):
                self.lose(batch)
                raise
            self._take(batch, refused)

    def _take(self, batch: OrderedBatch, refused: "list[Failure]") -> None:
        """Take ECR's word on each image of a batch, and what it says on the order of others."""
        by_digest = {failure.digest: failure for failure in refused}
        absent = {failure.digest for failure in refused if failure.code == GONE}
        gone = [digest for digest in batch.digests if digest in absent or digest not in by_digest]
        # Named by a refusal and then not there, an image has not been seen to go.
        never_seen = absent.intersection(() if batch.unsure else batch.digests[: batch.named])
        seen = [digest for digest in batch.digests if digest not in never_seen]
        self.judge(Batch(seen, batch.unsure), refused)
        self._order.gone(gone)
        for failure in refused:
            if failure.code == REFERENCED:
                self._order.refuse(failure, gone, self._is_known)

    def _is_known(self, digest: str) -> bool:
        """Tell whether an image is in flight, or was refused."""
        return digest in self.remaining or any(
            digest in each.digests for each in self._in_flight.values()
        )

    def _finish(self) -> CallFailed | None:
        """Wait for the calls in flight, and return the first failure among them."""
        self.ledger.finish()
        first = None
        while self._in_flight:
            try:
                self._settle()
            except Halted:
                continue
            except CallFailed as failed:
                first = first or failed
        return first
