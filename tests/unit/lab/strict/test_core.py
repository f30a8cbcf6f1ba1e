"""The gates and faults that a call passes, without HTTP and on a clock of its own."""

import asyncio
import json
from typing import Any

import pytest

from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.strict.core import Core
from ecrdrain.lab.strict.errors import ConnectionLostError, SettingsError
from ecrdrain.lab.strict.registry import Order, Seed
from tests.unit.lab.strict.clock import Clock

TARGET = "AmazonEC2ContainerRegistry_V20150921"


class Server:
    """A core with a repository `lab`, called as a client calls it."""

    def __init__(self, **seed: Any) -> None:
        self.clock = Clock()
        self.core = Core(seed=seed.get("seed", 0), clock=self.clock)
        self.core.fill(Seed(**seed))

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """Answer one call; the repository is `lab` unless the request says otherwise."""
        body = json.dumps({"repositoryName": "lab", **request}).encode()
        return asyncio.run(self.core.answer(f"{TARGET}.{operation}", body))

    def refused(self, operation: str, **request: Any) -> EcrError:
        """Return the error that a call is answered with."""
        with pytest.raises(EcrError) as caught:
            self.call(operation, **request)
        return caught.value

    def digests(self) -> list[str]:
        """Return the digests of the first page, as listings show them."""
        rows = self.call("ListImages", maxResults=1000, filter={"imageStatus": "ANY"})
        return list(dict.fromkeys(row["imageDigest"] for row in rows["imageIds"]))

    def delete(self, *digests: str) -> dict[str, Any]:
        """Delete images by digest."""
        return self.call("BatchDeleteImage", imageIds=[{"imageDigest": name} for name in digests])

    def outcomes(self, operation: str) -> dict[str, int]:
        """Return how often the operation's calls ended how."""
        return self.core.state().calls[operation]


def _codes(answer: dict[str, Any]) -> list[str]:
    return [failure["failureCode"] for failure in answer["failures"]]


def test_calls_over_the_rate_are_throttled() -> None:
    """Past its burst an operation answers ThrottlingException until the bucket fills again."""
    server = Server()
    server.core.configure({"rate": {"ListImages": 2}, "burst": {"ListImages": 3}})
    for _ in range(3):
        server.call("ListImages")

    error = server.refused("ListImages")
    server.clock.now += 0.5
    server.call("ListImages")

    assert (error.code, error.status, error.message) == (
        "ThrottlingException",
        400,
        "Rate exceeded",
    )
    assert server.outcomes("ListImages") == {"ok": 4, "throttled": 1}


def test_each_operation_has_a_bucket_of_its_own() -> None:
    """One operation's calls do not use up another's rate."""
    server = Server()
    server.core.configure({"rate": 1})
    server.call("ListImages")

    server.call("DescribeImages")

    assert server.refused("ListImages").code == "ThrottlingException"


def test_the_rate_can_change_while_the_server_runs() -> None:
    """A new rate holds for the next call; a rate of 0 ends the throttling."""
    server = Server()
    server.core.configure({"rate": 1})
    server.call("ListImages")
    server.core.configure({"rate": 4})
    server.clock.now += 0.5
    server.call("ListImages")
    server.call("ListImages")
    assert server.refused("ListImages").code == "ThrottlingException"

    server.core.configure({"rate": 0})

    server.call("ListImages")


def test_a_wrong_setting_changes_nothing() -> None:
    """A configuration that is refused leaves the behaviour as it was, in all its settings."""
    server = Server()
    before = server.core.behaviour

    with pytest.raises(SettingsError):
        server.core.configure({"latency": 5, "rate": -1})

    assert server.core.behaviour == before


def test_access_is_denied_from_the_nth_call_on() -> None:
    """So many calls pass, all later ones are AccessDeniedException, other operations not."""
    server = Server()
    server.core.configure({"denied_from": {"ListImages": 3}})
    server.call("ListImages")
    server.call("ListImages")

    errors = [server.refused("ListImages") for _ in range(2)]

    assert [error.code for error in errors] == ["AccessDeniedException"] * 2
    assert "ecr:ListImages" in errors[0].message
    server.call("DescribeImages")
    assert server.outcomes("ListImages") == {"ok": 2, "denied": 2}


