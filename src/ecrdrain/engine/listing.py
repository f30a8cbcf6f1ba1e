"""One walk over everything that a repository lists."""

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import INVALID_PARAMETER
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.repository import BATCH_SIZE, Page, Repository

if TYPE_CHECKING:
    from concurrent.futures import Future

FETCHED = 3
"""Pages that wait for the drain to come to them, at most."""

SAMPLE, SAMPLED = "a sample: these are listed again", 2 * BATCH_SIZE
"""The token of a page of images that come again, and how many of them come."""


class Listing:
    """A fresh listing, read page by page; the next pages come while one is worked on.

    When a repository is large and holds both images that lead and images that follow, those with
    a tag are listed first and those without after them: then none has to be kept back. While it
    is open how the latter are best listed, a sample of them comes in between.

    Attributes:
        broken: What ended the walk early; None when the last page was reached. Beginning anew
            can help.
        eager: Whether to fetch pages of images without a tag, too, before they are needed.
        set_aside: Rows of a first page that was not yielded, as its images come in the parts.
            Should the parts show none, the repository was not seen empty for all that.
    """

    def __init__(self, repository: Repository, ledger: Ledger) -> None:
        self._repository = repository
        self._ledger = ledger
        self.broken: CallFailed | None = None
        self.eager = True
        self.set_aside = 0
        self._left = "ANY"  # what `kinds` has to list: all, or what is known to be there
        self._tags = "ANY"
        self._kinds = False
        self._token: str | None = None
        self._pages: deque[Page] = deque()
        self._coming: Future[Page] | None = None

    def pages(self) -> Iterator[Page]:
        """Yield the pages; one without a token ends what could be listed in one go.

        Raises:
            CallFailed: A call failed, and beginning anew would not help.
            Halted: No further call may start.
        """
        first = self._first("ANY")
        mixed = len({leads for _, leads in first.rows}) > 1
        if not (first.token and mixed and self._repository.knows_tag_status):
            yield from self._and_the_rest(first)
            return
        self._left = "UNTAGGED"
        self.set_aside = len(first.rows)
        yield from self._and_the_rest(self._first("TAGGED"))
        if not self.eager:
            yield Page([row for row in first.rows if not row[1]][:SAMPLED], SAMPLE)
        if self.broken is None:
            yield from self._and_the_rest(self._first("UNTAGGED"))

    def kinds(self) -> Iterator[Page]:
        """Yield the pages of what `pages` has not shown, or not with a tag; indexes lead.

        Raises:
            CallFailed, Halted: As for `pages`.
        """
        yield from self._and_the_rest(self._first(self._left, kinds=True))

    def look_ahead(self) -> None:
        """Take a page that has come, and have the next one fetched.

        Raises:
            CallFailed, Halted: As for `pages`.
        """
        while len(self._pages) < FETCHED:
            if self._coming is None and (self.eager or self._tags != "UNTAGGED"):
                self._fetch()
            if self._coming is None or not self._coming.done():
                return
            self._receive()

    def _first(self, tags: str, *, kinds: bool = False) -> Page:
        self._tags, self._kinds = tags, kinds
        self._pages.clear()
        self._coming = self._submit(None)
        return self._ledger.result(self._operation, self._coming)

    def _and_the_rest(self, page: Page) -> Iterator[Page]:
        self._coming, self._token = None, page.token
        while True:
            self.look_ahead()
            yield page
            if page.token is None:
                self._left = "UNTAGGED"
                return
            if not self._pages:
                self._fetch()
                self._receive()
            if not self._pages:
                return
            page = self._pages.popleft()

    def _fetch(self) -> None:
        if self._coming is None and self._token is not None:
            self._coming = self._submit(self._token)

    def _receive(self) -> None:
        future, self._coming = self._coming, None
        if future is None:
            return
        try:
            page = self._ledger.result(self._operation, future)
        except CallFailed as failed:
            # ECR may not know a token any more, for instance after some time.
            if failed.error.code != INVALID_PARAMETER:
                raise
            self.broken, self._token = failed, None
        else:
            self._pages.append(page)
            self._token = page.token

    def _submit(self, token: str | None) -> "Future[Page]":
        page = partial(self._repository.page, token, self._tags, kinds=self._kinds)
        return self._ledger.submit(self._operation, page)

    @property
    def _operation(self) -> str:
        operation = self._repository.kinds_operation if self._kinds else None
        return operation or self._repository.list_operation
