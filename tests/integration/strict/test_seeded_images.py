"""Seeded images are images like others, with boto3."""

import json
from typing import TYPE_CHECKING, Any

from tests.integration.strict.conftest import Start

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient


def _rows(ecr: "ECRClient", **request: Any) -> list[Any]:
    pages = ecr.get_paginator("list_images").paginate(repositoryName="lab", **request)
    return [row for page in pages for row in page["imageIds"]]


def test_listings_leave_archived_images_out_unless_asked(start: Start) -> None:
    """Without a filter only active images are listed; each status can be asked for."""
    ecr = start(topology="archived", images=12).client("ecr")
    counts = {
        status: len(_rows(ecr, filter={"imageStatus": status}))
        for status in ("ACTIVE", "ARCHIVED", "ACTIVATING", "ANY")
    }
    default = len(_rows(ecr))
    ecr.close()

    assert counts == {"ACTIVE": 2, "ARCHIVED": 8, "ACTIVATING": 2, "ANY": 12}
    assert default == 2


def test_images_are_described(start: Start) -> None:
    """A description holds media types, size, tags, time and status; an index its children's."""
    ecr = start(topology="buildx", images=5, order="parents-first").client("ecr")
    described = ecr.describe_images(repositoryName="lab")["imageDetails"]
    ecr.close()

    index, *children = described
    assert index["imageManifestMediaType"] == "application/vnd.oci.image.index.v1+json"
    assert index["imageTags"] == ["build-000000"]
    assert "artifactMediaType" not in index
    assert index["imageSizeInBytes"] == max(child["imageSizeInBytes"] for child in children)
    for child in children:
        assert child["artifactMediaType"] == "application/vnd.oci.image.config.v1+json"
        assert "imageTags" not in child
    assert {detail["imageStatus"] for detail in described} == {"ACTIVE"}
    assert {detail["imagePushedAt"].year for detail in described} == {2026}


def test_manifests_of_seeded_images_can_be_got(start: Start) -> None:
    """BatchGetImage returns the real manifest, by digest and by tag, and says what it lacks."""
    ecr = start(topology="buildx", images=5, order="parents-first").client("ecr")
    index, *children = _rows(ecr)
    answer = ecr.batch_get_image(
        repositoryName="lab",
        imageIds=[{"imageTag": index["imageTag"]}, children[0], {"imageTag": "missing"}],
    )
    ecr.close()

    by_tag, by_digest = answer["images"]
    listed = json.loads(by_tag["imageManifest"])["manifests"]
    assert {entry["digest"] for entry in listed} == {child["imageDigest"] for child in children}
    assert by_tag["imageId"] == index
    assert by_digest["imageId"] == children[0]
    assert [failure["failureCode"] for failure in answer["failures"]] == ["ImageNotFound"]


def test_a_seeded_image_can_get_a_further_tag(start: Start) -> None:
    """PutImage takes its manifest again, although the server has none of its layers."""
    server = start(topology="untagged-indexes", images=3, order="push")
    ecr = server.client("ecr")
    child = _rows(ecr)[0]
    got = ecr.batch_get_image(repositoryName="lab", imageIds=[child])["images"][0]

    ecr.put_image(repositoryName="lab", imageManifest=got["imageManifest"], imageTag="amd64")
    first = _rows(ecr)[0]
    ecr.close()

    assert first == {**child, "imageTag": "amd64"}
    assert server.state().images == 3


def test_seeded_images_of_every_status_are_deleted(start: Start) -> None:
    """Archived and activating ones go like any others, an index before its platforms."""
    server = start(topology="archived", images=6)
    ecr = server.client("ecr")
    while rows := _rows(ecr, filter={"imageStatus": "ANY"}):
        ids: Any = [{"imageDigest": row["imageDigest"]} for row in rows]
        ecr.batch_delete_image(repositoryName="lab", imageIds=ids)
    ecr.close()

    assert server.state().images == 0
