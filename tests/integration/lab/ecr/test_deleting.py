"""BatchDeleteImage deletes what ECR would delete, and refuses what it would refuse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import (
    Lab,
    SameCall,
    StrictEcr,
    multi_platform_image,
    nested_index,
    push,
    single_platform_image,
)

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

ABSENT = "sha256:" + "0" * 64


def _delete(ecr: ECRClient, repository: str, *image_ids: Any) -> tuple[list[Any], list[Any]]:
    """Return the deleted rows and, for each failure, the id and the code."""
    answer = ecr.batch_delete_image(repositoryName=repository, imageIds=list(image_ids))
    failures = [(failure["imageId"], failure["failureCode"]) for failure in answer["failures"]]
    return list(answer["imageIds"]), failures


def _tags(ecr: ECRClient, repository: str) -> list[str | None]:
    rows = ecr.list_images(repositoryName=repository)["imageIds"]
    return sorted((row.get("imageTag") for row in rows), key=str)


@pytest.mark.parametrize("count", [0, 101])
def test_a_call_takes_1_to_100_ids(ecr: ECRClient, repository: str, count: int) -> None:
    """No id and 101 ids are InvalidParameterException."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.batch_delete_image(
            repositoryName=repository, imageIds=[{"imageDigest": ABSENT}] * count
        )


def test_by_digest_an_image_goes_with_all_its_tags(ecr: ECRClient, repository: str) -> None:
    """The answer has a row for each tag that went."""
    image = single_platform_image("by digest")
    push(ecr, repository, image, tags=["a", "b"])

    deleted, failures = _delete(ecr, repository, {"imageDigest": image.digest})

    assert deleted == [
        {"imageDigest": image.digest, "imageTag": "a"},
        {"imageDigest": image.digest, "imageTag": "b"},
    ]
    assert failures == []
    assert _tags(ecr, repository) == []


def test_by_tag_the_tag_goes_and_the_image_with_the_last(ecr: ECRClient, repository: str) -> None:
    """Of two tags one may go alone; the image goes with the other."""
    push(ecr, repository, single_platform_image("by tag"), tags=["a", "b"])

    _delete(ecr, repository, {"imageTag": "a"})
    assert _tags(ecr, repository) == ["b"]

    _delete(ecr, repository, {"imageTag": "b"})
    assert _tags(ecr, repository) == []


def test_a_digest_with_the_wrong_tag_deletes_nothing(ecr: ECRClient, repository: str) -> None:
    """The code is ImageTagDoesNotMatchDigest, for another image's tag and for nobody's."""
    image = single_platform_image("one")
    push(ecr, repository, image, tags=["one"])
    push(ecr, repository, single_platform_image("two"), tags=["two"])
    wrong = [{"imageDigest": image.digest, "imageTag": tag} for tag in ("two", "none")]

    deleted, failures = _delete(ecr, repository, *wrong)

    assert deleted == []
    assert failures == [(image_id, "ImageTagDoesNotMatchDigest") for image_id in wrong]
    assert _tags(ecr, repository) == ["one", "two"]


@pytest.mark.parametrize(
    ("image_id", "code"),
    [
        ({}, "MissingDigestAndTag"),
        ({"imageDigest": "no digest"}, "InvalidImageDigest"),
        ({"imageTag": "no tag"}, "InvalidImageTag"),
        ({"imageDigest": ABSENT}, "ImageNotFound"),
        ({"imageTag": "absent"}, "ImageNotFound"),
    ],
)
def test_an_id_that_names_nothing_fails_by_itself(
    ecr: ECRClient, repository: str, image_id: dict[str, str], code: str
) -> None:
    """The call succeeds, deletes what it can, and gives each bad id its code."""
    push(ecr, repository, single_platform_image("beside"), tags=["beside"])

    deleted, failures = _delete(ecr, repository, image_id, {"imageTag": "beside"})

    assert failures == [(image_id, code)]
    assert [row["imageTag"] for row in deleted] == ["beside"]


def test_an_id_that_stands_twice_finds_nothing_the_second_time(
    ecr: ECRClient, repository: str
) -> None:
    """The image is deleted once and the second id is ImageNotFound."""
    image_id = {"imageDigest": push(ecr, repository, single_platform_image("twice"))}

    deleted, failures = _delete(ecr, repository, image_id, image_id)

    assert deleted == [image_id]
    assert failures == [(image_id, "ImageNotFound")]


