"""Several repositories drained side by side, and the package's own ways in."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

import ecrdrain
from ecrdrain.engine import Deleted, Event, Report, drain_repositories
from ecrdrain.engine.calls import AT_ONCE
from ecrdrain.lab.strict import StrictEcr
from tests.unit.engine.registry import Registry, images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecrdrain.engine import OnEvent, Repository
    from tests.unit.engine.registry import Answer


def named(name: str, count: int) -> Registry:
    """Return a repository in memory."""
    registry = Registry(images(count))
    registry.name = name
    return registry


def test_reports_come_in_the_order_of_the_repositories_and_each_as_soon_as_it_is_there() -> None:
    """More of them than are drained at once."""
    names = [f"app{number}" for number in range(3 * AT_ONCE)]
    early: list[Report] = []
    reports = drain_repositories(
        [named(name, 150 + number) for number, name in enumerate(names)],
        concurrency=3,
        done=early.append,
    )
    assert [report.repository for report in reports] == names
    assert [report.deleted for report in reports] == [150 + each for each in range(len(names))]
    assert all(report.empty for report in reports)
    assert sorted(early, key=lambda each: each.repository) == sorted(
        reports, key=lambda each: each.repository
    )


def test_each_repository_has_its_own_listener() -> None:
    """What it hears adds up to that repository's report."""
    heard: dict[str, int] = {"one": 0, "two": 0}

    def listen(repository: Repository) -> OnEvent:
        def hear(event: Event) -> None:
            if isinstance(event, Deleted):
                heard[repository.name] += event.deleted

        return hear

    drain_repositories([named("one", 250), named("two", 130)], on_event=listen)
    assert heard == {"one": 250, "two": 130}


def test_deletions_of_all_of_them_together_are_no_more_than_may_be_in_flight() -> None:
    """Three threads delete in six repositories."""
    lock = threading.Lock()
    in_flight, most = 0, 0

    class Watched(Registry):
        def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
            nonlocal in_flight, most
            if operation != "BatchDeleteImage":
                return super().send(operation, work)
            with lock:
                in_flight += 1
                most = max(most, in_flight)
            answer = super().send(operation, work)
            with lock:
                in_flight -= 1
            return answer

    drain_repositories([Watched(images(600)) for _ in range(6)], concurrency=3)
    assert 1 <= most <= 3


def test_an_interrupt_and_a_deadline_stop_all_of_them() -> None:
    """Each says how far it came."""
    stop = threading.Event()
    stop.set()
    for reports, reason in (
        (drain_repositories([named("a", 1), named("b", 1)], stop=stop), "interrupt"),
        (drain_repositories([named("a", 1), named("b", 1)], deadline=0.0), "deadline"),
    ):
        assert [report.stopped for report in reports] == [reason, reason]
        assert [report.calls for report in reports] == [{}, {}]


def test_a_mistake_in_one_stops_the_others() -> None:
    """Its error is raised, and no call of the others starts behind its back."""
    begun = threading.Event()

    class Broken(Registry):
        def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
            del operation, work
            begun.wait(60)
            raise ZeroDivisionError

    class Slow(Registry):
        def send(self, operation: str, work: Callable[[], Answer]) -> Answer:
            answer = super().send(operation, work)
            if operation == "BatchDeleteImage":
                begun.set()
                stop.wait(60)
            return answer

    stop = threading.Event()
    slow = Slow(images(1_000))
    with pytest.raises(ZeroDivisionError):
        drain_repositories([slow, Broken(images(1))], concurrency=1, stop=stop)
    assert stop.is_set()
    assert len(slow.batches) == 1


# The package.


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictEcr]:
    """A registry that the environment leads to."""
    with StrictEcr.start(topology="buildx", images=250, in_process=True) as server:
        for service in ("ECR", "ECR_PUBLIC"):
            monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.endpoint_url)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "lab")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "lab")
        monkeypatch.delenv("AWS_PROFILE", raising=False)
        yield server


def test_the_package_drains_with_a_client_from_the_environment(environment: StrictEcr) -> None:
    """The report names the region; who listens hears of the progress."""
    heard: list[Event] = []
    report = ecrdrain.drain("lab", on_event=heard.append)
    assert (report.empty, report.deleted, report.region) == (True, 250, "eu-west-1")
    assert sum(event.deleted for event in heard if isinstance(event, Deleted)) == 250
    assert environment.state().images == 0
    report.raise_if_left()


def test_the_package_drains_a_public_repository_in_its_only_region(environment: StrictEcr) -> None:
    """Whatever the environment's region is."""
    environment.seed(repository="team/app", topology="buildx", images=50, service="ecr-public")
    report = ecrdrain.drain("team/app", public=True)
    assert (report.empty, report.deleted, report.registry) == (True, 50, "public")
    assert report.region == ecrdrain.PUBLIC_REGION == "us-east-1"


def test_the_package_drains_with_a_client_of_the_callers(environment: StrictEcr) -> None:
    """In the account that is named; a repository that may be missing is empty then."""
    client = environment.client("ecr", ecrdrain.client_config(2))
    report = ecrdrain.drain(
        "lab", client=client, registry_id="210987654321", missing_ok=True, concurrency=2
    )
    client.close()
    assert (report.exists, report.empty, report.deleted) == (False, True, 0)
    assert (report.registry_id, report.region) == ("210987654321", "us-east-1")
    assert environment.state().images == 250


@pytest.mark.usefixtures("environment")
def test_the_package_keeps_to_a_timeout_and_an_interrupt() -> None:
    """No call starts any more; what is left is said by raising."""
    stop = threading.Event()
    assert ecrdrain.drain("lab", timeout=0).stopped == "deadline"
    stop.set()
    report = ecrdrain.drain("lab", stop=stop, timeout=60)
    assert report.stopped == "interrupt"
    with pytest.raises(ecrdrain.DrainError, match=r"at least 0 left \(interrupt\)"):
        report.raise_if_left()
    assert [each.stopped for each in ecrdrain.drain_all(["lab"], timeout=0)] == ["deadline"]


def test_the_package_drains_several_repositories(environment: StrictEcr) -> None:
    """The reports come in the order of the names; each name has a listener of its own."""
    environment.seed(repository="two", images=120)
    listeners: list[str] = []

    def listen(name: str) -> OnEvent:
        listeners.append(name)
        return lambda _event: None

    reports = ecrdrain.drain_all(["two", "gone", "lab"], missing_ok=True, on_event=listen)
    assert [(each.repository, each.deleted, each.exists) for each in reports] == [
        ("two", 120, True),
        ("gone", 0, False),
        ("lab", 250, True),
    ]
    assert sorted(listeners) == ["gone", "lab", "two"]
    assert [each.deleted for each in ecrdrain.drain_all(["lab"])] == [0]
    assert environment.state().images == 0


def test_the_package_drains_several_public_repositories(environment: StrictEcr) -> None:
    """With one client from the environment."""
    for name in ("one", "two"):
        environment.seed(repository=name, images=3, service="ecr-public")
    reports = ecrdrain.drain_all(["one", "two"], public=True)
    assert [(each.registry, each.deleted) for each in reports] == [("public", 3)] * 2
