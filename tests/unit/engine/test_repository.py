"""ECR's calls, made to the strict ECR server in this process."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ParamValidationError

from ecrdrain.engine import (
    Failure,
    Limits,
    Page,
    PrivateRepository,
    PublicRepository,
    Row,
    client_config,
    drain_repository,
)
from ecrdrain.engine.public import INDEX_TYPES, described_row
from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecr import ECRClient

ACCOUNT = "123456789012"
INDEX = min(INDEX_TYPES)


@pytest.fixture
def server() -> Iterator[StrictEcr]:
    """A server with 2 x 6 images: active, archived, activating, and an archived index of two."""
    with StrictEcr.start(topology="archived", images=12, in_process=True) as running:
        yield running


@pytest.fixture
def client(server: StrictEcr) -> Iterator[ECRClient]:
    """A client of it."""
    client = server.client("ecr", client_config(4))
    yield client
    client.close()


def phases(page: Page) -> Counter[int]:
    """Return how many rows of each phase a page has."""
    return Counter(row.phase for row in page.rows)


def test_archived_images_are_listed_and_those_with_tags_go_first(client: ECRClient) -> None:
    """All twelve are there, six of them with a tag."""
    private = PrivateRepository(client, "lab", ACCOUNT)
    assert phases(private.page(None)) == {0: 6, 1: 6}
    assert (private.registry_id, private.registry_region, private.name) == (
        ACCOUNT,
        "us-east-1",
        "lab",
    )
    assert (private.listing, private.first, private.list_operation) == (None, None, "ListImages")


def test_an_sdk_from_before_archived_images_lists_them_all_the_same(
    client: ECRClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model does not know the filter's member; it is written into the finished request."""
    model: Any = client.meta.service_model
    shapes = model._shape_resolver._shape_map
    monkeypatch.delitem(shapes["ListImagesFilter"]["members"], "imageStatus")
    with pytest.raises(ParamValidationError):
        client.list_images(repositoryName="lab", filter={"imageStatus": "ANY"})
    old = PrivateRepository(client, "lab")
    PrivateRepository(client, "another")
    assert phases(old.page(None)) == {0: 6, 1: 6}
    report = drain_repository(old, 2, Limits())
    assert (report.empty, report.deleted) == (True, 12)


@pytest.mark.parametrize("topology", ["single", "buildx"])
def test_pages_follow_each_other_each_in_the_order_of_digests(
    server: StrictEcr, client: ECRClient, topology: str
) -> None:
    """A token leads to the next page; pushed children before their index, they are mixed."""
    server.seed(repository="lab", topology=topology, images=1_500, order="push")
    private = PrivateRepository(client, "lab")
    first = private.page(None)
    second = private.page(first.token)
    assert (len(first.rows), len(second.rows), second.token) == (1_000, 500, None)
    assert first.rows == sorted(first.rows)
    assert len({row.digest for row in first.rows + second.rows}) == 1_500


def test_deleting_tells_what_was_refused(client: ECRClient) -> None:
    """By digest, with ECR's code and reason."""
    private = PrivateRepository(client, "lab")
    digests = [row.digest for row in private.page(None).rows if row.phase]
    refused = private.delete(digests)
    assert len(refused) == 4
    assert {each.code for each in refused} == {"ImageReferencedByManifestList"}
    assert all(each.reason.startswith("Requested image referenced") for each in refused)
    assert private.delete([each.digest for each in refused]) == []
    assert phases(private.page(None)) == {0: 6}


@pytest.mark.usefixtures("server")
def test_the_public_registry_has_a_repository_of_its_own_kind() -> None:
    """DescribeImages lists it, all at once: tagged indexes first, their images last."""
    with StrictEcr.start(
        topology="buildx", images=1_005, service="ecr-public", in_process=True
    ) as server:
        client = server.client("ecr-public", client_config(2))
        public = PublicRepository(client, "lab", ACCOUNT)
        first = public.page(None)
        second = public.page(first.token)
        assert phases(first) + phases(second) == {0: 201, 2: 804}
        assert (len(second.rows), second.token) == (5, None)
        report = drain_repository(public, 4, Limits())
        client.close()
    assert (report.registry, report.registry_id, report.deleted) == ("public", ACCOUNT, 1_005)
    assert set(report.calls) == {"DescribeImages", "BatchDeleteImage"}
    assert report.calls["BatchDeleteImage"] == 12, "three for the indexes, nine for the rest"
    assert PublicRepository(client, "lab").registry_id is None


@pytest.mark.parametrize(
    ("detail", "phase"),
    [
        ({"imageManifestMediaType": INDEX, "imageTags": ["v1"]}, 0),
        ({"imageManifestMediaType": INDEX}, 1),
        ({"imageManifestMediaType": INDEX, "imageTags": []}, 1),
        ({"imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json"}, 2),
        ({"imageTags": ["v1"]}, 2),
    ],
)
def test_indexes_with_a_tag_go_before_those_without_and_these_before_all_else(
    detail: dict[str, Any], phase: int
) -> None:
    """An index without a tag may be listed in another one."""
    assert described_row({"imageDigest": "a", **detail}) == Row("a", phase)


def deleting(monkeypatch: pytest.MonkeyPatch, client: ECRClient, answer: object) -> Any:
    """Return a repository whose deletions are answered so."""
    monkeypatch.setattr(client, "batch_delete_image", lambda **_: answer)
    return PrivateRepository(client, "lab").delete


def test_a_refusal_of_an_image_that_was_not_sent_is_held_against_all(
    client: ECRClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could mean any of them: none is taken for gone."""
    answer = {"failures": [{"imageId": {"imageTag": "x"}, "failureCode": "Odd"}, {}]}
    assert deleting(monkeypatch, client, answer)(["a", "b"]) == [
        Failure("a", "Odd", ""),
        Failure("b", "Odd", ""),
    ]


def test_what_an_answer_does_not_name_was_not_refused(
    client: ECRClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer without failures refuses nothing; a refusal without a code has an unknown one."""
    assert deleting(monkeypatch, client, {})(["a"]) == []
    answer = {"failures": [{"imageId": {"imageDigest": "b"}}]}
    assert deleting(monkeypatch, client, answer)(["a", "b"]) == [Failure("b", "Unknown", "")]


def test_other_listings_of_the_same_client_stay_as_they_are(client: ECRClient) -> None:
    """The caller's own client is not made to list archived images everywhere."""
    PrivateRepository(client, "lab").page(None)
    assert len(client.list_images(repositoryName="lab")["imageIds"]) < 12
    tagged = client.list_images(repositoryName="lab", filter={"tagStatus": "TAGGED"})
    assert all("imageTag" in row for row in tagged["imageIds"])
