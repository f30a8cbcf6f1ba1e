"""A drain empties moto's repositories, and moto agrees that they are empty."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import ecrdrain
from ecrdrain.cli.app import run
from ecrdrain.lab import BuiltImage, multi_platform_image, push, push_many
from tests.e2e.kinds import of_every_kind

if TYPE_CHECKING:
    from tests.e2e.second_emulator.moto_server import Moto


def assert_empty(moto: Moto, repository: str) -> None:
    """See that moto lists no image, and deletes the repository without force."""
    assert moto.images(repository) == 0
    moto.ecr.delete_repository(repositoryName=repository)
    assert repository not in moto.repositories()


@of_every_kind
def test_an_image_of_any_kind_goes(
    image: BuiltImage, images: int, moto: Moto, repository: str
) -> None:
    """All that was pushed is counted once, however many tags it has."""
    push(moto.ecr, repository, image, ["1.0", "latest"])
    assert moto.images(repository) == images

    report = ecrdrain.drain(repository, client=moto.ecr)

    assert (report.empty, report.deleted, report.left) == (True, images, 0)
    assert_empty(moto, repository)


@pytest.mark.parametrize("tagged", [True, False], ids=["tagged", "untagged"])
def test_more_images_go_than_a_call_takes(tagged: bool, moto: Moto, repository: str) -> None:  # noqa: FBT001 - a parameter
    """What moto does not refuse counts: of an untagged image that it deleted it says nothing."""
    push_many(moto.ecr, repository, 120, tagged=tagged)

    report = ecrdrain.drain(repository, client=moto.ecr)

    assert (report.empty, report.deleted) == (True, 120)
    assert report.calls == {"ListImages": 2, "BatchDeleteImage": 2}
    assert_empty(moto, repository)


def test_images_that_are_listed_again_are_deleted_again(moto: Moto, repository: str) -> None:
    """One digest for 40 manifests, each call deletes half of them: only a listing ends it.

    The count is that of deletions that ECR reported, as always; here each means several manifests.
    """
    push_many(moto.plain_ecr, repository, 40)

    report = ecrdrain.drain(repository, client=moto.plain_ecr)

    assert (report.empty, report.left) == (True, 0)
    assert report.calls == {"ListImages": 7, "BatchDeleteImage": 6}
    assert_empty(moto, repository)


def test_a_repository_that_is_not_there_is_known_by_its_error(moto: Moto, name: str) -> None:
    """RepositoryNotFoundException, as moto writes it."""
    with pytest.raises(ecrdrain.RepositoryNotFoundError, match=name) as raised:
        ecrdrain.drain(name, client=moto.ecr)

    report = raised.value.report
    assert (report.exists, report.empty, report.deleted) == (False, True, 0)


@pytest.mark.usefixtures("on_moto")
def test_the_environment_says_where_aws_is(moto: Moto, name: str) -> None:
    """Without a client of the caller's, several repositories are drained side by side."""
    names = [f"{name}/{number}" for number in range(3)]
    for each in names:
        moto.ecr.create_repository(repositoryName=each)
        push_many(moto.ecr, each, 40)

    reports = ecrdrain.drain_all(names)

    assert [(each.repository, each.empty, each.deleted) for each in reports] == [
        (each, True, 40) for each in names
    ]
    for each in names:
        assert_empty(moto, each)


@pytest.mark.usefixtures("on_moto")
def test_the_command_says_what_it_would_delete(
    moto: Moto, repository: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan is read from moto's DescribeImages, and nothing is deleted."""
    push(moto.ecr, repository, multi_platform_image("web"), ["1.0", "latest"])

    status = run(["drain", repository, "--dry-run", "--output", "json"])

    [plan] = json.loads(capsys.readouterr().out)["repositories"]
    assert status == 0
    assert (plan["images"], plan["tags"], plan["indexes"]) == (5, 2, 1)
    assert moto.images(repository) == 5


@pytest.mark.usefixtures("on_moto")
def test_the_command_empties_what_a_pattern_matches(
    moto: Moto, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing beside it."""
    for each, count in ((f"{name}/a", 120), (f"{name}/b", 0), (f"beside-{name}", 2)):
        moto.ecr.create_repository(repositoryName=each)
        push_many(moto.ecr, each, count)

    status = run(["drain", f"{name}/*", "--yes", "--limit", "2", "--output", "json"])

    reports = json.loads(capsys.readouterr().out)["repositories"]
    assert status == 0
    assert [(each["repository"], each["deleted"], each["empty"]) for each in reports] == [
        (f"{name}/a", 120, True),
        (f"{name}/b", 0, True),
    ]
    assert moto.images(f"beside-{name}") == 2
    assert_empty(moto, f"{name}/a")


@pytest.mark.usefixtures("on_moto")
def test_the_command_knows_that_a_repository_is_not_there(
    moto: Moto, repository: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It suggests the one that is, and deletes nothing of it."""
    push_many(moto.ecr, repository, 2)

    status = run(["drain", repository, f"{repository}x", "--yes"])

    place = "account 123456789012, region us-east-1"
    hint = f"Did you mean {repository}?"
    expected = f"Error: there is no repository {repository}x in {place}. {hint}\n"
    assert (status, capsys.readouterr().err) == (2, expected)
    assert moto.images(repository) == 2
