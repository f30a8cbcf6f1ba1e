"""One walk over everything that a repository lists."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import INVALID_PARAMETER
from ecrdrain.engine.ledger import CallFailed, Ledger
from ecrdrain.engine.repository import Page, Repository

if TYPE_CHECKING:
    from concurrent.futures import Future


class Listing:
    """A fresh listing, read page by page; the next page comes while one is worked on.

    When a repository is large and holds both images that lead and images that follow, those with
    a tag are listed first and those without after them: then none has to be kept back.

    Attributes:
        broken: What ended the walk early; None when the last page was reached. Beginning anew
            can help.
        ahead: Whether to fetch pages of images without a tag, too, before they are asked for.
    """

    def __init__(self, repository: Repository, ledger: Ledger) -> None:
        self._repository = repository
        self._ledger = ledger
        self.broken: CallFailed | None = None
        self.ahead = True
        self._left = "ANY"  # what `kinds` has to list: all, or what is known to be there

    def pages(self) -> Iterator[Page]:
        """Yield the pages; one without a token ends what could be listed in one go.

        Raises:
            CallFailed: A call failed, and beginning anew would not help.
            Halted: No further call may start.
        """
        first = self._page("ANY")
        mixed = len({leads for _, leads in first.rows}) > 1
        if not (first.token and mixed and self._repository.knows_tag_status):
            yield from self._pages(first, "ANY")
            return
        self._left = "UNTAGGED"
        for tags in ("TAGGED", "UNTAGGED"):
            if self.broken is None:
                yield from self._pages(self._page(tags), tags)

    def kinds(self) -> Iterator[Page]:
        """Yield the pages of what `pages` has not shown, or not with a tag; indexes lead.

        Raises:
            CallFailed, Halted: As for `pages`.
        """
        yield from self._pages(self._page(self._left, kinds=True), self._left, kinds=True)

    def _pages(self, page: Page, tags: str, *, kinds: bool = False) -> Iterator[Page]:
        """Yield a page and those after it."""
        while page.token is not None:
            future = None
            if self.ahead or tags != "UNTAGGED":
                future = self._fetch(page.token, tags, kinds=kinds)
            yield page
            future = future or self._fetch(page.token, tags, kinds=kinds)
            try:
                page = self._result(future, kinds=kinds)
            except CallFailed as failed:
                # ECR may not know a token any more, for instance after some time.
                if failed.error.code != INVALID_PARAMETER:
                    raise
                self.broken = failed
                return
        self._left = "UNTAGGED"
        yield page

    def _page(self, tags: str, *, kinds: bool = False) -> Page:
        return self._result(self._fetch(None, tags, kinds=kinds), kinds=kinds)

    def _fetch(self, token: str | None, tags: str, *, kinds: bool) -> "Future[Page]":
        page = partial(self._repository.page, token, tags, kinds=kinds)
        return self._ledger.submit(self._operation(kinds=kinds), page)

    def _result(self, future: "Future[Page]", *, kinds: bool) -> Page:
        return self._ledger.result(self._operation(kinds=kinds), future)

    def _operation(self, *, kinds: bool) -> str:
        operation = self._repository.kinds_operation if kinds else None
        return operation or self._repository.list_operation
