"""Where a repository's listings show an image, and what refers to a subject."""

from ecrdrain.lab.ecr import Image, ImageId, ImageStore


def _repository(*images: Image) -> ImageStore:
    repository = ImageStore()
    for image in images:
        repository.put(image)
    return repository


def _digests(repository: ImageStore) -> list[str | None]:
    return [row.digest for row in repository.rows()[0]]


def test_rank_decides_before_the_digest() -> None:
    """Images with a lower rank come first; within a rank the digest decides."""
    repository = _repository(
        Image("sha256:aa", rank=2), Image("sha256:cc", rank=1), Image("sha256:bb", rank=1)
    )

    assert _digests(repository) == ["sha256:bb", "sha256:cc", "sha256:aa"]


def test_an_image_put_after_a_listing_takes_its_place() -> None:
    """A listing made earlier does not hide an image that came later, wherever it belongs."""
    repository = _repository(Image("sha256:bb"), Image("sha256:dd"))
    repository.rows()

    repository.put(Image("sha256:cc"))

    assert _digests(repository) == ["sha256:bb", "sha256:cc", "sha256:dd"]


def test_an_image_pushed_again_after_its_deletion_is_listed_once() -> None:
    """What a deletion leaves in the order of listings does not show the image twice."""
    repository = _repository(Image("sha256:aa"), Image("sha256:bb"), Image("sha256:cc"))
    repository.rows()
    repository.delete([ImageId("sha256:bb")])

    repository.put(Image("sha256:bb"))

    assert _digests(repository) == ["sha256:aa", "sha256:bb", "sha256:cc"]


def test_an_image_pushed_again_with_another_rank_moves() -> None:
    """An image that comes back with another rank is listed there, and only there."""
    repository = _repository(Image("sha256:aa"), Image("sha256:bb"), Image("sha256:cc"))
    repository.rows()
    repository.delete([ImageId("sha256:aa")])

    repository.put(Image("sha256:aa", rank=1))

    assert _digests(repository) == ["sha256:bb", "sha256:cc", "sha256:aa"]


def test_a_page_token_holds_while_its_row_is_deleted() -> None:
    """The page after a token is the same whether or not the token's own image still exists."""
    repository = _repository(*(Image(f"sha256:0{number}", rank=-number) for number in range(5)))
    _, token = repository.rows(limit=2)

    repository.delete([ImageId("sha256:03"), ImageId("sha256:02")])

    page, end = repository.rows(token=token)
    assert [row.digest for row in page] == ["sha256:01", "sha256:00"]
    assert end is None


def test_referrers_are_known_by_their_subject() -> None:
    """A subject knows its referrers until they are deleted, and can be deleted before them."""
    repository = _repository(
        Image("sha256:aa"),
        Image("sha256:cc", subject="sha256:aa"),
        Image("sha256:bb", subject="sha256:aa"),
    )

    assert [image.digest for image in repository.referrers("sha256:aa")] == [
        "sha256:bb",
        "sha256:cc",
    ]
    assert not repository.delete([ImageId("sha256:aa")]).failures
    repository.delete([ImageId("sha256:bb"), ImageId("sha256:cc")])
    assert repository.referrers("sha256:aa") == []
