"""BatchDeleteImage with boto3: what goes, what is refused, and why."""

from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab.strict import StrictEcr
from tests.integration.strict.conftest import Start

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient


def _rows(ecr: "ECRClient", repository: str = "lab") -> list[Any]:
    page = ecr.list_images(
        repositoryName=repository, maxResults=1000, filter={"imageStatus": "ANY"}
    )
    return list(page["imageIds"])


def _delete(ecr: "ECRClient", *image_ids: Any) -> tuple[list[Any], list[str]]:
    """Return the rows that are gone and the codes of the failures."""
    answer = ecr.batch_delete_image(repositoryName="lab", imageIds=list(image_ids))
    return answer["imageIds"], [failure["failureCode"] for failure in answer["failures"]]


def _digest(row: Any) -> Any:
    return {"imageDigest": row["imageDigest"]}


def test_by_digest_an_image_goes_with_all_its_tags(start: Start) -> None:
    """One digest takes its image along, one row returned for each of its tags."""
    ecr = start(topology="multi-tag", images=2, order="push").client("ecr")
    rows = _rows(ecr)

    gone, failures = _delete(ecr, _digest(rows[0]))
    left = _rows(ecr)
    ecr.close()

    assert (gone, failures) == (rows[:3], [])
    assert left == rows[3:]


def test_by_tag_only_the_last_tag_takes_the_image_along(start: Start) -> None:
    """A tag goes alone while the image has others; the last one takes the image along."""
    server = start(topology="multi-tag", images=1)
    ecr = server.client("ecr")
    images = []
    for row in _rows(ecr):
        _delete(ecr, {"imageTag": row["imageTag"]})
        images.append(server.state().images)
    ecr.close()

    assert images == [1, 1, 0]


@pytest.mark.parametrize(
    ("image_id", "code"),
    [
        ({}, "MissingDigestAndTag"),
        ({"imageDigest": "sha256"}, "InvalidImageDigest"),
        ({"imageTag": "no/tag"}, "InvalidImageTag"),
        ({"imageDigest": "sha256:" + "0" * 64}, "ImageNotFound"),
        ({"imageTag": "missing"}, "ImageNotFound"),
    ],
)
def test_an_id_that_finds_nothing_is_a_failure(
    start: Start, image_id: dict[str, str], code: str
) -> None:
    """A bad id fails with its code; the other ids of the call are deleted all the same."""
    ecr = start(images=1).client("ecr")
    (row,) = _rows(ecr)

    gone, failures = _delete(ecr, image_id, row)
    ecr.close()

    assert (gone, failures) == ([row], [code])


def test_a_tag_of_another_image_is_a_mismatch(start: Start) -> None:
    """A digest with a tag that it does not carry is refused, and nothing goes."""
    ecr = start(images=2).client("ecr")
    first, second = _rows(ecr)

    mixed = {"imageDigest": first["imageDigest"], "imageTag": second["imageTag"]}
    outcome = _delete(ecr, mixed)
    left = _rows(ecr)
    ecr.close()

    assert outcome == ([], ["ImageTagDoesNotMatchDigest"])
    assert left == [first, second]


def test_an_id_given_twice_finds_nothing_the_second_time(start: Start) -> None:
    """The second of two equal ids is ImageNotFound."""
    ecr = start(images=1).client("ecr")
    (row,) = _rows(ecr)

    outcome = _delete(ecr, row, row)
    ecr.close()

    assert outcome == ([row], ["ImageNotFound"])


def test_a_shared_child_waits_for_its_last_index(start: Start) -> None:
    """A child of three indexes is refused until all three are gone."""
    ecr = start(topology="shared-children", images=5, order="push").client("ecr")
    child, _, *indexes = [_digest(row) for row in _rows(ecr)]
    codes = []
    for index in indexes:
        codes += _delete(ecr, child)[1]
        _delete(ecr, index)
    gone, failures = _delete(ecr, child)
    ecr.close()

    assert codes == ["ImageReferencedByManifestList"] * 3
    assert (gone, failures) == ([child], [])


def test_nested_indexes_go_level_by_level(start: Start) -> None:
    """The outer index goes first, then the inner ones, then the platforms."""
    ecr = start(topology="nested", images=7, order="parents-first").client("ecr")
    ids = [_digest(row) for row in _rows(ecr)]
    rounds = []
    while ids:
        gone, _ = _delete(ecr, *ids)
        rounds.append(len(gone))
        ids = [_digest(row) for row in _rows(ecr)]
    ecr.close()

    assert rounds == [1, 2, 4]


def test_the_last_tag_of_a_child_is_refused_too(start: Start) -> None:
    """Removing the only tag of an image that an index lists would delete it: refused."""
    server = start(topology="untagged-indexes", images=3, order="push")
    ecr = server.client("ecr")
    child = _rows(ecr)[0]
    got = ecr.batch_get_image(repositoryName="lab", imageIds=[_digest(child)])["images"][0]
    ecr.put_image(repositoryName="lab", imageManifest=got["imageManifest"], imageTag="amd64")

    outcome = _delete(ecr, {"imageTag": "amd64"})
    ecr.close()

    assert outcome == ([], ["ImageReferencedByManifestList"])
    assert server.state().images == 3


def test_archived_images_are_deleted(start: Start) -> None:
    """Archived and activating images go like any others."""
    server = start(topology="archived", images=6)
    ecr = server.client("ecr")
    while rows := _rows(ecr):
        _delete(ecr, *map(_digest, rows))
    ecr.close()

    assert server.state().images == 0


def test_a_missing_repository_is_an_error(server: StrictEcr, ecr: "ECRClient") -> None:
    """A repository that is not there, or not in this registry, is RepositoryNotFound."""
    ids: Any = [{"imageTag": "v1"}]
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="'other'"):
        ecr.batch_delete_image(repositoryName="other", imageIds=ids)
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="999999999999"):
        ecr.batch_delete_image(repositoryName="lab", registryId="999999999999", imageIds=ids)

    assert server.state().calls == {"BatchDeleteImage": {"refused": 2}}
