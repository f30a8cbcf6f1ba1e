"""What is known of a repository's images: the bookkeeping of a drain."""

from collections import Counter
from collections.abc import Iterable, Sequence

from ecrdrain.engine.events import Deleted
from ecrdrain.engine.refusals import GONE, REFERENCED
from ecrdrain.engine.report import Failure


class Tally:
    """Counts images, each by ECR's last word on it.

    Attributes:
        round: The round under way, from 1.
        deleted: Images that this drain has deleted.
        waiting: Images that this round's listing has shown and no call has settled.
        refused: ECR's last word on each image that it would not delete in this round.
        unheard: Images of calls that failed after AWS may have carried them out, until a later
            call tells.
    """

    def __init__(self) -> None:
        self.round = 0
        self.deleted = 0
        self.waiting: set[str] = set()
        self.refused: dict[str, Failure] = {}
        self.unheard: set[str] = set()

    @property
    def left(self) -> int:
        """Count the images known to be there still."""
        return len(self.waiting.union(self.refused).difference(self.unheard))

    def forget(self) -> None:
        """Forget what is there: a new listing shows it, or the repository is gone."""
        self.waiting.clear()
        self.refused.clear()

    def judge(
        self, batch: Sequence[str], failures: Iterable[Failure], *, unheard: bool
    ) -> Deleted:
        """Take ECR's answer on a batch: what it did not refuse is gone.

        Args:
            batch: The images of the call.
            failures: What ECR refused.
            unheard: Whether an earlier try of the call may have deleted some of them: then an
                image that is not found any more counts as deleted.
        """
        failed = {failure.digest: failure for failure in failures}
        deleted = 0
        for digest in batch:
            self.waiting.discard(digest)
            self.refused.pop(digest, None)
            failure = failed.get(digest)
            if failure is not None and failure.code != GONE:
                self.refused[failure.digest] = failure  # one text for both: memory
            elif failure is None or unheard or digest in self.unheard:
                deleted += 1
            self.unheard.discard(digest)
        self.deleted += deleted
        return Deleted(len(batch), deleted, Counter(each.code for each in failed.values()))

    def held_back(self) -> list[str]:
        """List the images that were refused because an index lists them."""
        return [failure.digest for failure in self.refused.values() if failure.code == REFERENCED]
