"""Stacks that are not created as they should be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.e2e.scenarios.deletions import EXCEPT_ON_CREATE, RETAIN
from tests.e2e.scenarios.scenario import scenario
from tests.e2e.scenarios.world import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.scenarios.courier import Event
    from tests.e2e.scenarios.world import World


@scenario(ends="ROLLBACK_COMPLETE", deletes=("app",), decides=("keep",), says=("is empty",))
def a_creation_fails_elsewhere(world: World) -> None:
    """The empty repository goes with the rollback."""
    world.create({**world.both(), **world.failing()})


@scenario(ends="ROLLBACK_COMPLETE", deletes=("app",), decides=("drain",))
def a_creation_fails_after_a_push(world: World) -> None:
    """The rollback deletes the repository, and the image in it does not stop that."""
    _fail_after_push(world)


@scenario(
    "A creation fails after a push under DeletionPolicy Retain",
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 1},
    decides=("keep",),
)
def a_creation_fails_after_a_push_under_deletionpolicy_retain(world: World) -> None:
    """CloudFormation keeps the repository in the rollback too, and it keeps its image."""
    _fail_after_push(world, RETAIN)


@scenario(
    "A creation fails after a push under RetainExceptOnCreate",
    ends="ROLLBACK_COMPLETE",
    deletes=("app",),
    decides=("drain",),
)
def a_creation_fails_after_a_push_under_retainexceptoncreate(world: World) -> None:
    """This policy does not hold in the rollback of the creation."""
    _fail_after_push(world, EXCEPT_ON_CREATE)


@scenario(
    "A creation by a request with RetainExceptOnCreate fails after a push, under Retain",
    ends="ROLLBACK_COMPLETE",
    deletes=("app",),
    decides=("drain",),
)
def a_creation_by_a_request_with_retainexceptoncreate_fails(world: World) -> None:
    """The rollback of this request deletes what is new, whatever its policy."""
    _fail_after_push(world, RETAIN, {"RetainExceptOnCreate": True})


@scenario(ends="ROLLBACK_COMPLETE", deletes=("app",), decides=("drain",))
def a_creation_of_nested_stacks_fails_after_a_push(world: World) -> None:
    """The drain's stack is deleted, the repository's is, and the image does not stop that."""
    _push_before_the_drain_exists(world)
    holder = {"Holder": world.nested_repository()}
    drains = {"Drains": world.nested_drain("Holder")}
    world.create({**holder, **drains, **world.failing("Drains")})


@scenario(
    "A creation fails elsewhere under OnDelete Always, on a repository made by hand",
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("no stack",),
)
def a_creation_fails_elsewhere_under_ondelete_always(world: World) -> None:
    """In a rollback Always is no more than WithRepository: nobody asked for these images to go."""
    world.make_repository()
    drain = world.drain(world.full_name("app"), OnDelete="Always")
    world.create({**drain, **world.failing()})


@scenario(
    ends="UPDATE_ROLLBACK_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("still has",)
)
def an_update_that_adds_the_drain_fails(world: World) -> None:
    """The new drain is deleted again, the repository is not: it keeps its images."""
    world.create({"Repository": world.repository()})
    world.push()
    world.update({**world.both(), **world.failing()})


@scenario(
    ends="UPDATE_ROLLBACK_COMPLETE",
    keeps={"app": 1},
    may_delete=("app",),
    decides=("keep",),
    on_aws=(
        "By then AWS shows the template without the repository, the emulator the one with it: "
        "either way its DeletionPolicy cannot be trusted."
    ),
)
def an_update_that_adds_drain_and_repository_fails_after_a_push(world: World) -> None:
    """The image stays: what the template says of the repository is no longer certain."""
    other = {"Other": world.repository("other")}
    _push_before_the_drain_exists(world)
    world.create(other)
    world.update({**other, **world.both(), **world.failing()})


@scenario(ends="ROLLBACK_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("no stack",))
def a_creation_with_a_repository_made_by_hand_fails(world: World) -> None:
    """The rollback deletes the drain alone; the repository keeps its images."""
    world.make_repository()
    drain = world.drain(world.full_name("app"), Preflight="false")
    world.create({**drain, **world.failing()})


@scenario(ends="ROLLBACK_COMPLETE", says=("ecr:ListImages on", "RepositoryNotFoundException"))
def the_repository_does_not_exist(world: World) -> None:
    """The creation fails and names the repository: the mistake shows at once."""
    world.create(world.drain(world.full_name("app")))


@scenario(
    "A drain of a repository made by hand is deployed",
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 3},
    says=("no stack of this tree holds it; declare it in one; OnDelete: Always", "Never keeps it"),
)
def a_drain_of_a_repository_made_by_hand_is_deployed(world: World) -> None:
    """It could never act: that shows now, with the three ways out, and not at the deletion."""
    world.make_repository()
    world.create(world.drain(world.full_name("app")))


@scenario(
    "A drain of another stack's repository is deployed",
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 3},
    says=("no stack of this tree holds it",),
)
def a_drain_of_another_stacks_repository_is_deployed(world: World) -> None:
    """The same: the other stack's end is not this one's."""
    world.create({"Repository": world.repository()}, "owner")
    world.push()
    world.create(world.drain(world.full_name("app")))


@scenario(
    "A DeletionPolicy that is not a plain word is deployed",
    ends="ROLLBACK_COMPLETE",
    deletes=("app",),
    says=("the DeletionPolicy of Repository", "cannot be read; write it in block style"),
)
def a_deletionpolicy_that_is_not_a_plain_word_is_deployed(world: World) -> None:
    """What could not be understood at the deletion is refused before there are images."""
    repository = world.repository(DeletionPolicy={"Fn::If": ["Keep", "Retain", "Delete"]})
    world.create(
        {
            "Transform": "AWS::LanguageExtensions",
            "Conditions": {"Keep": {"Fn::Equals": ["a", "b"]}},
            "Resources": {"Repository": repository, **world.drain()},
        }
    )


@scenario(
    "A repository in flow style is deployed",
    ends="ROLLBACK_COMPLETE",
    deletes=("app",),
    says=("the DeletionPolicy of Repository", "cannot be read; write it in block style"),
)
def a_repository_in_flow_style_is_deployed(world: World) -> None:
    """The reader knows block style: what it does not understand shows now, with the cause."""
    name = world.full_name("app")
    repository = f"{{Type: AWS::ECR::Repository, Properties: {{RepositoryName: {name}}}}}"
    world.create(f"Resources:\n  Repository: {repository}\n{world.drain_in_yaml()}")


@scenario(
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=(
        "property 'Colour' is wrong",
        "RepositoryName 'App' is wrong; allowed is 2 to 256 lower-case letters and digits",
        "OnDelete 'Sometimes' is wrong; allowed is WithRepository, Always, Never",
        "property 'RegistryId' is wrong",
        "Preflight 'maybe' is wrong; allowed is true, false",
    ),
)
def properties_are_wrong(world: World) -> None:
    """The creation fails and names each mistake and what is allowed."""
    world.make_repository()
    wrong = {"OnDelete": "Sometimes", "RegistryId": "999999999999", "Preflight": "maybe"}
    world.create(
        {
            **world.drain("App", Colour="blue", **wrong),
            **world.drain(world.full_name("app"), logical_id="Cleaner", Preflight="false"),
        }
    )


@scenario(
    "The Delete after a Create that failed",
    ends="ROLLBACK_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("never created",),
    on_aws="AWS sends this Delete in the rollback; the emulator does not, so it is sent by hand.",
)
def the_delete_after_a_create_that_failed(world: World) -> None:
    """It names what the failed Create answered, and touches nothing."""
    courier = world.courier()
    world.make_repository()
    world.create({**world.drain(world.full_name("app"), OnDelete="Sometimes"), **world.failing()})
    create = courier.request("Create")
    (answer,) = world.account.answers(world.name)[:1]
    physical_id = json.loads(answer.body)["PhysicalResourceId"]
    courier.run(courier.make_up(create, RequestType="Delete", PhysicalResourceId=physical_id))


def _fail_after_push(
    world: World,
    policies: Mapping[str, object] = NOTHING,
    request: Mapping[str, object] = NOTHING,
) -> None:
    _push_before_the_drain_exists(world)
    world.create({**world.both(policies=policies), **world.failing()}, request=request)


def _push_before_the_drain_exists(world: World) -> None:
    courier = world.courier()

    def push_first(event: Event) -> None:
        if event["RequestType"] == "Create":
            world.push(count=1)
        courier.send(event)

    courier.deliver = push_first
