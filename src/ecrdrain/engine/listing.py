"""What a repository lists: rows, pages, and images held for their phase."""

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
    """Images of a listing, held until they go."""

    def __init__(self, rows: Iterable[Row] = ()) -> None:
        self._digests: dict[int, list[str]] = {}
        self.add(rows)

    @property
    def images(self) -> int:
        """Count the images that are held still."""
        return sum(map(len, self._digests.values()))

    def add(self, rows: Iterable[Row]) -> None:
        """Take the rows of a page, of which no digest has several."""
        for digest, phase in rows:
            self._digests.setdefault(phase, []).append(digest)

    def phases(self) -> Iterator[Iterator[str]]:
        """Yield the images of each phase, in the order of the phases."""
        for phase in sorted(self._digests):
            yield self._take(self._digests[phase])

    def _take(self, digests: list[str]) -> Iterator[str]:
        while digests:
            yield digests.pop()
