"""How the images of a repository are counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ecrdrain.stacks.survey import Survey, count_images

EARLY = datetime(2024, 1, 1, tzinfo=UTC)
LATE = datetime(2025, 1, 1, tzinfo=UTC)


def test_every_kind_of_image_is_counted() -> None:
    """Indexes of both media types, archived images, tags and bytes add up."""
    images: list[dict[str, Any]] = [
        {"imageManifestMediaType": "application/vnd.oci.image.index.v1+json", "imageTags": ["a"]},
        {
            "imageManifestMediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
            "imageTags": ["b", "c"],
            "imageSizeInBytes": 5,
            "imagePushedAt": LATE,
        },
        {
            "imageManifestMediaType": "application/vnd.oci.image.manifest.v1+json",
            "imageSizeInBytes": 7,
            "imageStatus": "ARCHIVED",
            "imagePushedAt": EARLY,
            "lastRecordedPullTime": EARLY,
        },
    ]

    for number, image in enumerate(images):
        image["imageDigest"] = f"sha256:{number}"

    survey = count_images([images[:1], images[1:]])

    assert [set(phase) for phase in survey.listing.phases()] == [
        {"sha256:0", "sha256:1"},
        {"sha256:2"},
    ]
    assert survey == Survey(
        images=3, tags=3, indexes=2, archived=1, size_in_bytes=12, last_push=LATE, last_pull=EARLY
    )


def test_a_repository_without_images_has_no_last_push() -> None:
    """Nothing is counted as nothing."""
    assert count_images([]) == Survey()
