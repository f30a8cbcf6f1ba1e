"""Clients of the registry protocol meet ECR's rules too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import multi_platform_image, push, single_platform_image
from tests.integration.lab.registry_client import RegistryClient

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import BuiltImage, Lab


@pytest.fixture
def send(lab: Lab, repository: str) -> RegistryClient:
    """A registry client of the new repository."""
    return RegistryClient(lab, repository)


def _code(answer: tuple[int, bytes]) -> tuple[int, str]:
    status, body = answer
    return status, json.loads(body)["errors"][0]["code"]


def test_a_pushed_image_can_be_pulled(
    send: RegistryClient, ecr: ECRClient, repository: str
) -> None:
    """Manifests and blobs that came through ECR's API are there for registry clients."""
    index = multi_platform_image("pull")
    push(ecr, repository, index, tags=["t"])

    assert send("GET", "manifests/t") == (200, index.manifest)
    for child in index.children:
        assert send("GET", f"manifests/{child.digest}") == (200, child.manifest)
        for entry in json.loads(child.manifest)["layers"]:
            status, blob = send("GET", f"blobs/{entry['digest']}")
            assert (status, len(blob)) == (200, entry["size"])


def test_an_archived_image_cannot_be_pulled(
    send: RegistryClient, ecr: ECRClient, repository: str
) -> None:
    """Its manifest is unknown: status 404."""
    digest = push(ecr, repository, single_platform_image("archived"))
    before = send("GET", f"manifests/{digest}")[0]
    ecr.update_image_storage_class(
        repositoryName=repository, imageId={"imageDigest": digest}, targetStorageClass="ARCHIVE"
    )

    assert before == 200
    assert _code(send("GET", f"manifests/{digest}")) == (404, "MANIFEST_UNKNOWN")


def test_tags_are_listed_in_pages(send: RegistryClient, ecr: ECRClient, repository: str) -> None:
    """All tags by name, those after the last one seen, and no more than asked for."""
    push(ecr, repository, single_platform_image("tags"), tags=["c", "a", "b"])

    pages = [send("GET", f"tags/list{query}") for query in ("", "?n=2", "?last=b&n=2")]

    assert [json.loads(body)["tags"] for _, body in pages] == [["a", "b", "c"], ["a", "b"], ["c"]]


@pytest.mark.parametrize(
    ("image", "reference", "code"),
    [
        (multi_platform_image("absent"), "t", "MANIFEST_BLOB_UNKNOWN"),
        (single_platform_image("absent"), "t", "MANIFEST_BLOB_UNKNOWN"),
        (single_platform_image("absent"), "sha256:" + "0" * 64, "DIGEST_INVALID"),
    ],
    ids=["no children", "no layers", "wrong digest"],
)
def test_a_manifest_that_ecr_refuses_cannot_be_pushed(
    send: RegistryClient, image: BuiltImage, reference: str, code: str
) -> None:
    """Each of ECR's refusals has a code of the registry protocol."""
    answer = send("PUT", f"manifests/{reference}", image.manifest, image.media_type)

    assert _code(answer) == (400, code)


def test_a_manifest_can_be_pushed_again(
    send: RegistryClient, ecr: ECRClient, repository: str
) -> None:
    """The same image under the same tag is no error here, and another tag is added."""
    image = single_platform_image("again")
    push(ecr, repository, image, tags=["t"])

    for tag in ("t", "other"):
        assert send("PUT", f"manifests/{tag}", image.manifest, image.media_type) == (201, b"")
    assert send("PUT", f"manifests/{image.digest}", image.manifest, image.media_type)[0] == 201

    rows = ecr.list_images(repositoryName=repository)["imageIds"]
    assert [row["imageTag"] for row in rows] == ["other", "t"]


def test_no_manifest_is_refused(send: RegistryClient) -> None:
    """Bytes that are no manifest are MANIFEST_INVALID."""
    assert _code(send("PUT", "manifests/t", b"\xff{}")) == (400, "MANIFEST_INVALID")


def test_a_child_stays_while_its_index_is_there(
    send: RegistryClient, ecr: ECRClient, repository: str
) -> None:
    """Deleting it is UNSUPPORTED until the index has gone, and unknown once it has gone."""
    index = multi_platform_image("registry")
    push(ecr, repository, index, tags=["t"])
    child = f"manifests/{index.children[0].digest}"

    assert _code(send("DELETE", child)) == (405, "UNSUPPORTED")
    assert _code(send("DELETE", "manifests/t")) == (400, "UNSUPPORTED")
    assert send("DELETE", f"manifests/{index.digest}")[0] == 202
    assert send("DELETE", child)[0] == 202
    assert _code(send("DELETE", child)) == (404, "MANIFEST_UNKNOWN")


def test_an_unknown_repository_is_named(lab: Lab) -> None:
    """Its tags, and a manifest in it, are NAME_UNKNOWN."""
    send = RegistryClient(lab, "no/such")

    assert _code(send("GET", "tags/list")) == (404, "NAME_UNKNOWN")
    assert _code(send("GET", "manifests/t")) == (404, "NAME_UNKNOWN")
    assert _code(send("PUT", "manifests/t", b"{}")) == (404, "NAME_UNKNOWN")
