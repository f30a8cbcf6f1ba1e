"""The SDK's own waiting, a thousand times faster."""

from __future__ import annotations

import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from botocore import endpoint
from botocore.retries import bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

FASTER = 1_000


@contextmanager
def quick_sdk() -> Iterator[None]:
    """Let the SDK wait a thousandth of the time, before repeats and for its own pace."""
    token_bucket: Any = bucket.TokenBucket  # its stubs leave its inside out
    amount = token_bucket._sleep_amount
    sleep = SimpleNamespace(sleep=lambda seconds: time.sleep(seconds / FASTER))
    with (
        patch.object(endpoint, "time", sleep),
        patch.object(bucket.Clock, "current_time", lambda _: time.time() * FASTER),
        patch.object(
            token_bucket, "_sleep_amount", lambda self, want: amount(self, want) / FASTER
        ),
    ):
        yield
