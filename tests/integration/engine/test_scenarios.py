"""Drains of repositories on the strict ECR server, when not all goes well."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from ecrdrain.engine import (
    DescribingRepository,
    PrivateRepository,
    PublicRepository,
    Report,
    client_config,
    drain_repository,
)
from ecrdrain.lab.strict import TOPOLOGIES, Fault, ImageFailures, Pushes, StrictEcr

if TYPE_CHECKING:
    from collections.abc import Callable

FIVE_PERCENT_OF_EACH = {"*": dict.fromkeys(Fault, 0.05)}


def drained(server: StrictEcr, **options: Any) -> Report:
    """Drain the server's repository and check the report against what the server has seen."""
    client = server.client("ecr", client_config())
    report = drain_repository(DescribingRepository(client, "lab"), **options)
    client.close()
    state = server.state()
    held = state.repositories["ecr/lab"]
    assert state.in_flight == 0
    assert report.calls == {name: sum(outcomes.values()) for name, outcomes in state.calls.items()}
    assert report.throttled == state.count(outcome="throttled")
    assert report.left <= held.images
    assert report.deleted <= held.deleted
    assert not (report.empty and held.images)
    if report.stopped is None:
        assert (report.deleted, report.left) == (held.deleted, held.images)
    return report


def start(topology: str = "single", images: int = 0, **behaviour: Any) -> StrictEcr:
    """Start a server in a thread."""
    return StrictEcr.start(topology=topology, images=images, in_process=True, **behaviour)


@pytest.mark.parametrize("topology", sorted(TOPOLOGIES))
def test_every_topology_ends_empty_with_five_percent_of_each_fault(topology: str) -> None:
    """Server errors, 503s and connections lost before and after the effect: nothing is left."""
    with start(topology, 1_500, faults=FIVE_PERCENT_OF_EACH, latency=0.005) as server:
        report = drained(server)
    assert report.empty
    assert report.deleted == 1_500


def test_throttles_faults_stubborn_images_and_pushes_all_at_once() -> None:
    """Whatever comes together, the drain ends empty, and counts every image once."""
    with start(
        "mixed",
        2_000,
        faults=FIVE_PERCENT_OF_EACH,
        rate=40,
        burst=5,
        image_failures=(ImageFailures(code="KmsError", share=0.05),),
        pushes=Pushes(images=5, every=200, limit=50),
    ) as server:
        report = drained(server)
        pushed = server.state().repositories["ecr/lab"].pushed_meanwhile
    assert report.empty
    assert pushed >= 50
    assert report.deleted == 2_000 + pushed


def test_few_calls_are_throttled_at_an_unknown_limit() -> None:
    """At twenty calls a second, with a burst of twenty, the drain finds its pace."""
    with start("single", 12_000, rate=20, latency=0.05) as server:
        report = drained(server)
    assert report.empty
    assert report.throttled <= 0.1 * sum(report.calls.values())


def test_a_denial_in_the_middle_is_named_and_what_went_is_counted() -> None:
    """The report says which call was denied, how many images went, and how many are known."""
    with start("single", 3_000, latency=0.01, denied_from={"BatchDeleteImage": 6}) as server:
        report = drained(server)
        held = server.state().repositories["ecr/lab"]
    assert report.stopped == "error"
    assert report.error is not None
    assert (report.error.operation, report.error.code) == (
        "BatchDeleteImage",
        "AccessDeniedException",
    )
    assert report.deleted == held.deleted == 500
    assert not report.left_exact


def test_where_kinds_may_not_be_asked_for_the_drain_goes_on_without() -> None:
    """DescribeImages is a help; the permission for it is not needed."""
    with start("untagged-indexes", 1_500, denied_from={"DescribeImages": 1}) as server:
        report = drained(server)
    assert report.empty
    assert report.calls["DescribeImages"] == 1


