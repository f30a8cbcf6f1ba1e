"""A repository in memory whose calls fail now and then, in every way in which AWS's do.

It plays the SDK, too: it tries a call several times, and tells of each try by the SDK's events.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from ecrdrain.engine import Failure, Page, calls
from ecrdrain.engine.errors import call_error
from tests.unit.engine.errors import (
    aws_error,
    denied,
    server_error,
    throttled,
    unanswered,
    unavailable,
    unreachable,
)
from tests.unit.engine.registry import Answer, Registry

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from ecrdrain.lab.ecr import ImageStore as Rules

BEFORE = (server_error, unavailable, unreachable, throttled)
"""Faults of a try that has done nothing."""


@dataclass(frozen=True)
class Faults:
    """How calls fail.

    Attributes:
        share: Of all tries, how many fail in each of the ways.
        tries: Tries of one call.
        denied_from: From which try on all are denied; None: never.
        transient: Of the images, how many are refused with KmsError when first tried.
        stale_tokens: How many tokens of later pages, the first ones, ECR does not know any more.
    """

    share: float = 0.0
    tries: int = 4
    denied_from: int | None = None
    transient: float = 0.0
    stale_tokens: int = 0


class FaultyRegistry(Registry):
    """A repository over the lab's rules, with faults.

    Args:
        rules: The images, and what ECR allows.
        faults: How calls fail.
        chance: Where luck comes from.
        options: As for the registry without faults.

    Attributes:
        sent: All tries, by operation.
        throttles: How many were throttled.
        unaccounted: Images of calls of whose effect nobody has heard.
    """

    def __init__(
        self, rules: Rules, faults: Faults, chance: random.Random, **options: Any
    ) -> None:
        super().__init__(rules, **options)
        self.sent: Counter[str] = Counter()
        self.throttles = 0
        self.unaccounted = 0
        self._faults = faults
        self._chance = chance
        self._tried: set[str] = set()
        self._later_pages = 0

    def take_listing(self, token: str | None) -> Page:
        """Do what ListImages does, unless the token is stale."""
        self._later_pages += token is not None
        if token is not None and self._later_pages <= self._faults.stale_tokens:
            raise aws_error("InvalidParameterException", message="Invalid parameter at nextToken")
        return super().take_listing(token)

    def take_deletion(self, digests: Sequence[str]) -> list[Failure]:
        """Do what BatchDeleteImage does, but for some images."""
        transient = [
            digest
            for digest in digests
            if digest not in self._tried and self._chance.random() < self._faults.transient
        ]
        self._tried.update(digests)
        willing = [digest for digest in digests if digest not in transient]
        refused = [Failure(digest, "KmsError", "try again") for digest in transient]
        return refused + (super().take_deletion(willing) if willing else [])

    def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
        """Try until a try succeeds, fails for good, or was the last one."""
        before = len(self.rules)
        for last in [False] * (self._faults.tries - 1) + [True]:
            calls._before_send(f"before-send.ecr.{operation}")
            self.sent[operation] += 1
            try:
                answer = self._try(work)
            except (BotoCoreError, ClientError) as error:
                hear(error)
                if last or not call_error(error).passing:
                    self.unaccounted += before - len(self.rules)
                    raise
            else:
                calls._response_received({}, None)
                return answer
        raise AssertionError

    def _try(self, work: Callable[[], Answer]) -> Answer:
        denied_from = self._faults.denied_from
        if denied_from is not None and self.sent.total() >= denied_from:
            raise denied()
        for fault in BEFORE:
            if self._chance.random() < self._faults.share:
                self.throttles += fault is throttled
                raise fault()
        answer = work()
        self._calls += 1
        self._meddle(self.rules, self._calls)
        if self._chance.random() < self._faults.share:
            raise unanswered()
        return answer


def hear(error: Exception) -> None:
    """Tell of a try that failed, as the SDK does."""
    answer: Any = error.response if isinstance(error, ClientError) else None
    problem = None if isinstance(error, ClientError) else error
    calls._response_received(answer, problem)
