"""How many calls a drain needs, counted by the strict ECR server."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.engine import Limits, Listing, PrivateRepository, client_config, drain_repository
from ecrdrain.engine.public import described_row
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import TOPOLOGIES, Order, StrictEcr

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

pytestmark = pytest.mark.once

both_meanings = pytest.mark.parametrize("same_call", SameCall)
every_order = pytest.mark.parametrize("order", Order)

IMAGES = 10_000
CONCURRENCY = 16


class Known(Enum):
    """What a drain begins with."""

    NOTHING = "nothing"
    FIRST_PAGE = "first page"
    LISTING = "listing"


@dataclass(frozen=True)
class Needed:
    """The calls of one drain.

    Attributes:
        deletes: Deletions, over the fewest that are possible for so many images.
        lists: Listings.
        pages: Listings that the rows take at least.
    """

    deletes: float
    lists: int
    pages: int


def needed(
    topology: str,
    images: int = IMAGES,
    *,
    known: Known = Known.NOTHING,
    **behaviour: Any,
) -> Needed:
    """Drain a repository, beginning with what is known of it."""
    with StrictEcr.start(
        topology=topology,
        images=images,
        in_process=True,
        latency={"BatchDeleteImage": 0.02},
        **behaviour,
    ) as server:
        client = server.client("ecr", client_config(CONCURRENCY))
        rows = count_rows(client)
        repository = PrivateRepository(client, "lab")
        if known is Known.LISTING:
            repository.listing = known_kinds(client)
        elif known is Known.FIRST_PAGE:
            repository.first = repository.page(None)
        server.reset_counts()
        report = drain_repository(repository, CONCURRENCY, Limits())
        client.close()
        state = server.state()
    assert (report.empty, report.deleted, state.images) == (True, images, 0)
    deletes, lists = state.count("BatchDeleteImage"), state.count("ListImages")
    assert state.count() == deletes + lists
    return Needed(deletes / math.ceil(images / 100), lists, math.ceil(rows / 1_000))


def count_rows(client: ECRClient) -> int:
    """Return how many rows a listing of all images has."""
    pages: Any = client.get_paginator("list_images").paginate(
        repositoryName="lab",
        filter={"imageStatus": "ANY"},
        PaginationConfig={"PageSize": 1_000},
    )
    return sum(len(page["imageIds"]) for page in pages)


def known_kinds(client: ECRClient) -> Listing:
    """Return a listing that knows each image's kind, as the command's plan has it."""
    listing = Listing()
    pages: Any = client.get_paginator("describe_images").paginate(
        repositoryName="lab",
        filter={"imageStatus": "ANY"},
        PaginationConfig={"PageSize": 1_000},
    )
    for page in pages:
        listing.add([described_row(image) for image in page["imageDetails"]])
    return listing


@both_meanings
@pytest.mark.parametrize("topology", ["single", "multi-tag"])
def test_images_without_indexes_go_in_full_batches(topology: str, same_call: SameCall) -> None:
    """At most a fiftieth more than a hundredth of the images, and one listing more."""
    calls = needed(topology, same_call=same_call)
    assert calls.deletes <= 1.02
    assert calls.lists == calls.pages + 1


@both_meanings
@every_order
@pytest.mark.parametrize("topology", ["buildx", "nested"])
def test_pushes_of_indexes_whose_kinds_are_known_cost_a_twentieth_more_at_most(
    topology: str, order: Order, same_call: SameCall
) -> None:
    """Tagged indexes, then indexes without a tag, then images; and one listing at the end."""
    calls = needed(topology, known=Known.LISTING, order=order, same_call=same_call)
    assert calls.deletes <= 1.05
    assert calls.lists == 1


@both_meanings
@every_order
def test_buildx_pushes_cost_a_twentieth_more_at_most_without_kinds(
    order: Order, same_call: SameCall
) -> None:
    """Only the index has a tag."""
    calls = needed("buildx", order=order, same_call=same_call)
    assert calls.deletes <= 1.05
    assert calls.lists == calls.pages + 1


@both_meanings
@pytest.mark.parametrize(
    ("known", "most"), [(Known.NOTHING, 1.35), (Known.FIRST_PAGE, 1.35), (Known.LISTING, 1.10)]
)
def test_untagged_indexes_cost_a_third_more_or_a_tenth_when_kinds_are_known(
    known: Known,
    most: float,
    same_call: SameCall,
) -> None:
    """In the order of digests every second image is refused once: two of three are in indexes."""
    assert needed("untagged-indexes", known=known, same_call=same_call).deletes <= most


@every_order
def test_untagged_indexes_cost_two_fifths_more_at_most_in_any_order(order: Order) -> None:
    """Listed in the order of pushes, they are mixed a page at a time."""
    assert needed("untagged-indexes", order=order).deletes <= 1.4


@both_meanings
@pytest.mark.parametrize("topology", sorted(TOPOLOGIES))
def test_every_topology_is_listed_once_and_costs_two_fifths_more_at_most(
    topology: str, same_call: SameCall
) -> None:
    """Nested and shared indexes, archived images and referrers do not break the order."""
    for images in (900, 5_000):
        calls = needed(topology, images, same_call=same_call)
        assert calls.lists == calls.pages + 1
        assert images < 1_000 or calls.deletes <= 1.4


@pytest.mark.parametrize("topology", sorted(TOPOLOGIES))
def test_what_is_known_before_is_not_listed_again(topology: str) -> None:
    """A first page saves its call; a whole listing leaves the one that sees nothing left."""
    first_page = needed(topology, 3_000, known=Known.FIRST_PAGE)
    assert first_page.lists == first_page.pages
    assert needed(topology, 3_000, known=Known.LISTING).lists == 1
