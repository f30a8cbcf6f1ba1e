"""What a drain tells of itself while it works."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """A page of a listing has come.

    Attributes:
        round: Which round, from 1.
        rows: How many rows it has: one for each tag, one for an image without any.
    """

    round: int
    rows: int


class Deleted(NamedTuple):
    """A BatchDeleteImage call has been answered.

    Attributes:
        sent: How many images the call named.
        deleted: How many of them this drain has deleted.
        refused: How many ECR refused, by its failure code.
    """

    sent: int
    deleted: int
    refused: Mapping[str, int]


class RoundEnded(NamedTuple):
    """Everything that a listing showed has been tried.

    Attributes:
        round: Which round, from 1.
        deleted: Images deleted so far.
        left: Images known to be there still.
    """

    round: int
    deleted: int
    left: int


Event = Listed | Deleted | RoundEnded
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Do nothing with an event."""
