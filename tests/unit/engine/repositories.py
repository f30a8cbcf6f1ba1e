"""Repositories of any shape, drawn by hypothesis."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from ecrdrain.lab.ecr import ImageStore as Rules
from tests.unit.engine.registry import (
    DescribedRegistry,
    Registry,
    add,
    known_listing,
)

if TYPE_CHECKING:
    from typing import Any

page_sizes = st.sampled_from((1, 3, 7, 40, 1000))
seeds = st.integers(0, 2**32)


def luck(seed: int) -> random.Random:
    """Return chance that repeats itself."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def grow(chance: random.Random, images: int, rules: Rules | None = None, first: int = 0) -> Rules:
    """Push any acyclic graph of images: tagged and not, archived and not, in any order."""
    rules = rules or Rules()
    share_of_indexes = chance.random()
    for number in range(first, first + images):
        children: list[int] = []
        if number > first and chance.random() < share_of_indexes:
            children = chance.sample(range(first, number), min(number - first, 3))
        add(
            rules,
            number,
            children=children,
            tags=[f"v{number}.{tag}" for tag in range(chance.choice((0, 0, 1, 1, 2, 7)))],
            rank=chance.randint(0, images),
            archived=chance.random() < 0.1,
        )
    return rules


def opened(chance: random.Random, rules: Rules, **options: Any) -> Registry:
    """Return the images as a repository that is listed in any of the ways, or known before."""
    kind = chance.choice((Registry, DescribedRegistry))
    registry = kind(rules, **options)
    known = chance.choice(("nothing", "listing", "page"))
    if known == "listing":
        registry.listing = known_listing(rules)
    elif known == "page":
        registry.first = registry.rows(None)
    return registry
