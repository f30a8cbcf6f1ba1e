"""The SDK's calls, counted and stopped try by try, on the strict ECR server in this process."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.retries.bucket import TokenBucket

from ecrdrain.engine import (
    CONCURRENCY,
    Limits,
    PrivateRepository,
    Report,
    client_config,
    drain_repository,
)
from ecrdrain.engine.calls import AT_ONCE, ATTEMPTS, CallFailed, Calls, watch
from ecrdrain.engine.limits import Halted
from ecrdrain.lab.strict import Fault, StrictEcr
from tests.unit.engine.registry import digest_of

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient


def start(images: int = 0, **behaviour: Any) -> StrictEcr:
    """Start a server in a thread."""
    return StrictEcr.start(images=images, in_process=True, **behaviour)


def drained(server: StrictEcr, config: Config | None = None, **limits: Any) -> Report:
    """Drain the server's repository, and check that each try is counted as the server saw it."""
    client = server.client("ecr", config or client_config(4))
    report = drain_repository(PrivateRepository(client, "lab"), 4, Limits(**limits))
    client.close()
    state = server.state()
    assert state.in_flight == 0
    assert report.calls == {name: sum(outcomes.values()) for name, outcomes in state.calls.items()}
    assert report.throttled == state.count(outcome="throttled")
    return report


def all_throttled(images: int = 1) -> StrictEcr:
    """Start a server that throttles every call from now on."""
    server = start(images, rate=1e-9, burst=1)
    client = server.client("ecr")
    client.list_images(repositoryName="lab")
    client.batch_delete_image(repositoryName="lab", imageIds=[{"imageDigest": digest_of(0)}])
    client.close()
    server.reset_counts()
    return server


def list_images(calls: Calls, client: ECRClient) -> tuple[Any, bool]:
    """List the server's repository as a call of a drain."""
    return calls.make("ListImages", lambda: client.list_images(repositoryName="lab"))


def list_all(calls: Calls, server: StrictEcr, config: Config | None = None) -> tuple[Any, bool]:
    """The same, with a client that is watched."""
    client = server.client("ecr", config or client_config(1))
    watch(client)
    try:
        return list_images(calls, client)
    finally:
        client.close()


def test_a_drains_client_finds_its_own_pace_and_has_a_connection_for_each_call() -> None:
    """Tries of a call and the time for an answer are bounded."""
    config: Any = client_config(read_timeout=7)  # its stubs leave its settings out
    assert config.retries == {"mode": "adaptive", "total_max_attempts": ATTEMPTS}
    assert (config.max_pool_connections, config.read_timeout) == (CONCURRENCY + AT_ONCE, 7)


def test_a_call_is_counted_and_its_answer_returned() -> None:
    """One try, and nothing that nobody has heard of."""
    with start(3) as server:
        calls = Calls(Limits())
        answer, unheard = list_all(calls, server)
    assert len(answer["imageIds"]) == 3
    assert (dict(calls.sent), calls.throttled, unheard) == ({"ListImages": 1}, 0, False)


@pytest.mark.usefixtures("quick_sdk")
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.SERVER_ERROR, "ServerException"),
        (Fault.UNAVAILABLE, "ServiceUnavailable"),
        (Fault.CLOSED_BEFORE, "ConnectionClosedError"),
        (Fault.CLOSED_AFTER, "ConnectionClosedError"),
    ],
)
def test_a_call_that_fails_for_the_moment_is_repeated_and_each_try_counted(
    fault: Fault, code: str
) -> None:
    """When the last try has failed, too, its error is the call's; it may have had an effect."""
    with start(1, faults={"*": {fault: 1}}) as server:
        calls = Calls(Limits())
        with pytest.raises(CallFailed, match=f"^{code}: ") as failed:
            list_all(calls, server)
        assert server.state().count("ListImages", fault) == ATTEMPTS
    assert calls.sent == {"ListImages": ATTEMPTS}
    assert (failed.value.error.operation, failed.value.error.code) == ("ListImages", code)
    assert failed.value.error.passing
    assert failed.value.unheard


@pytest.mark.usefixtures("quick_sdk")
def test_a_call_that_is_only_throttled_has_had_no_effect() -> None:
    """Each throttle is counted; after the last try the call has failed."""
    with all_throttled() as server:
        calls = Calls(Limits())
        with pytest.raises(CallFailed) as failed:
            list_all(calls, server)
    assert (calls.sent, calls.throttled) == ({"ListImages": ATTEMPTS}, ATTEMPTS)
    assert failed.value.error.throttled
    assert not failed.value.unheard


