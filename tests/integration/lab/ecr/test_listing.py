"""ListImages and DescribeImages answer as ECR documents them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import multi_platform_image, push, push_many, single_platform_image

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

MISSING = "sha256:" + "0" * 64


def _rows(ecr: ECRClient, repository: str, **arguments: Any) -> set[tuple[str, str | None]]:
    answer = ecr.list_images(repositoryName=repository, **arguments)
    return {(row["imageDigest"], row.get("imageTag")) for row in answer["imageIds"]}


def test_a_page_has_100_rows_unless_asked_otherwise(ecr: ECRClient, repository: str) -> None:
    """Of 130 images the first page shows 100, the second the rest, and no third follows."""
    digests = push_many(ecr, repository, 130)

    first = ecr.list_images(repositoryName=repository)
    second = ecr.list_images(repositoryName=repository, nextToken=first["nextToken"])
    largest = ecr.list_images(repositoryName=repository, maxResults=1000)

    assert len(first["imageIds"]) == 100
    assert "nextToken" not in second
    listed = [row["imageDigest"] for row in first["imageIds"] + second["imageIds"]]
    assert sorted(listed) == sorted(digests)
    assert len(largest["imageIds"]) == 130


def test_pages_go_on_after_the_last_row_that_was_shown(ecr: ECRClient, repository: str) -> None:
    """Deleting what a page showed loses nothing of the pages after it."""
    digests = push_many(ecr, repository, 10)
    first = ecr.list_images(repositoryName=repository, maxResults=4)
    ecr.batch_delete_image(repositoryName=repository, imageIds=first["imageIds"])

    second = ecr.list_images(
        repositoryName=repository, maxResults=1000, nextToken=first["nextToken"]
    )

    shown = [row["imageDigest"] for row in first["imageIds"] + second["imageIds"]]
    assert sorted(shown) == sorted(digests)


@pytest.mark.parametrize("arguments", [{"nextToken": "page 2"}, {"maxResults": 1001}])
def test_bad_paging_is_refused(ecr: ECRClient, repository: str, arguments: Any) -> None:
    """A made-up token and a page over 1,000 are InvalidParameterException."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.list_images(repositoryName=repository, **arguments)


def test_there_is_a_row_for_each_tag_and_one_for_an_untagged_image(
    ecr: ECRClient, repository: str
) -> None:
    """An image with two tags has two rows, each child of an index one without a tag."""
    index = multi_platform_image("rows")
    push(ecr, repository, index, tags=["latest", "v1"])

    rows = _rows(ecr, repository)

    children = {(child.digest, None) for child in index.children}
    assert rows == {(index.digest, "latest"), (index.digest, "v1"), *children}


def test_a_page_may_end_within_an_image(ecr: ECRClient, repository: str) -> None:
    """Pages of seven rows show each of three tags of eight images once."""
    for number in range(8):
        tags = [f"{number}-a", f"{number}-b", f"{number}-c"]
        push(ecr, repository, single_platform_image(f"image {number}"), tags=tags)

    pages = list(
        ecr.get_paginator("list_images").paginate(
            repositoryName=repository, PaginationConfig={"PageSize": 7}
        )
    )

    rows = [row for page in pages for row in page["imageIds"]]
    assert [len(page["imageIds"]) for page in pages] == [7, 7, 7, 3]
    assert len({row["imageTag"] for row in rows}) == 24
    assert set(Counter(row["imageDigest"] for row in rows).values()) == {3}


def test_a_tag_that_moved_leaves_its_old_image(ecr: ECRClient, repository: str) -> None:
    """The image that had the tag before is listed without it."""
    old, new = single_platform_image("old"), single_platform_image("new")
    push(ecr, repository, old, tags=["latest"])
    push(ecr, repository, new, tags=["latest"])

    assert _rows(ecr, repository) == {(old.digest, None), (new.digest, "latest")}


def test_listings_filter_by_tag_status(ecr: ECRClient, repository: str) -> None:
    """TAGGED and UNTAGGED each show their own, ANY shows both."""
    tagged, untagged = single_platform_image("tagged"), single_platform_image("untagged")
    push(ecr, repository, tagged, tags=["t"])
    push(ecr, repository, untagged)

    assert _rows(ecr, repository, filter={"tagStatus": "TAGGED"}) == {(tagged.digest, "t")}
    assert _rows(ecr, repository, filter={"tagStatus": "UNTAGGED"}) == {(untagged.digest, None)}
    assert len(_rows(ecr, repository, filter={"tagStatus": "ANY"})) == 2


def test_describe_images_shows_each_image_once(ecr: ECRClient, repository: str) -> None:
    """All tags of an image stand in one detail; pages hold as many as asked for."""
    index = multi_platform_image("details")
    push(ecr, repository, index, tags=["b", "a"])

    pages = list(
        ecr.get_paginator("describe_images").paginate(
            repositoryName=repository, PaginationConfig={"PageSize": 2}
        )
    )

    details = {detail["imageDigest"]: detail for page in pages for detail in page["imageDetails"]}
    assert [len(page["imageDetails"]) for page in pages] == [2, 2, 1]
    assert details.keys() == {part.digest for part in index.walk()}
    assert details[index.digest]["imageTags"] == ["a", "b"]
    assert details[index.digest]["imageManifestMediaType"] == index.media_type
    assert details[index.digest]["imageStatus"] == "ACTIVE"
    assert "artifactMediaType" not in details[index.digest]
    child = details[index.children[0].digest]
    assert child["artifactMediaType"] == "application/vnd.oci.image.config.v1+json"
    assert "imageTags" not in child


def test_the_size_of_an_image_is_that_of_its_blobs(ecr: ECRClient, repository: str) -> None:
    """An image counts its config and layers, an index as much as its largest child."""
    index = multi_platform_image("size")
    push(ecr, repository, index, tags=["t"])

    answer = ecr.describe_images(
        repositoryName=repository,
        imageIds=[{"imageDigest": index.children[0].digest}, {"imageTag": "t"}],
    )

    sizes = [sum(map(len, child.blobs)) for child in index.children]
    assert [detail["imageSizeInBytes"] for detail in answer["imageDetails"]] == [
        sizes[0],
        max(sizes),
    ]


def test_an_image_named_twice_is_described_once(ecr: ECRClient, repository: str) -> None:
    """By its digest and by its tag it is the same image."""
    digest = push(ecr, repository, single_platform_image("named"), tags=["t"])

    details = ecr.describe_images(
        repositoryName=repository, imageIds=[{"imageTag": "t"}, {"imageDigest": digest}]
    )["imageDetails"]

    assert [detail["imageDigest"] for detail in details] == [digest]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"imageIds": [{"imageDigest": MISSING}]}, "ImageNotFoundException"),
        ({"imageIds": [{"imageTag": "missing"}]}, "ImageNotFoundException"),
        ({"imageIds": [{}]}, "InvalidParameterException"),
        ({"imageIds": [{"imageTag": "a"}], "maxResults": 5}, "InvalidParameterException"),
        ({"imageIds": [{"imageTag": "a"}], "nextToken": "a"}, "InvalidParameterException"),
    ],
)
def test_what_cannot_be_described_is_refused(
    ecr: ECRClient, repository: str, request_: Any, code: str
) -> None:
    """A missing image, an id of nothing, and pages of named images are errors."""
    with pytest.raises(ecr.exceptions.ClientError) as refused:
        ecr.describe_images(repositoryName=repository, **request_)

    assert refused.value.response["Error"]["Code"] == code
