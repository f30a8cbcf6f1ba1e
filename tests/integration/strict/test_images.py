"""Listing, describing, getting, putting and archiving images, with boto3."""

import json
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import multi_platform_image, push, single_platform_image
from ecrdrain.lab.strict import StrictEcr
from tests.integration.strict.conftest import Start

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

MISSING = "sha256:" + "0" * 64


def _rows(ecr: "ECRClient", **request: Any) -> list[Any]:
    pages = ecr.get_paginator("list_images").paginate(repositoryName="lab", **request)
    return [row for page in pages for row in page["imageIds"]]


def _code(ecr: "ECRClient", call: Callable[[], object]) -> str:
    with pytest.raises(ecr.exceptions.ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(("asked", "got"), [({}, 100), ({"maxResults": 1000}, 250)])
def test_a_page_has_100_rows_unless_more_are_asked_for(start: Start, asked: Any, got: int) -> None:
    """Without maxResults a page ends after 100 rows; the token leads to the rest."""
    ecr = start(images=250).client("ecr")

    page = ecr.list_images(repositoryName="lab", **asked)
    ecr.close()

    assert len(page["imageIds"]) == got
    assert ("nextToken" in page) == (got < 250)


def test_pages_show_each_row_once(start: Start) -> None:
    """All pages together are all rows: one for each tag, pages may end within an image."""
    ecr = start(topology="multi-tag", images=40).client("ecr")

    rows = _rows(ecr, PaginationConfig={"PageSize": 7})
    ecr.close()

    assert len(rows) == 120
    assert len({(row["imageDigest"], row["imageTag"]) for row in rows}) == 120
    assert set(Counter(row["imageDigest"] for row in rows).values()) == {3}


def test_listings_go_on_while_images_are_deleted(start: Start) -> None:
    """Deleting the page just read does not make the next page skip an image."""
    ecr = start(images=50).client("ecr")
    page = ecr.list_images(repositoryName="lab", maxResults=20)
    seen = len(page["imageIds"])
    while "nextToken" in page:
        ecr.batch_delete_image(repositoryName="lab", imageIds=page["imageIds"])
        page = ecr.list_images(repositoryName="lab", maxResults=20, nextToken=page["nextToken"])
        seen += len(page["imageIds"])
    ecr.close()

    assert seen == 50


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


def test_listings_filter_by_tag(start: Start) -> None:
    """Tagged and untagged images can be asked for."""
    ecr = start(topology="buildx", images=10).client("ecr")
    tagged = _rows(ecr, filter={"tagStatus": "TAGGED"})
    untagged = _rows(ecr, filter={"tagStatus": "UNTAGGED"})
    ecr.close()

    assert [len(tagged), len(untagged)] == [2, 8]
    assert all("imageTag" in row for row in tagged)
    assert not any("imageTag" in row for row in untagged)


def test_a_token_that_is_not_ours_is_an_invalid_parameter(ecr: "ECRClient") -> None:
    """A made-up nextToken is refused."""
    code = _code(ecr, lambda: ecr.list_images(repositoryName="lab", nextToken="page 2"))

    assert code == "InvalidParameterException"


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


def test_descriptions_come_in_pages(start: Start) -> None:
    """DescribeImages shows each image once, 100 to a page unless asked otherwise."""
    ecr = start(topology="multi-tag", images=150).client("ecr")
    first = ecr.describe_images(repositoryName="lab")
    rest = ecr.describe_images(repositoryName="lab", nextToken=first["nextToken"])
    ecr.close()

    details = first["imageDetails"] + rest["imageDetails"]
    assert len(first["imageDetails"]) == 100
    assert len({detail["imageDigest"] for detail in details}) == len(details) == 150
    assert {len(detail["imageTags"]) for detail in details} == {3}


def test_named_images_are_described_whatever_their_status(start: Start) -> None:
    """Images named by digest or tag are described once each, archived ones too."""
    ecr = start(topology="archived", images=6, order="push").client("ecr")
    archived: Any = {"imageTag": "build-000000-old"}
    detail = ecr.describe_images(repositoryName="lab", imageIds=[archived])["imageDetails"][0]
    again = ecr.describe_images(
        repositoryName="lab", imageIds=[archived, {"imageDigest": detail["imageDigest"]}]
    )
    ecr.close()

    assert detail["imageStatus"] == "ARCHIVED"
    assert again["imageDetails"] == [detail]


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
def test_what_cannot_be_described_is_an_error(
    ecr: "ECRClient", request_: dict[str, Any], code: str
) -> None:
    """A missing image, an id of nothing, and pages of named images are refused."""
    assert _code(ecr, lambda: ecr.describe_images(repositoryName="lab", **request_)) == code


def test_referrers_name_their_subject_and_are_found_by_it(start: Start) -> None:
    """A signature's description holds its subject; ListImageReferrers finds it from there."""
    ecr = start(topology="referrers", images=3, order="push").client("ecr")
    subject, *referrers = ecr.describe_images(repositoryName="lab")["imageDetails"]
    request: Any = {
        "repositoryName": "lab",
        "subjectId": {"imageDigest": subject["imageDigest"]},
    }
    everything = ecr.list_image_referrers(**request)["referrers"]
    first = ecr.list_image_referrers(**request, maxResults=1)
    second = ecr.list_image_referrers(**request, maxResults=1, nextToken=first["nextToken"])
    signature = ecr.list_image_referrers(
        **request, filter={"artifactTypes": ["application/vnd.cncf.notary.signature"]}
    )["referrers"]
    archived = ecr.list_image_referrers(**request, filter={"artifactStatus": "ARCHIVED"})
    ecr.close()

    assert {detail["subjectManifestDigest"] for detail in referrers} == {subject["imageDigest"]}
    assert "subjectManifestDigest" not in subject
    assert {found["digest"] for found in everything} == {
        detail["imageDigest"] for detail in referrers
    }
    assert everything == first["referrers"] + second["referrers"]
    assert "nextToken" not in second
    assert [found["artifactType"] for found in signature] == [
        "application/vnd.cncf.notary.signature"
    ]
    assert archived["referrers"] == []


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


def test_archived_images_cannot_be_got(start: Start) -> None:
    """An archived image is a failure of its own: it is there, but not to be pulled."""
    ecr = start(topology="archived", images=6).client("ecr")
    answer = ecr.batch_get_image(repositoryName="lab", imageIds=[{"imageTag": "build-000000-old"}])
    ecr.close()

    assert [failure["failureCode"] for failure in answer["failures"]] == ["ImageInaccessible"]


def test_images_are_archived_and_restored(ecr: "ECRClient") -> None:
    """UpdateImageStorageClass moves an image to the archive and, once asked, back."""
    digest = push(ecr, "lab", single_platform_image("a"), ["v1"])
    update: Any = {"repositoryName": "lab", "imageId": {"imageTag": "v1"}}

    archived = ecr.update_image_storage_class(**update, targetStorageClass="ARCHIVE")
    assert (archived["imageStatus"], archived["imageId"]["imageDigest"]) == ("ARCHIVED", digest)
    assert _rows(ecr) == []
    restored = ecr.update_image_storage_class(**update, targetStorageClass="STANDARD")

    assert restored["imageStatus"] == "ACTIVATING"
    missing = {**update, "imageId": {"imageTag": "v2"}, "targetStorageClass": "ARCHIVE"}
    code = _code(ecr, lambda: ecr.update_image_storage_class(**missing))
    assert code == "ImageNotFoundException"


def test_a_push_by_the_layer_api_ends_in_images(ecr: "ECRClient") -> None:
    """The lab's own push works here: a buildx image becomes an index and four children."""
    image = multi_platform_image("b")

    digest = push(ecr, "lab", image, ["v1", "latest"])

    rows = _rows(ecr)
    assert [row["imageTag"] for row in rows if row["imageDigest"] == digest] == ["latest", "v1"]
    assert len({row["imageDigest"] for row in rows}) == 5
    got = ecr.batch_get_image(repositoryName="lab", imageIds=[{"imageTag": "v1"}])["images"][0]
    assert got["imageManifest"] == image.manifest.decode()


def test_putting_an_archived_image_again_restores_it(ecr: "ECRClient") -> None:
    """PutImage of an archived image makes it active, instead of saying that it is there."""
    manifest = single_platform_image("c").manifest.decode()
    put: Any = {"repositoryName": "lab", "imageManifest": manifest, "imageTag": "v1"}
    ecr.put_image(**put)
    ecr.update_image_storage_class(
        repositoryName="lab", imageId={"imageTag": "v1"}, targetStorageClass="ARCHIVE"
    )

    ecr.put_image(**put)

    assert [row["imageTag"] for row in _rows(ecr)] == ["v1"]
    assert _code(ecr, lambda: ecr.put_image(**put)) == "ImageAlreadyExistsException"


def test_a_tag_moves_to_the_image_put_last(ecr: "ECRClient") -> None:
    """Putting another image under a tag takes the tag away from the one before."""
    old = push(ecr, "lab", single_platform_image("old"), ["latest"])
    new = push(ecr, "lab", single_platform_image("new"), ["latest"])

    rows = _rows(ecr)

    assert {"imageDigest": new, "imageTag": "latest"} in rows
    assert {"imageDigest": old} in rows


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"imageManifest": "no manifest"}, "InvalidParameterException"),
        ({"imageManifest": '{"config": {}, "layers": []}'}, "InvalidParameterException"),
        (
            {
                "imageManifest": single_platform_image("d").manifest.decode(),
                "imageDigest": MISSING,
            },
            "ImageDigestDoesNotMatchException",
        ),
        (
            {
                "imageManifest": single_platform_image("d").manifest.decode(),
                "imageManifestMediaType": "application/vnd.oci.image.index.v1+json",
            },
            "InvalidParameterException",
        ),
        (
            {"imageManifest": multi_platform_image("d").manifest.decode()},
            "ReferencedImagesNotFoundException",
        ),
    ],
)
def test_what_cannot_be_put_is_an_error(
    ecr: "ECRClient", request_: dict[str, Any], code: str
) -> None:
    """No manifest, a wrong digest or media type, and an index without children are refused."""
    assert _code(ecr, lambda: ecr.put_image(repositoryName="lab", **request_)) == code
    assert _rows(ecr) == []


def test_immutable_tags_stay(server: StrictEcr, ecr: "ECRClient") -> None:
    """In a repository with immutable tags a tag cannot move to another image."""
    ecr.create_repository(repositoryName="fixed", imageTagMutability="IMMUTABLE")
    push(ecr, "fixed", single_platform_image("one"), ["v1"])

    code = _code(ecr, lambda: push(ecr, "fixed", single_platform_image("two"), ["v1"]))

    assert code == "ImageTagAlreadyExistsException"
    assert server.state().repositories["ecr/fixed"].images == 1