@pytest.mark.parametrize("body", [b"{", b'"text"', b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_cannot_be_read(body: bytes) -> None:
    """Broken JSON and JSON of another kind are a SerializationException."""
    server = Server()

    with pytest.raises(EcrError) as caught:
        asyncio.run(server.core.answer(f"{TARGET}.ListImages", body))

    assert caught.value.code == "SerializationException"
    assert server.outcomes("ListImages") == {"invalid": 1}


@pytest.mark.parametrize(
    "target", ["", "ListImages", "Nobody.ListImages", f"{TARGET}.StartImageScan", f"{TARGET}."]
)
def test_an_unknown_operation_is_named_with_those_there_are(target: str) -> None:
    """What the server does not serve is an UnknownOperationException that lists what it does."""
    with pytest.raises(EcrError, match=r"ecr: .*BatchDeleteImage.*; ecr-public: ") as caught:
        asyncio.run(Server().core.answer(target, b"{}"))

    assert caught.value.code == "UnknownOperationException"


def test_the_public_registry_has_no_list_images() -> None:
    """ListImages is an operation of the private registry alone."""
    with pytest.raises(EcrError) as caught:
        asyncio.run(Server().core.answer("SpencerFrontendService.ListImages", b"{}"))

    assert caught.value.code == "UnknownOperationException"


@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [("server-error", "ServerException", 500), ("unavailable", "ServiceUnavailable", 503)],
)
def test_a_server_fault_has_no_effect(fault: str, code: str, status: int) -> None:
    """An answer of 500 or 503 leaves the images where they are."""
    server = Server(images=3)
    digests = server.digests()
    server.core.configure({"faults": {"BatchDeleteImage": {fault: 1}}})

    error = server.refused("BatchDeleteImage", imageIds=[{"imageDigest": digests[0]}])

    assert (error.code, error.status) == (code, status)
    assert server.digests() == digests
    assert server.outcomes("BatchDeleteImage") == {fault: 1}


@pytest.mark.parametrize(("fault", "left"), [("closed-before", 3), ("closed-after", 2)])
def test_a_lost_connection_comes_before_or_after_the_effect(fault: str, left: int) -> None:
    """No answer comes either way; whether the image is gone is what tells them apart."""
    server = Server(images=3)
    digest = server.digests()[0]
    server.core.configure({"faults": {"BatchDeleteImage": {fault: 1}}})

    with pytest.raises(ConnectionLostError):
        server.delete(digest)

    assert len(server.digests()) == left
    assert server.outcomes("BatchDeleteImage") == {fault: 1}


def test_the_same_calls_are_hit_in_every_run() -> None:
    """Two servers with the same seed fail the same calls of the same operation."""

    def run(seed: int) -> list[str]:
        server = Server(seed=seed)
        server.core.configure({"faults": {"*": {"server-error": 0.5}}})
        results = []
        for _ in range(30):
            try:
                server.call("ListImages")
                results.append("ok")
            except EcrError as error:
                results.append(error.code)
        return results

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_a_fault_of_one_operation_replaces_the_common_ones() -> None:
    """An operation with faults of its own meets those alone."""
    server = Server()
    server.core.configure({"faults": {"*": {"unavailable": 1}, "ListImages": {}}})

    server.call("ListImages")

    assert server.refused("DescribeImages").code == "ServiceUnavailable"


def test_an_effect_takes_place_within_the_latency() -> None:
    """A call whose effect comes at its arrival has happened before it is answered."""
    server = Server(images=1)
    digest = server.digests()[0]
    body = json.dumps({"repositoryName": "lab", "imageIds": [{"imageDigest": digest}]}).encode()

    async def images_left_before_the_answer(effect_at: float) -> int:
        server.core.configure({"latency": 3600, "effect_at": effect_at})
        call = asyncio.create_task(server.core.answer(f"{TARGET}.BatchDeleteImage", body))
        for _ in range(5):
            await asyncio.sleep(0)
        assert not call.done()
        assert server.core.state().in_flight == 1
        left = server.core.state().images
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        return left

    assert asyncio.run(images_left_before_the_answer(1)) == 1
    assert asyncio.run(images_left_before_the_answer(0)) == 0
    assert server.outcomes("BatchDeleteImage") == {"aborted": 2}
    assert server.core.state().max_in_flight == 1


def test_calls_in_flight_are_counted() -> None:
    """Calls that wait out their latency at the same time are all in flight; the most is kept."""
    server = Server()
    server.core.configure({"latency": 0.001})

    async def four_at_once() -> None:
        body = b'{"repositoryName": "lab"}'
        await asyncio.gather(*(server.core.answer(f"{TARGET}.ListImages", body) for _ in range(4)))

    asyncio.run(four_at_once())
    server.call("ListImages")

    state = server.core.state()
    assert (state.max_in_flight, state.in_flight, state.count("ListImages", "ok")) == (4, 0, 5)


@pytest.mark.parametrize(("same_call", "deleted"), [("snapshot", 1), ("request-order", 5)])
def test_one_call_for_an_index_and_its_children_is_a_switch(same_call: str, deleted: int) -> None:
    """Under "snapshot" the children are refused, under "request-order" all go at once."""
    server = Server(topology="buildx", images=5, order=Order.PARENTS_FIRST)
    server.core.configure({"same_call": same_call})

    answer = server.delete(*server.digests())

    assert len(answer["imageIds"]) == deleted
    assert _codes(answer) == ["ImageReferencedByManifestList"] * (5 - deleted)


@pytest.mark.parametrize("name_parents", [True, False])
def test_whether_a_reason_names_the_parents_is_a_switch(name_parents: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The reason of a referenced image ends with its indexes, or says nothing of them."""
    server = Server(topology="untagged-indexes", images=3, order=Order.PUSH)
    child, _, index = server.digests()
    server.core.configure({"name_parents": name_parents})

    failure = server.delete(child)["failures"][0]

    said = "Requested image referenced by manifest list"
    assert failure["failureReason"] == (f"{said}: [{index}]" if name_parents else said)


@pytest.mark.parametrize(("referrers", "left"), [("stay", 2), ("go-with-subject", 0)])
def test_what_happens_to_referrers_is_a_switch(referrers: str, left: int) -> None:
    """When a subject goes, its signature and its SBOM stay, or go with it."""
    server = Server(topology="referrers", images=3, order=Order.PUSH)
    server.core.configure({"referrers": referrers})

    server.delete(server.digests()[0])

    assert len(server.digests()) == left
    assert server.core.state().repositories["ecr/lab"].deleted == 3 - left


@pytest.mark.parametrize("unknown_members", ["ignore", "reject"])
def test_what_happens_to_unknown_members_is_a_switch(unknown_members: str) -> None:
    """A member that the model does not know is ignored, or refused by name."""
    server = Server()
    server.core.configure({"unknown_members": unknown_members})

    if unknown_members == "ignore":
        server.call("ListImages", maxResult=5)
    else:
        error = server.refused("ListImages", maxResult=5)
        assert error.code == "InvalidParameterException"
        assert "maxResult" in error.message


def test_injected_failures_come_beside_real_ones() -> None:
    """One call answers for each id: refused by the lab, refused by ECR's rules, or deleted."""
    server = Server(images=3)
    first, second, third = server.digests()
    server.core.configure({"image_failures": [{"code": "KmsError", "digests": [first]}]})

    answer = server.delete(first, second, "sha256:" + "0" * 64)

    assert [row["imageDigest"] for row in answer["imageIds"]] == [second]
    assert sorted(_codes(answer)) == ["ImageNotFound", "KmsError"]
    assert server.digests() == [name for name in (first, second, third) if name != second]


def test_a_call_whose_every_image_is_refused_deletes_nothing() -> None:
    """When the lab refuses all ids of a call, all are in its failures."""
    server = Server(images=2)
    digests = server.digests()
    server.core.configure({"image_failures": [{"code": "KmsError", "share": 1, "times": None}]})

    answer = server.delete(*digests)

    assert (answer["imageIds"], _codes(answer)) == ([], ["KmsError", "KmsError"])


def test_images_are_pushed_while_others_are_deleted() -> None:
    """After every so many deleted images new ones arrive, until the limit is reached."""
    server = Server(images=10)
    server.core.configure({"pushes": {"images": 2, "every": 5, "limit": 3}})
    digests = server.digests()

    server.delete(*digests[:4])
    assert len(server.digests()) == 6
    server.delete(digests[4])
    assert len(server.digests()) == 7
    while left := server.digests():
        server.delete(*left)

    state = server.core.state().repositories["ecr/lab"]
    assert (state.images, state.deleted, state.pushed_meanwhile) == (0, 13, 3)


def test_images_pushed_meanwhile_have_the_topology_of_the_others() -> None:
    """A repository of buildx pushes grows by whole buildx pushes."""
    server = Server(topology="buildx", images=5, order=Order.PARENTS_FIRST)
    server.core.configure({"pushes": {"images": 1, "every": 1, "limit": 1}})

    server.delete(server.digests()[0])

    assert server.core.state().repositories["ecr/lab"].pushed_meanwhile == 5
    assert len(server.digests()) == 9


@pytest.mark.parametrize(
    ("order", "index_first"), [(Order.PUSH, False), (Order.PARENTS_FIRST, True)]
)
def test_listings_follow_the_order_asked_for(
    order: Order,
    index_first: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """In push order each index follows its children, parents first it stands before them."""
    server = Server(topology="untagged-indexes", images=300, order=order)
    details = server.call("DescribeImages", maxResults=1000)["imageDetails"]

    indexes = [
        number
        for number, detail in enumerate(details)
        if "manifest.list" in detail["imageManifestMediaType"]
    ]

    assert indexes == list(range(0 if index_first else 2, 300, 3))


def test_the_shuffled_order_mixes_indexes_with_their_children() -> None:
    """Shuffled, the first tenth of a listing holds indexes and children, by no pattern."""
    server = Server(topology="untagged-indexes", images=300)
    details = server.call("DescribeImages", maxResults=30)["imageDetails"]

    indexes = sum("manifest.list" in detail["imageManifestMediaType"] for detail in details)

    assert 0 < indexes < 30
    digests = [detail["imageDigest"] for detail in details]
    assert digests == sorted(digests)


def test_counts_can_start_again() -> None:
    """After a reset earlier calls are forgotten, in number and at once."""
    server = Server()
    server.call("ListImages")
    server.core.configure({"denied_from": {"ListImages": 2}})

    server.core.reset_counts()

    assert server.core.state().calls == {}
    server.call("ListImages")
    assert server.core.state().count() == 1


def test_a_repository_name_has_to_be_one() -> None:
    """A seed with a name that ECR would refuse is refused, with ECR's own words."""
    with pytest.raises(SettingsError, match="repositoryName"):
        Server(repository="Not A Name")
