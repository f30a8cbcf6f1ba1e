"""What a request can do that CloudFormation has not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.scenarios.world import World


@pytest.mark.parametrize(("on_delete", "left"), [("Always", 0), ("WithRepository", 3)])
def test_who_may_invoke_may_empty_under_always(on_delete: str, left: int, world: World) -> None:
    """Any repository of the role; without Always the guard finds that nobody deletes it."""
    courier = world.courier()
    world.create(world.both())
    repository = world.make_repository("hand-made")
    arn = world.account.resource(world.stack, "Drain").replace("/app", "/hand-made")
    made_up = courier.make_up(
        courier.request("Create"),
        RequestType="Delete",
        PhysicalResourceId=arn,
        ResourceProperties={
            "ServiceToken": courier.arn,
            "RepositoryName": repository,
            "OnDelete": on_delete,
        },
    )

    courier.run(made_up)

    assert [each["Status"] for each in courier.answers] == ["SUCCESS"]
    assert world.account.images(repository) == left
