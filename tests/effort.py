"""How many examples the property-based tests try.

`ECRDRAIN_TEST_EFFORT` is a factor, 1 unless it is set: more to search for bugs for an hour, less
where the same tests have just passed on another Python.
"""

from __future__ import annotations

import os

from hypothesis import settings

EFFORT = float(os.environ.get("ECRDRAIN_TEST_EFFORT", "1"))
USUAL = 50


def examples(count: int = USUAL) -> settings:
    """Return the settings for about so many examples; no wall clock decides about a test."""
    return settings(max_examples=max(3, round(count * EFFORT)), deadline=None)
