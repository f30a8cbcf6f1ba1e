"""A drain: list, delete in phases, and go on until a fresh listing is empty.

A round tries every image that a listing shows. Its phases put parents before children: first
what may be an index, while the listing is still read; then the rest; then again what was refused
because an index lists it. Within a phase as many calls run at once as there are threads; between
two phases all of them are waited for.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import suppress
from functools import partial
from itertools import islice

from ecrdrain.engine.calls import CallFailed, Calls
from ecrdrain.engine.errors import INVALID_PARAMETER, REPOSITORY_NOT_FOUND
from ecrdrain.engine.events import Listed, OnEvent, RoundEnded
from ecrdrain.engine.limits import LOOK_UP, Halted, Limits
from ecrdrain.engine.listing import Listing, Page
from ecrdrain.engine.refusals import GONE, IDLE_ROUNDS
from ecrdrain.engine.report import Failure, Outcome
from ecrdrain.engine.repository import BATCH_SIZE, Repository
from ecrdrain.engine.tally import Tally

PATIENCE = 600.0
"""Seconds of nothing but throttles and failures of the moment before a drain gives up."""

LONGEST_REST = 30.0

AT_FIRST = 8
"""Calls in flight at most, before the first answer."""

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
        on_event: OnEvent,
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
        self.found = True  # whether this round's listing shows any image
        self.held = repository.listing or Listing()  # images whose phase has not come
        self.in_flight: dict[Future[Deletion], list[str]] = {}

    def run(self) -> Outcome:
        """Drain the repository as far as it goes, and report honestly."""
        started = self.limits.clock()
        exists, empty, stopped, error = True, False, None, None
        try:
            empty = self._drain()
        except Halted as halted:
            stopped = str(halted)
        except CallFailed as failed:
            if failed.error.code == REPOSITORY_NOT_FOUND:
                # Nothing to drain, or no longer: the images went with the repository.
                exists, empty = False, True
                self.tally.forget()
                self.held = Listing()
            else:
                stopped, error = "error", failed.error
        return Outcome(
            repository=self.repository.name,
            exists=exists,
            deleted=self.tally.deleted,
            left=self.left,
            left_exact=stopped is None,
            failures=tuple(
                failure
                for failure in self.tally.refused.values()
                if failure.digest not in self.tally.unheard
            ),
            calls=dict(self.calls.sent),
            throttled=self.calls.throttled,
            rounds=self.tally.round,
            seconds=self.limits.clock() - started,
            empty=empty,
            stopped=stopped,
            error=error,
        )

    @property
    def left(self) -> int:
        """Count the images known to be there still, those held for later included."""
        return self.tally.left + self.held.size

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
            self.on_event(RoundEnded(self.tally.round, self.tally.deleted, self.left))
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
                refusals = {failure.code for failure in self.tally.refused.values()} or {GONE}
                again = any(idle <= IDLE_ROUNDS.get(code, 0) for code in refusals)
            if failed is not None and not again:
                raise failed
            if not again:
                return False
            self.limits.pause(min(2.0 ** (idle + troubled - 1), LONGEST_REST))

    def _round(self) -> bool:
        """Try every image of a listing; tell whether it showed any."""
        if self.tally.round > 1 or not self.held.size:
            self._delete(self._listed())
        for phase in self.held.phases():
            self._delete(phase)
        # With its index gone a child can go, and with an outer index its inner ones.
        helps = self.found
        while helps:
            deleted_before = self.tally.deleted
            self._delete(self.tally.held_back())
            helps = self.tally.deleted > deleted_before
        # What a lost call deleted was not listed: asked for again, it is not found, and counts.
        self._delete(list(self.tally.unheard))
        return self.found

    def _listed(self) -> Iterator[str]:
        """Read a listing: yield the images that go first, as they come, and hold the others."""
        page = self._page(None)
        # Until now, what the round before has left was all that is known.
        self.tally.forget()
        self.found, self.held = False, Listing()
        seen: set[int] = set()  # hashes: an image with several tags has as many rows
        while True:
            self.found = self.found or bool(page.rows)
            self.held.add(row for row in page.rows if row.phase)
            digests = dict.fromkeys(row.digest for row in page.rows if not row.phase)
            fresh = [digest for digest in digests if hash(digest) not in seen]
            seen.update(map(hash, fresh))
            self.tally.waiting.update(fresh)
            yield from fresh
            if not page.token:
                return
            page = self._page(page.token)

    def _page(self, token: str | None) -> Page:
        call = partial(self.repository.page, token)
        page, _ = self.calls.make(self.repository.list_operation, call)
        self.on_event(Listed(self.tally.round, len(page.rows)))
        return page

    def _delete(self, digests: Iterable[str]) -> None:
        """Delete images in full batches, many at once, and wait until all are settled."""
        remaining = iter(digests)
        try:
            while batch := list(dict.fromkeys(islice(remaining, BATCH_SIZE))):
                self.tally.waiting.update(batch)
                # Few at first, more with each call sent: where the rate is limited, the SDK
                # finds it sooner when not all threads are throttled at once.
                begun = AT_FIRST + self.calls.sent["BatchDeleteImage"] // 3
                self._settle(min(self.room, begun) - 1)
                self.limits.check()
                call = partial(self.repository.delete, batch)
                future = self.pool.submit(self.calls.make, "BatchDeleteImage", call)
                self.in_flight[future] = batch
            self._settle(0)
        finally:
            self._finish()

    def _settle(self, most: int) -> None:
        """Take what came of calls until at most so many are in flight."""
        while len(self.in_flight) > most:
            self.limits.check()
            for future in wait(self.in_flight, LOOK_UP, FIRST_COMPLETED).done:
                self._take(future)

    def _take(self, future: "Future[Deletion]") -> None:
        """Take what came of a call."""
        batch = self.in_flight.pop(future)
        try:
            failures, unheard = future.result()
        except (CallFailed, Halted) as ended:
            if ended.unheard:
                self.tally.unheard.update(batch)
            raise
        self.on_event(self.tally.judge(batch, failures, unheard=unheard))

    def _finish(self) -> None:
        """Start no call that waits, and wait for those in flight: what they did counts."""
        for future in self.in_flight:
            future.cancel()
        for future in wait(self.in_flight).done:
            with suppress(CallFailed, Halted, CancelledError):
                self._take(future)
