"""Rules of ECR that the lab's tests do not show one by one, over plain data."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.lab.ecr import (
    LARGEST_BATCH,
    EcrError,
    Image,
    ImageId,
    ImageStore,
    SameCall,
)


def _digest(number: int) -> str:
    return f"sha256:{number:064x}"


@st.composite
def _repositories(draw: st.DrawFn) -> ImageStore:
    """Any graph: each image may list any of those pushed before it, and have any tags."""
    repository = ImageStore()
    for number in range(draw(st.integers(0, 30))):
        children = draw(st.sets(st.integers(0, number - 1), max_size=4)) if number else set()
        image = Image(_digest(number), children=tuple(map(_digest, sorted(children))))
        repository.put(image)
        for tag in draw(st.sets(st.sampled_from("abcdef"), max_size=3)):
            repository.put(image, tag)
    return repository


def _all_rows(repository: ImageStore, limit: int) -> list[ImageId]:
    rows: list[ImageId] = []
    token: str | None = None
    while True:
        page, token = repository.rows(token=token, limit=limit)
        assert len(page) <= limit
        rows += page
        if token is None:
            return rows
        assert len(page) == limit


@given(_repositories(), st.integers(1, 40))
def test_pages_of_any_size_show_every_row_once(repository: ImageStore, limit: int) -> None:
    """All pages together have a row for each tag and one for each image without any."""
    rows = _all_rows(repository, limit)

    expected = [
        ImageId(image.digest, tag) for image in repository for tag in image.tags or (None,)
    ]
    assert sorted(rows, key=str) == sorted(expected, key=str)


@given(_repositories(), st.sampled_from(SameCall), st.randoms())
def test_no_index_ever_lists_an_image_that_is_gone(
    repository: ImageStore, same_call: SameCall, random: Random
) -> None:
    """Deleting in any order, in calls of any size, leaves no index without its children."""
    while len(repository):
        ids = [ImageId(image.digest) for image in repository]
        random.shuffle(ids)
        before = len(repository)
        outcome = repository.delete(ids[: random.randint(1, LARGEST_BATCH)], same_call)
        assert len({row.digest for row in outcome.deleted}) == before - len(repository)
        for image in repository:
            repository.check_children(image.children)


@given(_repositories())
def test_from_the_top_down_everything_goes(repository: ImageStore) -> None:
    """Newest first, one a call, nothing is refused."""
    for image in sorted(repository, key=lambda image: image.digest, reverse=True):
        assert repository.delete([ImageId(image.digest)]).failures == []

    assert len(repository) == 0


@given(_repositories())
def test_a_tag_leads_to_the_image_that_carries_it(repository: ImageStore) -> None:
    """No tag is on two images, and each is found by its tags."""
    for image in repository:
        for tag in image.tags:
            assert repository.find(ImageId(tag=tag)) is image
            assert repository.find(ImageId(image.digest, tag)) is image


def test_an_index_needs_its_children() -> None:
    """Putting it without them is refused and changes nothing."""
    repository = ImageStore()

    with pytest.raises(EcrError, match=r"^Images not found"):
        repository.put(Image(_digest(1), children=(_digest(2),)), "tag")

    assert len(repository) == 0
    assert repository.find(ImageId(tag="tag")) is None


def test_an_index_that_another_index_shares_its_child_with() -> None:
    """A child goes only when both of its indexes have gone."""
    repository = ImageStore()
    repository.put(Image(_digest(0)))
    for number in (1, 2):
        repository.put(Image(_digest(number), children=(_digest(0),)))
    child = ImageId(_digest(0))

    repository.delete([ImageId(_digest(1))])
    (refused,) = repository.delete([child]).failures
    repository.delete([ImageId(_digest(2))])

    assert refused.code == "ImageReferencedByManifestList"
    assert _digest(2) in refused.reason
    assert repository.delete([child]).deleted == [child]


@pytest.mark.parametrize(
    "token",
    ["", "bad", "W10=", "WzAsIG51bGwsIG51bGxd", "bnVsbA==", "é"],
    ids=["empty", "text", "empty list", "no digest", "null", "not ASCII"],
)
def test_a_token_of_somebody_else_is_refused(token: str) -> None:
    """It is an invalid parameter, whatever it holds."""
    with pytest.raises(EcrError, match=r"^Invalid parameter"):
        ImageStore().rows(token=token)


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_has_1_to_1000_rows(limit: int) -> None:
    """Other sizes are invalid, for rows and for images."""
    with pytest.raises(EcrError, match=r"^Invalid parameter"):
        ImageStore().rows(limit=limit)
    with pytest.raises(EcrError, match=r"^Invalid parameter"):
        ImageStore().images(limit=limit)


@pytest.mark.parametrize("wanted", [{"tag_status": "X"}, {"image_status": "X"}])
def test_an_unknown_filter_is_refused(wanted: dict[str, str]) -> None:
    """A status that ECR does not know is invalid rather than empty."""
    with pytest.raises(EcrError, match=r"^Invalid parameter"):
        ImageStore().rows(**wanted)  # type: ignore[arg-type] # strings throughout
