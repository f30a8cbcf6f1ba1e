"""ECR's calls, made to the strict ECR server in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.engine import (
    CONCURRENCY,
    DescribingRepository,
    Page,
    PrivateRepository,
    PublicRepository,
    client_config,
    described,
    repository,
)
from ecrdrain.engine.repository import refusals
from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecr import ECRClient

ACCOUNT = "123456789012"


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


def of_all(page: Page) -> tuple[int, int]:
    """Return how many rows a page has, and how many of them lead."""
    return len(page.rows), sum(leads for _, leads in page.rows)


def test_archived_images_are_listed_and_those_with_tags_lead(client: ECRClient) -> None:
    """All twelve are there, six of them with a tag; each part can be listed alone."""
    private = PrivateRepository(client, "lab", ACCOUNT)
    assert of_all(private.page(None)) == (12, 6)
    assert of_all(private.page(None, "TAGGED")) == (6, 6)
    assert of_all(private.page(None, "UNTAGGED")) == (6, 0)
    assert (private.registry_id, private.region) == (ACCOUNT, "us-east-1")


def test_kinds_tell_which_images_are_indexes(client: ECRClient) -> None:
    """Two of the six without a tag are; without being asked for kinds it lists as ever."""
    describing = DescribingRepository(client, "lab")
    assert describing.kinds_operation == "DescribeImages"
    assert of_all(describing.page(None, "UNTAGGED", kinds=True)) == (6, 2)
    assert of_all(describing.page(None, kinds=True)) == (12, 2)
    assert of_all(describing.page(None)) == (12, 6)


def test_an_sdk_from_before_archived_images_lists_them_all_the_same(
    client: ECRClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The filter is written into the request; kinds are not asked for then."""
    monkeypatch.setattr(repository, "knows_image_status", lambda _client, _name: False)
    monkeypatch.setattr(described, "knows_image_status", lambda _client, _name: False)
    old = DescribingRepository(client, "lab")
    assert old.kinds_operation is None
    assert of_all(old.page(None)) == (12, 6)
    assert of_all(old.page(None, "UNTAGGED")) == (6, 0)


def test_pages_follow_each_other(server: StrictEcr, client: ECRClient) -> None:
    """A token leads to the next page, in either way of listing."""
    server.seed(repository="lab", topology="buildx", images=1_500)
    describing = DescribingRepository(client, "lab")
    for kinds in (False, True):
        first = describing.page(None, kinds=kinds)
        second = describing.page(first.token, kinds=kinds)
        assert (len(first.rows), len(second.rows), second.token) == (1_000, 500, None)


def test_deleting_tells_what_was_refused(client: ECRClient) -> None:
    """By digest, with ECR's code and reason."""
    describing = DescribingRepository(client, "lab")
    digests = [digest for digest, _ in describing.page(None, "UNTAGGED").rows]
    indexes = {d for d, leads in describing.page(None, "UNTAGGED", kinds=True).rows if leads}
    refused = describing.delete(digests)
    assert {each.digest for each in refused} == set(digests) - indexes
    assert {each.code for each in refused} == {"ImageReferencedByManifestList"}
    assert describing.delete(digests[:0] + [each.digest for each in refused]) == []


def test_the_public_registry_has_a_repository_of_its_own_kind() -> None:
    """It is listed by DescribeImages: indexes lead."""
    with StrictEcr.start(
        topology="buildx", images=1_005, service="ecr-public", in_process=True
    ) as server:
        client = server.client("ecr-public", client_config(2))
        public = PublicRepository(client, "lab", ACCOUNT)
        first = public.page(None)
        second = public.page(first.token)
        assert (len(first.rows), len(second.rows), second.token) == (1_000, 5, None)
        indexes = [digest for digest, leads in [*first.rows, *second.rows] if leads]
        assert len(indexes) == 201
        assert public.delete(indexes[:100]) == []
        client.close()
    assert PublicRepository(client, "lab").registry_id is None


def test_indexes_with_a_tag_come_before_those_without() -> None:
    """An index without a tag may be listed in another one."""
    page = described.described(
        {
            "imageDetails": [
                {"imageDigest": "a", "imageManifestMediaType": next(iter(described.INDEX_TYPES))},
                {"imageDigest": "b", "imageTags": ["x"]},
                {
                    "imageDigest": "c",
                    "imageTags": ["y"],
                    "imageManifestMediaType": next(iter(described.INDEX_TYPES)),
                },
            ]
        }
    )
    assert list(page.rows) == [("b", False), ("c", True), ("a", True)]
    assert page.token is None


def test_a_refusal_of_an_image_that_was_not_sent_is_held_against_all() -> None:
    """It could mean any of them: none is taken for gone."""
    refused = refusals([{"imageId": {"imageTag": "x"}, "failureCode": "Odd"}, {}], ["a", "b"])
    assert [(each.digest, each.code, each.reason) for each in refused] == [
        ("a", "Odd", ""),
        ("b", "Odd", ""),
    ]


def test_a_drains_client_makes_no_retries_and_has_a_connection_for_each_call() -> None:
    """The pacer repeats calls: it has to see each throttle."""
    config: Any = client_config(read_timeout=7)  # its stubs leave its settings out
    assert config.retries["total_max_attempts"] == 1
    assert (config.max_pool_connections, config.read_timeout) == (CONCURRENCY, 7)