def test_a_refused_call_is_not_repeated_and_has_had_no_effect() -> None:
    """A denial is AWS's answer."""
    with start(1, denied_from={"ListImages": 1}) as server:
        calls = Calls(Limits())
        with pytest.raises(CallFailed) as failed:
            list_all(calls, server)
    assert (calls.sent, failed.value.error.denied) == ({"ListImages": 1}, True)
    assert not failed.value.unheard


def test_a_call_that_the_sdk_refuses_is_not_sent() -> None:
    """It fails with the class of the SDK's error, and is not counted."""
    with start(1) as server:
        calls, client = Calls(Limits()), server.client("ecr", client_config(1))
        watch(client)
        broken: Any = client
        with pytest.raises(CallFailed) as failed:
            calls.make("ListImages", broken.list_images)
        client.close()
        assert server.state().count() == 0
    assert (calls.sent, failed.value.error.code) == ({}, "ParamValidationError")
    assert not failed.value.error.passing


@pytest.mark.usefixtures("quick_sdk")
def test_what_one_call_did_not_hear_is_not_held_against_the_next() -> None:
    """Each call of a thread begins anew."""
    with start(1, faults={"*": {Fault.SERVER_ERROR: 1}}) as server:
        calls = Calls(Limits())
        with pytest.raises(CallFailed):
            list_all(calls, server)
        server.configure(faults={})
        assert list_all(calls, server)[1] is False


@pytest.mark.usefixtures("quick_sdk")
def test_an_answer_that_came_at_a_second_try_tells_that_the_first_was_not_heard() -> None:
    """A call that succeeds after a loss says so, one that succeeds at once does not."""
    heard = set()
    with start(1, faults={"ListImages": {Fault.CLOSED_AFTER: 0.4}}) as server:
        for _ in range(20):
            calls = Calls(Limits())
            _, unheard = list_all(calls, server)
            assert unheard is (calls.sent["ListImages"] > 1)
            heard.add(unheard)
    assert heard == {True, False}


def test_other_calls_of_a_watched_client_are_not_counted() -> None:
    """A client of the user's may do other things; several watch it but once."""
    with start(1) as server:
        calls, client = Calls(Limits()), server.client("ecr", client_config(1))
        watch(client)
        watch(client)
        list_images(calls, client)
        client.list_images(repositoryName="lab")
        client.close()
        assert server.state().count() == 2
    assert calls.sent == {"ListImages": 1}


@pytest.mark.parametrize("reason", ["interrupt", "deadline"])
def test_no_call_is_sent_once_it_is_over(reason: str) -> None:
    """The call says why; it is no error of AWS."""
    with start(1) as server:
        limits = Limits(0.0) if reason == "deadline" else Limits()
        if reason == "interrupt":
            limits.stop.set()
        calls = Calls(limits)
        with pytest.raises(Halted) as halted:
            list_all(calls, server)
        assert server.state().count() == 0
    assert (str(halted.value), halted.value.unheard) == (reason, False)
    assert calls.sent == {}


@pytest.mark.parametrize("mode", ["adaptive", "standard", "legacy"])
def test_a_call_that_waits_to_be_repeated_is_not_sent_once_it_is_over(
    mode: str, quick_sdk: None
) -> None:
    """Whatever the SDK's way of repeating: it tells that the first try may have had an effect."""
    del quick_sdk
    limits = Limits()
    retries: Any = {"mode": mode, "max_attempts": 5}
    with start(1, faults={"*": {Fault.CLOSED_AFTER: 1}}) as server:
        client = server.client("ecr", Config(retries=retries))
        watch(client)
        client.meta.events.register("response-received", lambda **_: limits.stop.set())
        calls = Calls(limits)
        with pytest.raises(Halted) as halted:
            list_images(calls, client)
        client.close()
        assert server.state().count() == 1
    assert (str(halted.value), halted.value.unheard) == ("interrupt", True)
    assert calls.sent == {"ListImages": 1}


@pytest.mark.usefixtures("quick_sdk")
def test_a_call_that_waits_for_its_turn_is_not_sent_once_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The SDK holds it back after a throttle; when its turn comes, nobody wants it any more."""
    limits = Limits()
    turns: list[str] = []

    def acquire(bucket: TokenBucket, amount: int = 1, block: bool = True) -> bool:  # noqa: FBT001, FBT002 - botocore's own
        del bucket, amount, block
        turns.append("come")
        limits.stop.set()
        return True

    monkeypatch.setattr(TokenBucket, "acquire", acquire)
    with all_throttled() as server:
        calls = Calls(limits)
        with pytest.raises(Halted) as halted:
            list_all(calls, server)
        assert server.state().count() == 1
    assert turns == ["come"]
    assert not halted.value.unheard
    assert (calls.sent, calls.throttled) == ({"ListImages": 1}, 1)


# The same, seen from a whole drain.


def test_a_listing_beside_all_deletions_has_a_connection_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No connection is thrown away: each that is opened anew takes time, and is logged."""
    together = threading.Barrier(3)
    # The second page is listed while the last images of the first are deleted.
    turns = {
        "ListImages": iter([False, True]),
        "BatchDeleteImage": iter([False] * 8 + [True, True]),
    }

    def meet(event_name: str, **_: object) -> None:
        if next(turns[event_name.rpartition(".")[2]], False):
            together.wait(20)

    with start(4_000, latency=0.05) as server:
        client = server.client("ecr", client_config(2))
        client.meta.events.register("before-send", meet)
        report = drain_repository(PrivateRepository(client, "lab"), 2, Limits())
        client.close()
    assert report.empty
    assert caplog.messages == []