def test_children_stay_while_their_index_is_there(ecr: ECRClient, repository: str) -> None:
    """Each is refused with ImageReferencedByManifestList, and can go once the index has gone."""
    index = multi_platform_image("children")
    push(ecr, repository, index, tags=["t"])
    children = [{"imageDigest": child.digest} for child in index.children]

    assert _delete(ecr, repository, *children) == (
        [],
        [(child, "ImageReferencedByManifestList") for child in children],
    )
    _delete(ecr, repository, {"imageDigest": index.digest})
    assert _delete(ecr, repository, *children) == (children, [])


def test_an_index_within_an_index_is_a_child_too(ecr: ECRClient, repository: str) -> None:
    """Three levels of indexes, and images below, take four calls from the top down."""
    top = nested_index("levels", depth=3)
    push(ecr, repository, top, tags=["t"])
    everything = [{"imageDigest": part.digest} for part in top.walk()]
    left = []

    for _ in range(4):
        _, failures = _delete(ecr, repository, *everything)
        everything = [image_id for image_id, _ in failures]
        left.append(len(everything))

    assert left == [8, 6, 4, 0]


def test_the_last_tag_of_a_child_stays(ecr: ECRClient, repository: str) -> None:
    """Deleting it would delete the image, which its index still lists."""
    index = multi_platform_image("tagged child")
    push(ecr, repository, index, tags=["index"])
    push(ecr, repository, index.children[0], tags=["child"])

    _, failures = _delete(ecr, repository, {"imageTag": "child"})

    assert failures == [({"imageTag": "child"}, "ImageReferencedByManifestList")]
    assert "child" in _tags(ecr, repository)


@pytest.mark.parametrize(
    "start",
    [Lab.start, partial(StrictEcr.start, in_process=True)],
    ids=["emulator", "strict server"],
)
def test_an_index_and_its_children_can_be_made_to_go_in_one_call(start: Any) -> None:
    """With the switch on request order, children after their index go with it."""
    index = multi_platform_image("one call")
    everything = [{"imageDigest": part.digest} for part in index.walk()][::-1]
    with start(same_call=SameCall.REQUEST_ORDER) as registry:
        ecr = registry.client("ecr")
        ecr.create_repository(repositoryName="lenient")
        push(ecr, "lenient", index)

        assert _delete(ecr, "lenient", *everything) == (everything, [])
        ecr.close()


def test_an_index_and_its_children_do_not_go_in_one_call(ecr: ECRClient, repository: str) -> None:
    """Without the switch children are judged by what existed when the call began."""
    index = multi_platform_image("two calls")
    push(ecr, repository, index)
    children = [{"imageDigest": child.digest} for child in index.children]

    deleted, failures = _delete(ecr, repository, {"imageDigest": index.digest}, *children)

    assert deleted == [{"imageDigest": index.digest}]
    assert failures == [(child, "ImageReferencedByManifestList") for child in children]


def test_a_full_repository_goes_only_by_force(ecr: ECRClient, repository: str) -> None:
    """DeleteRepository refuses in AWS's words while images are there; force takes them along."""
    push(ecr, repository, single_platform_image("full"))
    words = (
        f"The repository with name '{repository}' in registry with id '123456789012' "
        "cannot be deleted because it still contains images"
    )

    with pytest.raises(ecr.exceptions.RepositoryNotEmptyException, match=words):
        ecr.delete_repository(repositoryName=repository)
    ecr.delete_repository(repositoryName=repository, force=True)
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match=repository):
        ecr.delete_repository(repositoryName=repository)


def test_an_unknown_repository_is_named(ecr: ECRClient, repository: str) -> None:
    """A repository that is not there, or not in this registry, is RepositoryNotFound."""
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'no/such'"):
        ecr.batch_delete_image(repositoryName="no/such", imageIds=[{"imageTag": "t"}])
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'no/such'"):
        ecr.list_images(repositoryName="no/such")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'no/such'"):
        ecr.initiate_layer_upload(repositoryName="no/such")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'999999999999'"):
        ecr.list_images(repositoryName=repository, registryId="999999999999")
