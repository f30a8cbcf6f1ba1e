"""In which order images go: full batches, parents before children, few calls."""

import re
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ecrdrain.engine.basic import Batch
from ecrdrain.engine.report import Failure
from ecrdrain.engine.repository import BATCH_SIZE

DIGEST = re.compile(r"[a-z0-9+._-]+:[0-9a-fA-F]{32,}")


@dataclass
class OrderedBatch(Batch):
    """A batch, and what of it matters for the order of others.

    Attributes:
        leads: Whether there are leading images among them.
        follows: How many of them follow.
        named: How many, at the front, no listing has shown: a refusal has named them.
    """

    leads: bool = False
    follows: int = 0
    named: int = 0


class Order:
    """Holds the images that wait to be deleted, and says which go next.

    Leading images, which may be indexes, go before those that follow them in the same listing.

    The reason of a refusal names the indexes that hold an image back (ECR user guide, "Deleting
    signatures and other artifacts"). That is used for the order alone: such an index goes next,
    and the image when all of them are gone. What a refusal means is up to its code.
    """

    def __init__(self) -> None:
        self._named: deque[str] = deque()
        self._again: deque[str] = deque()  # refused before; nothing known is in the way now
        self._leading: deque[str] = deque()
        self._following: deque[str] = deque()
        self._held: deque[str] = deque()  # following ones, a page a string: that saves memory
        self._released = False
        self._early: set[int] = set()  # hashes of those that were named before they were listed
        self._needs: dict[str, set[str]] = {}  # for an image, the indexes in its way
        self._frees: dict[str, list[str]] = {}  # for an index, the images that wait for it

    def add(self, rows: Iterable[tuple[str, bool]], *, hold: bool = False) -> None:
        """Take images that a listing shows, each with whether it leads.

        Args:
            rows: The images.
            hold: Whether those that follow wait until they are released.
        """
        held: list[str] = []
        for digest, leads in rows:
            if hash(digest) in self._early:
                continue
            if leads:
                self._leading.append(digest)
            else:
                (held if hold else self._following).append(digest)
        if held:
            self._held.append(" ".join(held))
            self._released = False

    def release(self) -> None:
        """Let go what was held."""
        self._released = True

    def retry(self, digests: Iterable[str]) -> None:
        """Take images that were refused, whatever was in their way."""
        self._needs.clear()
        self._frees.clear()
        self._again.extend(digests)

    def forget(self) -> None:
        """Begin a new listing."""
        self._early.clear()

    def without_followers(self) -> "Order":
        """Return an order of the leading images alone, for when all others are listed again."""
        order = Order()
        order._leading = self._leading
        return order

    @property
    def follows(self) -> bool:
        """Whether the next batch would hold images that follow."""
        self._unpack()
        before = len(self._named) + len(self._again) + len(self._leading)
        return before < BATCH_SIZE and bool(self._following)

    def take(self, *, whole: bool) -> OrderedBatch | None:
        """Return the next batch; None when there is none, or no full one if it must be `whole`."""
        self._unpack()
        queues = self._named, self._again, self._leading, self._following
        if not any(queues) or (whole and sum(map(len, queues)) < BATCH_SIZE):
            return None
        batch = OrderedBatch([])
        chosen: dict[str, None] = {}
        for queue in queues:
            while queue and len(chosen) < BATCH_SIZE:
                chosen[queue.popleft()] = None
                batch.leads |= queue is self._leading
                batch.follows += queue is self._following
            if queue is self._named:
                batch.named = len(chosen)
        batch.digests.extend(chosen)
        return batch

    def gone(self, digests: Iterable[str]) -> None:
        """Take that images are gone: those that waited for the last of them go next."""
        for digest in digests:
            for image in self._frees.pop(digest, ()):
                needs = self._needs.get(image)  # None: it has been refused again, and freed since
                if needs is not None:
                    needs.discard(digest)
                    if not needs:
                        del self._needs[image]
                        self._again.append(image)

    def refuse(
        self, failure: Failure, gone: Collection[str], known: Callable[[str], bool]
    ) -> None:
        """Take that an image was refused because indexes list it.

        Args:
            failure: The refusal.
            gone: What the same call has deleted.
            known: Tells whether an image is in flight, or was refused itself.
        """
        named = set(DIGEST.findall(failure.reason)) - {failure.digest}
        indexes = named.difference(gone)
        if named and not indexes:
            self._again.append(failure.digest)
        if not indexes:
            return
        self._needs[failure.digest] = indexes
        for index in indexes:
            if index not in self._frees and not known(index):
                self._go_early(index)
            self._frees.setdefault(index, []).append(failure.digest)

    @property
    def many(self) -> bool:
        """Whether more than a batch waits."""
        return sum(1 for _ in islice(self.unsent(), BATCH_SIZE + 1)) > BATCH_SIZE

    def unsent(self) -> Iterator[str]:
        """Yield the images that are known to wait."""
        for queue in (self._named, self._again, self._leading, self._following):
            yield from queue
        for page in self._held:
            yield from page.split()

    def _go_early(self, index: str) -> None:
        for queue in (self._leading, self._following):
            if index in queue:
                queue.remove(index)
                self._again.append(index)
                return
        # Once only: what has gone early and is named again is ECR catching up with itself.
        if hash(index) not in self._early:
            self._early.add(hash(index))
            self._named.append(index)

    def _unpack(self) -> None:
        while self._released and self._held and len(self._following) < BATCH_SIZE:
            self.add((digest, False) for digest in self._held.popleft().split())
