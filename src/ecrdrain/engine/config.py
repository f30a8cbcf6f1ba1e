"""The SDK's settings for a drain's clients."""

from typing import TYPE_CHECKING

from ecrdrain.engine.pacer import CONCURRENCY

if TYPE_CHECKING:
    from botocore.config import Config


def client_config(concurrency: int = CONCURRENCY, read_timeout: float = 60) -> "Config":
    """Return the settings for a boto3 client that drains with.

    The pacer repeats calls itself: it must see each throttled one at once.

    Args:
        concurrency: How many calls may be in flight; each needs a connection of its own.
        read_timeout: Seconds to wait for an answer. A call without one is repeated.
    """
    from botocore.config import Config  # noqa: PLC0415 - not before a client is made

    return Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=max(concurrency, 1),
        connect_timeout=5,
        read_timeout=read_timeout,
        tcp_keepalive=True,
    )
