"""What the engine's tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.engine import sdk

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def quick_sdk() -> Iterator[None]:
    """The SDK waits a thousandth of the time."""
    with sdk.quick_sdk():
        yield
