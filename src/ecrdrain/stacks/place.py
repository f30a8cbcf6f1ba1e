"""Where a command works: the account and the region."""

from typing import NamedTuple


class Place(NamedTuple):
    """An account and a region.

    Attributes:
        account: The caller's account; None when AWS does not tell.
        region: The region; None when it is not known.
    """

    account: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return f"account {self.account or 'unknown'}, region {self.region or 'unknown'}"
