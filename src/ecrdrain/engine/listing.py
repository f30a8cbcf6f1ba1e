"""What a repository lists: rows, pages, and images held for their phase."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zlib import compress, decompress


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
    """Images of a listing, held until they go.

    Attributes:
        size: How many are held still.
    """

    def __init__(self) -> None:
        self.size = 0
        # By phase, the digests of each page, packed: a third of the memory of so many texts.
        self._pages: dict[int, list[bytes]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Take the rows of a page, of which no digest has several."""
        page: dict[int, list[str]] = {}
        for digest, phase in rows:
            page.setdefault(phase, []).append(digest)
            self.size += 1
        for phase, digests in page.items():
            self._pages.setdefault(phase, []).append(compress(" ".join(digests).encode()))

    def phases(self) -> Iterator[Iterator[str]]:
        """Yield the images of each phase, in the order of the phases; within one, as listed."""
        for phase in sorted(self._pages):
            yield self._take(self._pages[phase])

    def _take(self, pages: list[bytes]) -> Iterator[str]:
        while pages:
            for digest in decompress(pages.pop(0)).decode().split():
                self.size -= 1
                yield digest
