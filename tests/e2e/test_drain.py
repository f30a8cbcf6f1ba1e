"""A stack whose repository holds images deletes cleanly, and says so; or fails and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.kinds import of_every_kind
from tests.e2e.scenarios.account import parse_log

if TYPE_CHECKING:
    from ecrdrain.lab import BuiltImage
    from tests.e2e.scenarios.world import World


def log_of(world: World) -> list[dict[str, Any]]:
    """Return what the function's log says of the world's stack."""
    lines = parse_log(world.account.log(world.log_groups()))
    return [line for line in lines if line.get("stackId") == world.stack]


def assert_drained(world: World, images: int) -> None:
    """See that the stack is gone with its repository, and the log with so many images."""
    account = world.account
    assert account.status(world.stack) == "DELETE_COMPLETE", account.reasons(world.stack)
    assert account.images(world.full_name("app")) is None
    log = log_of(world)
    (drained,) = [line for line in log if line["event"] == "drained"]
    assert (drained["images"], drained["deleted"], drained["left"]) == (images, images, 0)
    assert sum(line["deleted"] for line in log if line["event"] == "deleted") == images
    assert [line["status"] for line in log if line["event"] == "answer"] == ["SUCCESS", "SUCCESS"]


@of_every_kind
def test_an_image_of_any_kind_goes_with_its_stack(
    image: BuiltImage, images: int, world: World
) -> None:
    """Whatever it lists goes too, parents first."""
    world.create(world.both())
    world.account.push_image(world.full_name("app"), image)

    world.delete()

    assert_drained(world, images)


def test_an_archived_image_goes_with_its_stack(world: World) -> None:
    """An image in the archive is one that ECR lists only when asked for it."""
    world.create(world.both())
    world.push(count=2)
    world.account.archive(world.full_name("app"))
    world.push(count=1, seed="active")

    world.delete()

    assert_drained(world, 3)


@pytest.mark.parametrize("count", [250, 1234])
def test_many_images_go_with_their_stack(count: int, world: World) -> None:
    """More than a batch takes, and more than a page shows."""
    world.create(world.both())
    world.push(count=count)

    world.delete()

    assert_drained(world, count)
    sent = [line["sent"] for line in log_of(world) if line["event"] == "deleted"]
    assert max(sent) == 100
    assert len(sent) == -(-count // 100)


def test_an_empty_repository_goes_with_its_stack(world: World) -> None:
    """Nothing is deleted, and the answer is SUCCESS."""
    world.create(world.both())

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert [line for line in log_of(world) if line["event"] == "deleted"] == []


def test_a_repository_that_is_gone_does_not_stop_its_stack(world: World) -> None:
    """Somebody deleted it by hand: there is nothing left to do."""
    world.create(world.both())
    world.push()
    world.remove_repository()

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"


def test_one_provider_drains_the_repositories_of_two_stacks(world: World) -> None:
    """Deleting one stack leaves the images of the other alone."""
    world.create(world.both())
    other = world.create(world.both("other"), "other")
    world.push(count=3)
    world.push("other", count=2)

    world.delete()
    assert_drained(world, 3)
    assert world.account.images(world.full_name("other")) == 2

    world.delete(other)
    assert world.account.status(other) == "DELETE_COMPLETE"


def test_images_that_cannot_be_deleted_are_named(world: World) -> None:
    """The stack fails with counts, code and digest; once they can be, it goes."""
    gate = world.gate()
    world.create(world.both())
    world.push(count=3)
    listed = world.account.ecr.list_images(repositoryName=world.full_name("app"))["imageIds"]
    digest = listed[0]["imageDigest"]
    gate.refused = {digest: "UpstreamAccessDenied"}

    world.delete()

    reason = world.account.reasons(world.stack)[0]
    assert world.account.status(world.stack) == "DELETE_FAILED"
    assert world.account.images(world.full_name("app")) == 1
    for words in ("2 images deleted", "1 left", digest, "UpstreamAccessDenied", "again"):
        assert words in reason

    gate.refused = {}
    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"