def test_an_image_that_never_goes_is_named_with_what_it_holds_back() -> None:
    """An index that ECR refuses to delete keeps its children; all else goes."""
    with start("untagged-indexes", 300) as server:
        client = server.client("ecr")
        images = client.describe_images(repositoryName="lab", maxResults=1000)["imageDetails"]
        client.close()
        index = next(
            image["imageDigest"]
            for image in images
            if "manifest.list" in image["imageManifestMediaType"]
        )
        server.configure(
            image_failures=(ImageFailures(code="ImageInaccessible", times=None, digests=(index,)),)
        )
        server.reset_counts()
        report = drained(server)
    assert report.failure_codes == {"ImageInaccessible": 1, "ImageReferencedByManifestList": 2}
    assert (report.deleted, report.left, report.left_exact) == (297, 3, True)
    assert next(each.digest for each in report.failures if each.code == "ImageInaccessible") == (
        index
    )


@pytest.mark.parametrize("after", [0, 700, 2_500])
def test_an_interrupt_finishes_what_is_in_flight_and_counts_it(after: int) -> None:
    """Nothing is in flight afterwards, and the count is the server's."""
    stop = threading.Event()
    deleted = 0

    def tell(event: str, **facts: Any) -> None:
        nonlocal deleted
        if event == "deleted":
            deleted += facts["deleted"]
        if deleted >= after:
            stop.set()

    with start("buildx", 5_000, latency=0.05) as server:
        report = drained(server, stop=stop, tell=tell)
        held = server.state().repositories["ecr/lab"]
    assert report.stopped == "interrupt"
    assert report.deleted == held.deleted < 5_000
    assert 0 < report.left <= held.images


def test_what_an_interrupted_drain_has_left_another_finishes() -> None:
    """The state of a drain is the repository itself: run it again, and it goes on."""
    stop = threading.Event()

    def tell(event: str, **_: object) -> None:
        if event == "deleted":
            stop.set()

    with start("buildx", 2_000, latency=0.02) as server:
        first = drained(server, stop=stop, tell=tell)
        server.reset_counts()
        client = server.client("ecr", client_config())
        second = drain_repository(DescribingRepository(client, "lab"))
        client.close()
    assert second.empty
    assert first.deleted + second.deleted == 2_000


def test_drains_side_by_side_share_their_calls_in_flight() -> None:
    """Four drains in threads have no more in flight than one may have."""
    with start("buildx", 1_500, repository="lab", latency=0.02) as server:
        names = ["lab", "one", "two", "three"]
        for name in names[1:]:
            server.seed(repository=name, topology="buildx", images=1_500)
        client = server.client("ecr", client_config(6))

        def drain(name: str) -> Report:
            return drain_repository(DescribingRepository(client, name), concurrency=6)

        with ThreadPoolExecutor(len(names)) as pool:
            reports = list(pool.map(drain, names))
        client.close()
        state = server.state()
    assert all(report.empty and report.deleted == 1_500 for report in reports)
    assert state.images == 0
    assert state.max_in_flight <= 6


def test_a_repository_of_the_public_registry_is_drained_too() -> None:
    """It has no ListImages: DescribeImages lists it, indexes first."""
    with start("buildx", 1_100, service="ecr-public", repository="team/app") as server:
        client = server.client("ecr-public", client_config())
        report = drain_repository(PublicRepository(client, "team/app"))
        client.close()
        assert server.state().images == 0
    assert (report.registry, report.empty, report.deleted) == ("public", True, 1_100)
    assert set(report.calls) == {"DescribeImages", "BatchDeleteImage"}


def test_a_client_that_repeats_calls_by_itself_works_as_well() -> None:
    """The SDK's own retries hide throttles from the pacer; the drain still ends empty."""
    with start("single", 2_000, rate=20, burst=10) as server:
        client = server.client("ecr", Config(retries={"mode": "standard", "max_attempts": 8}))
        report = drain_repository(PrivateRepository(client, "lab"), concurrency=4)
        client.close()
        assert server.state().images == 0
    assert report.empty
    assert report.deleted == 2_000


@pytest.mark.parametrize("made", [DescribingRepository, PrivateRepository])
def test_a_repository_that_does_not_exist_is_empty(
    made: Callable[..., PrivateRepository],
) -> None:
    """There is nothing to drain: no error."""
    with start() as server:
        client = server.client("ecr", client_config())
        report = drain_repository(made(client, "gone", "123456789012"))
        client.close()
    assert report.empty
    assert report.error is None
    assert report.registry_id == "123456789012"
