"""How many calls a drain needs, counted by the strict ECR server."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from ecrdrain.engine import (
    DescribingRepository,
    PrivateRepository,
    client_config,
    drain_repository,
)
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import Order, StrictEcr

pytestmark = pytest.mark.once

ROWS_AN_IMAGE = {"multi-tag": 3}

both_meanings = pytest.mark.parametrize("same_call", SameCall)


@dataclass(frozen=True)
class Needed:
    """The calls of one drain, over the fewest that are possible for so many images."""

    deletes: float
    lists: int


def needed(  # noqa: PLR0913 - what a drain's calls depend on
    topology: str,
    images: int,
    same_call: SameCall,
    *,
    kind: type[PrivateRepository] = DescribingRepository,
    order: Order = Order.SHUFFLED,
    name_parents: bool = True,
) -> Needed:
    """Drain a repository and return the calls that it took, beyond what its rows take to list."""
    with StrictEcr.start(
        topology=topology,
        images=images,
        order=order,
        in_process=True,
        same_call=same_call,
        name_parents=name_parents,
        latency={"BatchDeleteImage": 0.02},
    ) as server:
        client = server.client("ecr", client_config())
        report = drain_repository(kind(client, "lab"))
        state = server.state()
        client.close()
    assert report.empty
    assert state.images == 0
    assert report.deleted == images
    assert report.calls == {name: sum(outcomes.values()) for name, outcomes in state.calls.items()}
    pages = math.ceil(images * ROWS_AN_IMAGE.get(topology, 1) / 1_000)
    deletes = state.count("BatchDeleteImage")
    return Needed(
        deletes=deletes / math.ceil(images / 100),
        lists=state.count() - deletes - pages,
    )


@both_meanings
@pytest.mark.parametrize("topology", ["single", "multi-tag"])
def test_images_without_indexes_go_in_full_batches(topology: str, same_call: SameCall) -> None:
    """Not one call more than a hundredth of the images, and one listing more than the pages."""
    calls = needed(topology, 2_150, same_call)
    assert calls.deletes == 1
    assert calls.lists == 1


@both_meanings
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("images", [1_000, 2_000, 3_005])
def test_buildx_pushes_cost_a_twentieth_more_at_most(
    images: int, order: Order, same_call: SameCall
) -> None:
    """Tagged indexes, then their untagged children: at most 1.05 of the fewest calls."""
    calls = needed("buildx", images, same_call, order=order)
    assert calls.deletes <= 1.05
    assert calls.lists <= 3


@both_meanings
@pytest.mark.parametrize("name_parents", [True, False])
@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("images", [600, 1_800])
def test_untagged_indexes_cost_a_quarter_more_at_most(
    images: int,
    order: Order,
    name_parents: bool,  # noqa: FBT001 - a switch of the server
    same_call: SameCall,
) -> None:
    """Their kinds are asked for when that pays: at most 1.25 of the fewest calls."""
    calls = needed("untagged-indexes", images, same_call, order=order, name_parents=name_parents)
    assert calls.deletes <= 1.25
    assert calls.lists <= 3


@both_meanings
def test_refusals_that_name_indexes_save_calls_where_kinds_may_not_be_asked_for(
    same_call: SameCall,
) -> None:
    """With ListImages alone, an index goes as soon as one of its children has named it."""
    named = needed("untagged-indexes", 9_000, same_call, kind=PrivateRepository)
    silent = needed(
        "untagged-indexes", 9_000, same_call, kind=PrivateRepository, name_parents=False
    )
    assert named.deletes <= 1.3 < silent.deletes


@both_meanings
@pytest.mark.parametrize(
    "topology", ["nested", "shared-children", "archived", "referrers", "mixed"]
)
def test_every_other_topology_costs_a_quarter_more_at_most(
    topology: str, same_call: SameCall
) -> None:
    """Nested and shared indexes, archived images and referrers do not break the order."""
    for images in (700, 2_100, 5_000):
        calls = needed(topology, images, same_call)
        assert calls.deletes <= 1.25
        assert calls.lists <= 3
