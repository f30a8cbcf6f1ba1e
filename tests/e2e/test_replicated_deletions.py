"""A replica in another account survives the deletion of its stack, unless that is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab.clients import Credentials, make_client
from tests.replication import OTHER

if TYPE_CHECKING:
    from tests.e2e.scenarios.world import World


def replicas(world: World) -> int:
    """Count the images of the scenario's repository in the other account."""
    lab = world.account.lab
    client = make_client("ecr", lab.endpoint_url, Credentials(OTHER, "any"), region=lab.region)
    pages = client.get_paginator("list_images").paginate(repositoryName=world.full_name("app"))
    found = sum(len(page["imageIds"]) for page in pages)
    client.close()
    return found


@pytest.mark.parametrize("mode", ["WithRepository", "Always"])
def test_the_replica_survives(world: World, mode: str) -> None:
    """The stack fails, the reason names the registry, and every image is in both places."""
    repository = {"Repository": world.repository()}
    world.create({**repository, **world.drain(OnDelete=mode)})
    world.replicate()
    world.push()
    assert replicas(world) == 3

    world.delete()

    assert world.account.status(world.stack) == "DELETE_FAILED"
    assert (world.account.images(world.full_name("app")), replicas(world)) == (3, 3)


def test_with_the_rule_turned_off_the_stack_goes_and_the_replica_stays(world: World) -> None:
    """That is the first way out that the reason names."""
    world.create(world.both())
    world.replicate()
    world.push()
    world.delete()
    world.replicate(deletions=False)

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert replicas(world) == 3


def test_what_is_accepted_goes_in_both_places(world: World) -> None:
    """That is the second one."""
    accepted = world.drain(ReplicatedDeletions="Accept")
    world.create({"Repository": world.repository(), **accepted})
    world.replicate()
    world.push()

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert replicas(world) == 0


def test_a_rule_that_is_there_before_shows_when_the_drain_is_deployed(world: World) -> None:
    """The stack is not created, and not found out at its end."""
    world.replicate()

    world.create(world.both())

    assert world.account.status(world.stack) == "ROLLBACK_COMPLETE"
