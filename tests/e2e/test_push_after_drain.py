"""A push between the drain's answer and CloudFormation's DeleteRepository."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.cli.app import run
from ecrdrain.lab import single_platform_image

if TYPE_CHECKING:
    from tests.e2e.scenarios.world import World

WORDS = "cannot be deleted because it still contains images"


@pytest.fixture
def late_push(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world where an image is pushed before CloudFormation hears that the drain is done."""
    courier = world.courier()
    hand_on = courier.answer

    def push_first(number: int, body: bytes) -> int:
        if courier.requests[number]["RequestType"] == "Delete":
            assert json.loads(body)["Status"] == "SUCCESS"
            world.account.push_image(world.full_name("app"), single_platform_image("late"))
        return hand_on(number, body)

    monkeypatch.setattr(courier, "answer", push_first)
    return world


def test_a_late_push_stops_the_deletion_again_and_again(
    late_push: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drain is gone by then and not asked any more; `ecrdrain stack delete` mends it."""
    world = late_push
    world.create(world.both())
    world.push()

    world.delete()
    world.delete()

    assert world.account.status(world.stack) == "DELETE_FAILED"
    assert world.account.images(world.full_name("app")) == 1
    answered = [each.request_type for each in world.account.answers(world.name)]
    assert answered == ["Create", "Delete"]
    assert WORDS in world.account.reasons(world.stack)[0]

    for name, value in world.account.lab.environment.items():
        monkeypatch.setenv(name, value)
    assert run(("stack", "delete", f"{world.name}-main", "--yes")) == 0
    assert world.account.status(world.stack) == "DELETE_COMPLETE"


def test_emptyondelete_beside_the_drain_takes_a_late_push_along(late_push: World) -> None:
    """CloudFormation deletes the repository with what came after the drain."""
    world = late_push
    resources = world.both()
    resources["Repository"]["Properties"]["EmptyOnDelete"] = True
    world.create(resources)
    world.push()

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert world.account.images(world.full_name("app")) is None


def test_emptyondelete_overrides_never(world: World) -> None:
    """The drain keeps the images, and CloudFormation deletes them with the repository."""
    resources = {"Repository": world.repository(), **world.drain(OnDelete="Never")}
    resources["Repository"]["Properties"]["EmptyOnDelete"] = True
    world.create(resources)
    world.push()

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert world.account.images(world.full_name("app")) is None
