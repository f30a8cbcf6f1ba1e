"""Drains of repositories on the strict ECR server, when not all goes well."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.engine import (
    CONCURRENCY,
    Deleted,
    Event,
    Limits,
    PrivateRepository,
    PublicRepository,
    Report,
    client_config,
    drain_repositories,
    drain_repository,
    ignore,
)
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import (
    TOPOLOGIES,
    Fault,
    ImageFailures,
    Pushes,
    Referrers,
    StrictEcr,
)

if TYPE_CHECKING:
    from botocore.config import Config

    from ecrdrain.engine import OnEvent

FIVE_PERCENT_OF_EACH = {"*": dict.fromkeys(Fault, 0.05)}


def drained(
    server: StrictEcr,
    limits: Limits | None = None,
    on_event: OnEvent = ignore,
    config: Config | None = None,
) -> Report:
    """Drain the server's repository and check the report against what the server has seen."""
    client = server.client("ecr", config or client_config(16))
    repository = PrivateRepository(client, "lab")
    report = drain_repository(repository, 16, limits or Limits(), on_event)
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


@pytest.mark.usefixtures("quick_sdk")
@pytest.mark.parametrize("same_call", SameCall)
@pytest.mark.parametrize("topology", sorted(TOPOLOGIES))
def test_every_topology_ends_empty_with_five_percent_of_each_fault(
    topology: str, same_call: SameCall
) -> None:
    """Server errors, 503s and connections lost before and after the effect: nothing is left."""
    faults: Any = FIVE_PERCENT_OF_EACH
    with start(topology, 1_500, faults=faults, latency=0.002, same_call=same_call) as server:
        report = drained(server)
    assert report.empty
    assert report.deleted == 1_500


@pytest.mark.usefixtures("quick_sdk")
def test_throttles_faults_stubborn_images_and_pushes_all_at_once() -> None:
    """Whatever comes together, the drain ends empty, and counts every image once."""
    with start(
        "mixed",
        2_000,
        faults=FIVE_PERCENT_OF_EACH,
        rate=100,
        burst=1,
        image_failures=(ImageFailures(code="KmsError", share=0.05),),
        pushes=Pushes(images=5, every=200, limit=50),
    ) as server:
        report = drained(server)
        pushed = server.state().repositories["ecr/lab"].pushed_meanwhile
    assert report.empty
    assert report.throttled > 0
    assert pushed >= 50
    assert report.deleted == 2_000 + pushed


def test_images_that_ecr_deletes_along_with_others_do_not_count() -> None:
    """Should a subject take its referrers with it, the drain has not deleted those."""
    with start("referrers", 1_500, referrers=Referrers.GO_WITH_SUBJECT) as server:
        client = server.client("ecr", client_config(4))
        report = drain_repository(PrivateRepository(client, "lab"), 4, Limits())
        client.close()
        assert server.state().images == 0
    assert (report.empty, report.left) == (True, 0)
    assert 500 <= report.deleted <= 1_500


def test_few_calls_are_throttled_at_an_unknown_limit() -> None:
    """At twenty calls a second, with a burst of twenty, the SDK finds its pace."""
    with start("single", 12_000, rate=20, latency=0.05) as server:
        report = drained(server)
    assert report.empty
    assert report.throttled <= 0.2 * sum(report.calls.values())


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
        client = server.client("ecr", client_config(4))
        paused: list[float] = []

        class Noted(Limits):
            def pause(self, seconds: float) -> None:
                paused.append(seconds)

        report = drained(server, Noted())
        client.close()
    assert report.failure_codes == {"ImageInaccessible": 1, "ImageReferencedByManifestList": 2}
    assert (report.deleted, report.left, report.left_exact) == (297, 3, True)
    named = [each.digest for each in report.failures if each.code == "ImageInaccessible"]
    assert named == [index]
    assert paused == [1.0, 2.0]


@pytest.mark.parametrize("after", [0, 700, 2_500])
def test_an_interrupt_finishes_what_is_in_flight_and_counts_it(after: int) -> None:
    """Nothing is in flight afterwards, and the count is the server's."""
    stop = threading.Event()
    deleted = 0

    def hear(event: Event) -> None:
        nonlocal deleted
        if isinstance(event, Deleted):
            deleted += event.deleted
        if deleted >= after:
            stop.set()

    with start("buildx", 5_000, latency=0.05) as server:
        report = drained(server, Limits(stop=stop), hear)
        held = server.state().repositories["ecr/lab"]
    assert report.stopped == "interrupt"
    assert report.deleted == held.deleted < 5_000
    assert report.left <= held.images
    assert report.left > 0 or after == 0, "nothing was listed yet"


