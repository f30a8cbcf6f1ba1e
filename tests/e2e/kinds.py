"""Images of every kind, for tests that go through all of them."""

import pytest

from ecrdrain.lab import multi_platform_image, nested_index, single_platform_image

of_every_kind = pytest.mark.parametrize(
    ("image", "images"),
    [
        (single_platform_image("one"), 1),
        (multi_platform_image("many"), 5),
        (nested_index("deep", 3), 9),
    ],
    ids=["single image", "multi-platform image", "index of indexes"],
)
"""The image, and how many images (digests) it is made of."""
