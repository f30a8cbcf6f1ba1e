"""Compare ways to order the deletions of images: calls and seconds for each topology.

    .venv/bin/python -m benchmarks.ordering

The strict ECR server counts; it answers as the stricter reading of ECR's documentation has it
(an index and its children do not go in one call), a deletion in 100 ms, a page in 50 ms.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from types_boto3_ecr import ECRClient

from ecrdrain.engine import (
    DescribingRepository,
    Pacer,
    Page,
    PrivateRepository,
    Report,
    Until,
    client_config,
    drain_repository,
    tell_nobody,
)
from ecrdrain.engine.basic import BasicDrain
from ecrdrain.lab.strict import StrictEcr

SIZES = (1_800, 9_000, 30_000)
TOPOLOGIES = ("single", "buildx", "untagged-indexes", "nested", "mixed")
LATENCY = {"BatchDeleteImage": 0.1, "*": 0.05}


class AlwaysByKind(PrivateRepository):
    """Asks for the kinds of all images from the start."""

    list_operation = "DescribeImages"

    def __init__(self, client: ECRClient, name: str) -> None:
        super().__init__(client, name)
        self._describing = DescribingRepository(client, name)

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch a page with kinds."""
        del kinds
        return self._describing.page(token, tags, kinds=True)


class AsListed(PrivateRepository):
    """Takes every image for one that may go at once."""

    def page(self, token: str | None, tags: str = "ANY", *, kinds: bool = False) -> Page:
        """Fetch a page."""
        page = super().page(token, tags, kinds=kinds)
        return Page([(digest, True) for digest, _ in page.rows], page.token)


def as_listed(client: ECRClient) -> Report:
    """Send images as they come, and what was refused in rounds; refusals name nothing."""
    return drain_repository(AsListed(client, "lab"))


def in_the_function(client: ECRClient) -> Report:
    """Send images with tags first, one call after the other: what the Lambda function does."""
    return BasicDrain(PrivateRepository(client, "lab"), Pacer(), Until(), tell_nobody).run()


def by_tag(client: ECRClient) -> Report:
    """Send images with tags first; the server keeps the names of indexes to itself."""
    return drain_repository(PrivateRepository(client, "lab"))


def by_kind_where_it_pays(client: ECRClient) -> Report:
    """Ask for kinds when refusals are many."""
    return drain_repository(DescribingRepository(client, "lab"))


def always_by_kind(client: ECRClient) -> Report:
    """Ask for kinds at once."""
    return drain_repository(AlwaysByKind(client, "lab"))


@dataclass(frozen=True, slots=True)
class Way:
    """One way to order images.

    Attributes:
        title: Its name.
        drain: Drains with it.
        named: Whether refusals name the indexes that are in the way.
    """

    title: str
    drain: Callable[[ECRClient], Report]
    named: bool = True


WAYS = (
    Way("as listed", as_listed, named=False),
    Way("tagged first, one by one (the function)", in_the_function),
    Way("tagged first", by_tag, named=False),
    Way("tagged first, then what refusals name", by_tag),
    Way("the same, and kinds where that pays", by_kind_where_it_pays),
    Way("kinds of all images", always_by_kind),
)


def measured(way: Way, topology: str, images: int) -> str:
    """Drain once and return the cells of a table: delete calls, list calls, seconds."""
    with StrictEcr.start(
        topology=topology, images=images, latency=LATENCY, name_parents=way.named
    ) as server:
        client = server.client("ecr", client_config())
        report = way.drain(client)
        left = server.state().images
        client.close()
    deletes = report.calls["BatchDeleteImage"]
    lists = sum(report.calls.values()) - deletes
    share = deletes / math.ceil(images / 100)
    failed = f", {left} left" if left else ""
    return f"{deletes} ({share:.2f} x), {lists} lists, {report.seconds:.1f} s{failed}"


def main() -> None:
    """Print a table for each size."""
    for images in SIZES:
        print(f"\n{images:,} images\n")
        print("| | " + " | ".join(way.title for way in WAYS) + " |")
        print("| --- " * (len(WAYS) + 1) + "|")
        for topology in TOPOLOGIES:
            cells = [measured(way, topology, images) for way in WAYS]
            print(f"| {topology} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
