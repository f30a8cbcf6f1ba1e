"""What an update can do to a repository, its drain, or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.scenarios.gate import Denied
from tests.e2e.scenarios.scenario import scenario

if TYPE_CHECKING:
    from tests.e2e.scenarios.world import World

RETAIN = {"DeletionPolicy": "Retain"}


@scenario(ends="UPDATE_COMPLETE", keeps={"app": 3})
def an_update_changes_a_property(world: World) -> None:
    """Nothing is deleted, and no Delete is sent."""
    world.create({"Repository": world.repository(), **world.drain(Preflight="true")})
    world.push()
    world.update({"Repository": world.repository(), **world.drain(Preflight="false")})


@scenario(ends="UPDATE_COMPLETE", keeps={"app": 3})
def a_cold_start_between_two_updates(world: World) -> None:
    """The resource is still the same to CloudFormation, so no Delete is sent."""
    world.create({"Repository": world.repository(), **world.drain(Preflight="true")})
    world.push()
    world.update({"Repository": world.repository(), **world.drain(Preflight="false")})
    world.cool_down()
    world.update({"Repository": world.repository(), **world.drain(Preflight="true")})


@scenario(ends="UPDATE_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("still has",))
def the_drain_is_removed_and_the_repository_stays(world: World) -> None:
    """The repository lives on with its images."""
    world.create(world.both())
    world.push()
    world.update({"Repository": world.repository()})


@scenario(ends="UPDATE_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("still has",))
def the_drain_gets_another_logical_id(world: World) -> None:
    """The new drain is created, the old one deleted, and the repository lives on."""
    world.create(world.both())
    world.push()
    world.update({"Repository": world.repository(), **world.drain(logical_id="Cleaner")})


@scenario(
    ends="UPDATE_COMPLETE",
    keeps={"app": 3},
    may_delete=("app",),
    decides=("keep",),
    says=("cannot be read",),
)
def drain_and_repository_are_removed_together(world: World) -> None:
    """The old template, and the DeletionPolicy in it, is gone by then: the images stay."""
    world.create({**world.both(), "Other": world.repository("other")})
    world.push()
    world.update({"Other": world.repository("other")})


@scenario(
    "Drain and repository are removed together with OnDelete Always",
    ends="UPDATE_COMPLETE",
    deletes=("app",),
    decides=("drain",),
    says=("Always",),
)
def drain_and_repository_are_removed_together_with_ondelete_always(world: World) -> None:
    """The repository goes with its images."""
    resources = {"Repository": world.repository(), **world.drain(OnDelete="Always")}
    world.create({**resources, "Other": world.repository("other")})
    world.push()
    world.update({"Other": world.repository("other")})


@scenario(
    "Drain and repository are removed together under Retain",
    ends="UPDATE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("cannot be read",),
)
def drain_and_repository_are_removed_together_under_retain(world: World) -> None:
    """CloudFormation keeps the repository, and it keeps its images."""
    world.create({**world.both(policies=RETAIN), "Other": world.repository("other")})
    world.push()
    world.update({"Other": world.repository("other")})


@scenario(
    ends="UPDATE_COMPLETE",
    keeps={"new": 0},
    deletes=("app",),
    decides=("drain",),
    says=("is another one now",),
)
def the_repository_is_renamed(world: World) -> None:
    """The old one is replaced: it is drained and deleted once the update has succeeded."""
    world.create(world.both())
    world.push()
    world.update(world.both("new"))


@scenario(
    "The repository is renamed under UpdateReplacePolicy Retain",
    ends="UPDATE_COMPLETE",
    keeps={"new": 0, "app": 3},
    decides=("keep",),
    says=("UpdateReplacePolicy",),
)
def the_repository_is_renamed_under_updatereplacepolicy_retain(world: World) -> None:
    """CloudFormation keeps the old one, and it keeps its images."""
    policy = {"UpdateReplacePolicy": "Retain"}
    world.create(world.both("app", policy))
    world.push()
    world.update(world.both("new", policy))


@scenario(ends="UPDATE_ROLLBACK_COMPLETE", keeps={"app": 3}, deletes=("new",), decides=("keep",))
def the_repository_is_renamed_and_the_update_fails(world: World) -> None:
    """The new repository goes, the old one lives on: nothing is deleted before success."""
    world.create(world.both())
    world.push()
    world.update({**world.both("new"), **world.failing()})


@scenario(
    ends="UPDATE_COMPLETE", keeps={"app": 3, "other": 3}, decides=("keep",), says=("still has",)
)
def the_drain_is_pointed_at_another_repository(world: World) -> None:
    """Both repositories stand in the template, and both keep their images."""
    two = {"Repository": world.repository(), "Other": world.repository("other")}
    world.create({**two, **world.drain()})
    world.push()
    world.push("other")
    world.update({**two, **world.drain({"Ref": "Other"})})


@scenario(ends="UPDATE_ROLLBACK_COMPLETE", keeps={"app": 3, "other": 3}, decides=("keep",))
def the_drain_is_pointed_at_another_repository_and_the_update_fails(world: World) -> None:
    """The Delete of the rollback names the other repository, which stays as well."""
    two = {"Repository": world.repository(), "Other": world.repository("other")}
    world.create({**two, **world.drain()})
    world.push()
    world.push("other")
    world.update({**two, **world.drain({"Ref": "Other"}), **world.failing()})


@scenario(ends="UPDATE_ROLLBACK_COMPLETE", keeps={"app": 3})
def an_update_fails_and_rolls_back(world: World) -> None:
    """The drain is updated back; nothing is deleted."""
    world.create({"Repository": world.repository(), **world.drain(Preflight="true")})
    world.push()
    changed = {"Repository": world.repository(), **world.drain(Preflight="false")}
    world.update({**changed, **world.failing()})


@scenario(ends="UPDATE_ROLLBACK_COMPLETE", keeps={"app": 3})
def an_update_fails_after_a_cold_start(world: World) -> None:
    """The identity does not depend on the instance that answers, in the rollback either."""
    world.create({"Repository": world.repository(), **world.drain(Preflight="true")})
    world.push()
    world.cool_down()
    changed = {"Repository": world.repository(), **world.drain(Preflight="false")}
    world.update({**changed, **world.failing()})


@scenario(
    ends="UPDATE_ROLLBACK_COMPLETE",
    keeps={"app": 3},
    says=("OnDelete 'Sometimes'", "WithRepository, Always, Never"),
)
def an_update_gives_a_wrong_property(world: World) -> None:
    """The update fails, naming the property and what is allowed, and rolls back."""
    world.create(world.both())
    world.push()
    world.update({"Repository": world.repository(), **world.drain(OnDelete="Sometimes")})


@scenario(ends="UPDATE_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("still has",))
def a_nested_stack_with_the_drain_is_removed(world: World) -> None:
    """The drain's own stack is deleted, the repository's is not: it keeps its images."""
    holder = {"Holder": world.nested_repository()}
    world.create({**holder, "Drains": world.nested_drain("Holder")})
    world.push()
    world.update(holder)


@scenario(ends="UPDATE_COMPLETE", deletes=("app",), decides=("drain",))
def a_nested_stack_with_drain_and_repository_is_removed(world: World) -> None:
    """The nested stack is deleted, and the repository with it."""
    other = {"Other": world.repository("other")}
    world.create({**other, "Holder": world.nested(world.both())})
    world.push()
    world.update(other)


@scenario(
    ends="UPDATE_ROLLBACK_COMPLETE",
    keeps={"app": 3},
    says=("ecr:BatchDeleteImage on arn:aws:ecr:", "a rollback"),
)
def an_update_after_the_permissions_were_lost(world: World) -> None:
    """The update fails, naming what to grant; the rollback does not fail for the same reason."""
    gate = world.gate(timeout=6)
    world.create({"Repository": world.repository(), **world.drain(OnDelete="Always")})
    world.push()

    def deny(operation: str, _before: int) -> None:
        if operation == "BatchDeleteImage":
            raise Denied

    gate.rule = deny
    world.update({"Repository": world.repository(), **world.drain(OnDelete="WithRepository")})


@scenario(
    "An update points the drain at another repository under OnDelete Always, and fails",
    ends="UPDATE_ROLLBACK_COMPLETE",
    keeps={"app": 3, "other": 3},
    decides=("keep",),
    says=("still has",),
)
def an_update_points_the_drain_at_another_repository_under_ondelete_always_and_fails(
    world: World,
) -> None:
    """Neither repository goes in the rollback, and neither loses an image."""
    two = {"Repository": world.repository(), "Other": world.repository("other")}
    world.create({**two, **world.drain(OnDelete="Always")})
    world.push()
    world.push("other")
    elsewhere = world.drain({"Ref": "Other"}, OnDelete="Always")
    world.update({**two, **elsewhere, **world.failing()})


@scenario(
    "The drain is pointed at another repository under OnDelete Always",
    ends="UPDATE_COMPLETE",
    keeps={"app": 0, "other": 3},
    decides=("drain",),
    says=("Always",),
)
def the_drain_is_pointed_at_another_repository_under_ondelete_always(world: World) -> None:
    """OnDelete Always asks for no owner: the first repository lives on, empty."""
    two = {"Repository": world.repository(), "Other": world.repository("other")}
    world.create({**two, **world.drain(OnDelete="Always")})
    world.push()
    world.push("other")
    world.update({**two, **world.drain({"Ref": "Other"}, OnDelete="Always")})
