"""A drain: list, delete in phases, and go on until a fresh listing is empty.

A round tries every image that a listing shows. Its phases put parents before children: first
what may be an index, then the rest, then again what was refused because an index lists it. Within
a phase as many calls run at once as there are threads; between two phases all of them are
waited for.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from functools import partial
from itertools import islice

from ecrdrain.engine.calls import CallFailed, Calls
from ecrdrain.engine.errors import INVALID_PARAMETER, REPOSITORY_NOT_FOUND
from ecrdrain.engine.events import Listed, OnEvent, RoundEnded, ignore
from ecrdrain.engine.limits import LOOK_UP, Halted, Limits
from ecrdrain.engine.listing import Listing, Page
from ecrdrain.engine.refusals import GONE, worth_another_round
from ecrdrain.engine.report import Failure, Report
from ecrdrain.engine.repository import ANY, BATCH_SIZE, Repository
from ecrdrain.engine.tally import Tally

DELETE_OPERATION = "BatchDeleteImage"

PATIENCE = 600.0
"""Seconds of nothing but throttles and failures of the moment before a drain gives up."""

LONGEST_REST = 30.0

Deletion = tuple[list[Failure], bool]


class Drain:
    """One drain of one repository.

    Args:
        repository: What to empty.
        pool: The threads in which images are deleted; the caller's, who also ends them.
        concurrency: How many of them this drain may keep busy.
        limits: How long calls may start.
        on_event: Hears of the progress.
    """

    def __init__(
        self,
        repository: Repository,
        pool: Executor,
        concurrency: int,
        limits: Limits,
        on_event: OnEvent = ignore,
    ) -> None:
        self.repository = repository
        self.pool = pool
        self.room = (
            2 * concurrency
        )  # batches handed over: enough that no thread waits for a listing
        self.limits = limits
        self.on_event = on_event
        self.calls = Calls(limits)
        self.tally = Tally()
        self.held = Listing()
        self.in_flight: dict[Future[Deletion], list[str]] = {}

    def run(self) -> Report:
        """Drain the repository as far as it goes, and report honestly."""
        started = self.limits.clock()
        exists, empty, stopped, error = True, False, None, None
        try:
            empty = self._drain()
        except Halted as halted:
            stopped = halted.reason
        except CallFailed as failed:
            if failed.error.code == REPOSITORY_NOT_FOUND:
                # Nothing to drain, or no longer: the images went with the repository.
                exists, empty = False, True
                self.tally.forget()
                self.held = Listing()
            else:
                stopped, error = "error", failed.error
        return Report(
            repository=self.repository.name,
            registry=self.repository.registry,
            registry_id=self.repository.registry_id,
            region=self.repository.region,
            exists=exists,
            deleted=self.tally.deleted,
            left=self.tally.left + self.held.images,
            left_exact=stopped is None,
            failures=tuple(self.tally.refused.values()),
            calls=dict(self.calls.sent),
            throttled=self.calls.throttled,
            rounds=self.tally.round,
            seconds=self.limits.clock() - started,
            empty=empty,
            stopped=stopped,
            error=error,
        )

    def _drain(self) -> bool:
        """Go round after round; True when a round found nothing, False when they stop helping."""
        idle, troubled, progress = 0, 0, self.limits.clock()
        while True:
            self.tally.round += 1
            deleted_before, failed = self.tally.deleted, None
            try:
                found = self._round()
            except CallFailed as failure:
                # Throttled for long, a lost connection, a page token that ECR forgot: a new
                # listing may well succeed.
                if not (failure.error.passing or failure.error.code == INVALID_PARAMETER):
                    raise
                failed, found = failure, True
            self.on_event(RoundEnded(self.tally.round, self.tally.deleted, self.tally.left))
            if not found:
                return True
            if self.tally.deleted > deleted_before:
                idle, troubled, progress = 0, 0, self.limits.clock()
                continue
            if failed is not None and failed.error.passing:
                troubled += 1
                again = self.limits.clock() < progress + PATIENCE
            else:
                idle += 1
                refusals = {failure.code for failure in self.tally.refused.values()}
                again = worth_another_round(refusals or {GONE}, idle)
            if failed is not None and not again:
                raise failed
            if not again:
                return False
            self.limits.pause(min(2.0 ** (idle + troubled - 1), LONGEST_REST))

    def _round(self) -> bool:
        """Try every image of a listing; tell whether it showed any."""
        found = False
        for phase in self._phases():
            found = True
            self._delete(phase)
        # With its index gone a child can go, and with an outer index its inner ones.
        helps = found
        while helps:
            deleted_before = self.tally.deleted
            self._delete(self.tally.held_back())
            helps = self.tally.deleted > deleted_before
        return found

    def _phases(self) -> Iterator[Iterable[str]]:
        """Yield what a listing shows, phase by phase; nothing when there are no images."""
        known, self.repository.known = self.repository.known, None
        if isinstance(known, Listing) and known.images:
            self.held = known
            yield from known.phases()
            return
        page = known if isinstance(known, Page) else self._page(None, ANY)
        while page.token and not page.rows:
            page = self._page(page.token, ANY)
        # Until now, what the round before has left was all that is known.
        self.tally.forget()
        self.held = Listing()
        if page.token and self.repository.parts:
            yield from self._long_phases(page)
            return
        self.held.add(page.rows)
        while page.token:
            page = self._page(page.token, ANY)
            self.held.add(page.rows)
        yield from self.held.phases()

    def _long_phases(self, first: Page) -> Iterator[Iterable[str]]:
        """Yield the parts of a long listing, each while it is read: none is held back.

        Images of the first page that no part shows go last; a part could have missed them.
        """
        unseen = {row.digest for row in first.rows}
        self.tally.waiting.update(unseen)
        for part in self.repository.parts:
            yield self._part(part, unseen)
        yield unseen

    def _part(self, part: str, unseen: set[str]) -> Iterator[str]:
        tagged: set[int] = set()  # hashes: only an image with a tag can have several rows
        page = self._page(None, part)
        while True:
            fresh = []
            for digest, phase in page.rows:
                if phase or hash(digest) not in tagged:
                    fresh.append(digest)
                if not phase:
                    tagged.add(hash(digest))
            self.tally.waiting.update(fresh)
            unseen.difference_update(fresh)
            yield from fresh
            if not page.token:
                return
            page = self._page(page.token, part)

    def _page(self, token: str | None, part: str) -> Page:
        fetch = partial(self.repository.page, token, part)
        page, _ = self.calls.make(self.repository.list_operation, fetch)
        self.on_event(Listed(self.tally.round, len(page.rows)))
        return page

    def _delete(self, digests: Iterable[str]) -> None:
        """Delete images in full batches, many at once, and wait until all are settled."""
        remaining = iter(digests)
        try:
            while batch := list(islice(remaining, BATCH_SIZE)):
                self.tally.waiting.update(batch)
                while len(self.in_flight) >= self.room:
                    self._settle_some()
                self.limits.check()
                self.in_flight[self.pool.submit(self._delete_batch, batch)] = batch
            while self.in_flight:
                self._settle_some()
        except BaseException as ended:
            if not isinstance(ended, CallFailed | Halted):
                self.limits.stop.set()  # Ctrl-C, or a mistake: nothing goes on behind its back
            self._finish()
            raise

    def _delete_batch(self, batch: list[str]) -> Deletion:
        """Delete one batch, in a thread of the pool."""
        return self.calls.make(DELETE_OPERATION, partial(self.repository.delete, batch))

    def _settle_some(self) -> None:
        """Wait for a call to end, and take what came of it."""
        self.limits.check()
        for future in wait(self.in_flight, LOOK_UP, FIRST_COMPLETED).done:
            self._settle(future)

    def _settle(self, future: "Future[Deletion]") -> None:
        batch = self.in_flight.pop(future)
        try:
            failures, unheard = future.result()
        except (CallFailed, Halted) as ended:
            if ended.unheard:
                self.tally.lose(batch)
            raise
        self.on_event(self.tally.judge(batch, failures, unheard=unheard))

    def _finish(self) -> None:
        """Start no further call, and wait for those in flight: what they did counts."""
        for future in self.in_flight:
            future.cancel()
        wait(self.in_flight)
        while self.in_flight:
            try:
                self._settle(next(iter(self.in_flight)))
            except (CallFailed, Halted, CancelledError):
                continue