def test_what_an_interrupted_drain_has_left_another_finishes() -> None:
    """The state of a drain is the repository itself: run it again, and it goes on."""
    stop = threading.Event()

    def hear(event: Event) -> None:
        if isinstance(event, Deleted):
            stop.set()

    with start("buildx", 2_000, latency=0.02) as server:
        first = drained(server, Limits(stop=stop), hear)
        server.reset_counts()
        client = server.client("ecr", client_config())
        second = drain_repository(PrivateRepository(client, "lab"), CONCURRENCY, Limits())
        client.close()
    assert second.empty
    assert first.deleted + second.deleted == 2_000


def test_drains_side_by_side_share_their_calls_in_flight() -> None:
    """Four drains have no more deletions in flight than one may have, and a listing each."""
    with start("buildx", 1_500, repository="lab", latency=0.02) as server:
        names = ["lab", "one", "two", "three"]
        for name in names[1:]:
            server.seed(repository=name, topology="buildx", images=1_500)
        client = server.client("ecr", client_config(6))
        reports = drain_repositories(
            [PrivateRepository(client, name) for name in names], concurrency=6
        )
        client.close()
        state = server.state()
    assert [report.repository for report in reports] == names
    assert all(report.empty and report.deleted == 1_500 for report in reports)
    assert state.images == 0
    assert state.max_in_flight <= 6 + len(names)


def test_each_of_several_drains_with_one_client_counts_its_own_calls() -> None:
    """Together they are the server's."""
    with start("single", 1_200) as server:
        server.seed(repository="two", images=300)
        client = server.client("ecr", client_config(4))
        reports = drain_repositories(
            [PrivateRepository(client, name) for name in ("lab", "two")], concurrency=4
        )
        client.close()
        state = server.state()
    assert [report.calls["BatchDeleteImage"] for report in reports] == [12, 3]
    assert sum(sum(report.calls.values()) for report in reports) == state.count()


def test_a_repository_of_the_public_registry_is_drained_too() -> None:
    """It has no ListImages: DescribeImages lists it, indexes first."""
    with start("buildx", 1_100, service="ecr-public", repository="team/app") as server:
        client = server.client("ecr-public", client_config())
        report = drain_repository(PublicRepository(client, "team/app"), 8, Limits())
        client.close()
        assert server.state().images == 0
    assert (report.registry, report.empty, report.deleted) == ("public", True, 1_100)
    assert set(report.calls) == {"DescribeImages", "BatchDeleteImage"}
    assert report.calls["BatchDeleteImage"] == 12


def test_a_repository_that_does_not_exist_is_empty() -> None:
    """There is nothing to drain: no error."""
    with start() as server:
        client = server.client("ecr", client_config())
        repository = PrivateRepository(client, "gone", "123456789012")
        report = drain_repository(repository, 1, Limits())
        client.close()
    assert (report.empty, report.exists, report.error) == (True, False, None)
    assert report.registry_id == "123456789012"


@pytest.mark.usefixtures("quick_sdk")
def test_a_repository_that_is_deleted_meanwhile_is_empty() -> None:
    """Somebody forces its deletion after the first images have gone."""
    with start("buildx", 3_000, latency=0.01) as server:
        client = server.client("ecr", client_config(4))
        other = server.client("ecr")
        done = threading.Event()

        def hear(event: Event) -> None:
            if isinstance(event, Deleted) and not done.is_set():
                done.set()
                other.delete_repository(repositoryName="lab", force=True)

        report = drain_repository(PrivateRepository(client, "lab"), 4, Limits(), hear)
        client.close()
        other.close()
    assert (report.empty, report.exists, report.left, report.error) == (True, False, 0, None)
    assert 100 <= report.deleted < 3_000


CTRL_C = """
import sys
import boto3
from ecrdrain import client_config, drain, Deleted
client = boto3.client(
    "ecr", region_name="us-east-1", endpoint_url=sys.argv[1], config=client_config(4),
    aws_access_key_id="lab", aws_secret_access_key="lab",
)
deleted = 0
def hear(event):
    global deleted
    if isinstance(event, Deleted):
        deleted += event.deleted
        print("deleted", flush=True)
try:
    drain("lab", client=client, concurrency=4, on_event=hear)
except KeyboardInterrupt:
    print(deleted)
"""


@pytest.mark.once
def test_ctrl_c_in_a_program_ends_its_drain_with_nothing_in_flight() -> None:
    """KeyboardInterrupt reaches the program; what its listener heard is what the server did."""
    with StrictEcr.start(images=20_000, latency=0.05) as server:
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", CTRL_C, server.endpoint_url], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "deleted\n"
            os.kill(process.pid, signal.SIGINT)
            *_, deleted = process.stdout.read().split()
        state = server.state()
    assert process.returncode == 0
    assert state.in_flight == 0
    assert 0 < int(deleted) == state.repositories["ecr/lab"].deleted < 20_000
