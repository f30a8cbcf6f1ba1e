"""What a repository lists: rows, pages, and a whole listing held in the order of deletion."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """A row of a listing.

    Attributes:
        digest: The image. One with several tags may have a row for each.
        phase: When it goes: images of a lower phase go before those of a higher one.
    """

    digest: str
    phase: int


class Page(NamedTuple):
    """One page of a listing.

    Attributes:
        rows: Its rows; a page may be empty and have a successor all the same.
        token: Where the next page starts; None means that this was the last one.
    """

    rows: list[Row]
    token: str | None


class Listing:
    """A whole listing, held until its images go. A digest takes about 75 bytes.

    Attributes:
        images: How many it holds still.
    """

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self.images = 0
        self._chunks: dict[int, deque[str]] = {}
        self.add(rows)

    def add(self, rows: Iterable[Row]) -> None:
        """Take the rows of one page; a digest may be among them several times."""
        by_phase: dict[int, dict[str, None]] = {}
        for digest, phase in rows:
            by_phase.setdefault(phase, {})[digest] = None
        for phase, digests in by_phase.items():
            self.images += len(digests)
            # One text instead of a thousand: that saves half of the memory.
            self._chunks.setdefault(phase, deque()).append(" ".join(digests))

    def phases(self) -> Iterator[Iterator[str]]:
        """Yield the images of each phase, in their order."""
        for phase in sorted(self._chunks):
            yield self._take(self._chunks.pop(phase))

    def _take(self, chunks: deque[str]) -> Iterator[str]:
        while chunks:
            for digest in chunks.popleft().split():
                self.images -= 1
                yield digest