@pytest.mark.usefixtures("quick_sdk")
def test_a_drain_with_lost_answers_counts_each_image_once() -> None:
    """What a lost try deleted is not found by the next one: the drain has deleted it."""
    with start(1_500, faults={"BatchDeleteImage": {Fault.CLOSED_AFTER: 0.4}}) as server:
        report = drained(server)
        assert server.state().count("BatchDeleteImage", Fault.CLOSED_AFTER) > 0
    assert (report.empty, report.deleted, report.left) == (True, 1_500, 0)


@pytest.mark.usefixtures("quick_sdk")
def test_a_drain_counts_throttles() -> None:
    """Those of all its calls together: the server admits one call in a hundredth of a second."""
    with start(1_500, rate=100, burst=1) as server:
        report = drained(server)
    assert (report.empty, report.deleted) == (True, 1_500)
    assert report.throttled > 0


@pytest.mark.usefixtures("quick_sdk")
@pytest.mark.parametrize("how", ["interrupt", "deadline"])
def test_a_drain_that_is_over_while_its_calls_wait_sends_nothing_more(
    how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four calls wait for their turn in the SDK: none is sent, and their images are left."""
    moment = [0.0]
    limits = Limits(5.0, clock=lambda: moment[0])

    def acquire(bucket: TokenBucket, amount: int = 1, block: bool = True) -> bool:  # noqa: FBT001, FBT002 - botocore's own
        del bucket, amount, block
        if how == "interrupt":
            limits.stop.set()
        else:
            moment[0] = 6.0
        return True

    monkeypatch.setattr(TokenBucket, "acquire", acquire)
    with all_throttled(1_000) as server:
        server.configure(rate={"BatchDeleteImage": 1e-9})
        client = server.client("ecr", client_config(4))
        report = drain_repository(PrivateRepository(client, "lab"), 4, limits)
        client.close()
        state = server.state()
    assert report.stopped == how
    assert 1 <= state.count("BatchDeleteImage") <= 4, "each thread's first try"
    assert report.calls["BatchDeleteImage"] == report.throttled == state.count("BatchDeleteImage")
    assert (report.deleted, report.left, state.images) == (0, 1_000, 1_000)


def test_an_interrupt_with_unheard_calls_claims_nothing_of_their_images(quick_sdk: None) -> None:
    """The first tries took effect, were lost, and no second try was sent."""
    del quick_sdk
    stop = threading.Event()
    with start(1_000, faults={"BatchDeleteImage": {Fault.CLOSED_AFTER: 1}}) as server:
        client = server.client("ecr", client_config(1))
        client.meta.events.register(
            "response-received.ecr.BatchDeleteImage", lambda **_: stop.set()
        )
        report = drain_repository(PrivateRepository(client, "lab"), 1, Limits(stop=stop))
        client.close()
        assert server.state().images == 900
    assert (report.stopped, report.deleted, report.left) == ("interrupt", 0, 900)
    assert report.calls == {"ListImages": 1, "BatchDeleteImage": 1}


@pytest.mark.usefixtures("quick_sdk")
@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_a_client_without_our_settings_drains_as_well(mode: str) -> None:
    """It finds no pace, and its calls fail sooner; the drain goes on until all is gone."""
    retries: Any = {"mode": mode, "max_attempts": 5}
    faults = {"*": {Fault.SERVER_ERROR: 0.1, Fault.CLOSED_AFTER: 0.1}}
    with start(2_000, faults=faults) as server:
        report = drained(server, Config(retries=retries))
    assert (report.empty, report.deleted) == (True, 2_000)


def test_a_mistake_in_the_program_is_no_error_of_aws() -> None:
    """It is raised as it is, and the thread is free for the next call."""
    calls = Calls(Limits())
    with pytest.raises(ZeroDivisionError):
        calls.make("ListImages", lambda: 1 // 0)
    assert calls.make("ListImages", lambda: digest_of(1)) == (digest_of(1), False)
