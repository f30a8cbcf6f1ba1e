"""Whose repository is it, and does CloudFormation delete it? Deleting stacks of all shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecrdrain.lab import multi_platform_image, nested_index
from tests.e2e.scenarios.scenario import scenario
from tests.e2e.scenarios.world import output_of

if TYPE_CHECKING:
    from tests.e2e.scenarios.account import Resources
    from tests.e2e.scenarios.world import World

RETAIN: dict[str, Any] = {"DeletionPolicy": "Retain"}
EXCEPT_ON_CREATE = {"DeletionPolicy": "RetainExceptOnCreate"}


def _with_unreadable_policy(world: World, **properties: str) -> Resources:
    repository = world.repository(DeletionPolicy={"Fn::If": ["Keep", "Retain", "Delete"]})
    return {
        "Transform": "AWS::LanguageExtensions",
        "Conditions": {"Keep": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Repository": repository, **world.drain(**properties)},
    }


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_stack_with_three_images_is_deleted(world: World) -> None:
    """Repository and images go with the stack."""
    world.create(world.both())
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_stack_with_250_images_is_deleted(world: World) -> None:
    """More images than one listing shows by default, and than one call deletes."""
    world.create(world.both())
    world.push(count=250)
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_stack_with_a_multi_platform_image_is_deleted(world: World) -> None:
    """The index goes first, then what it lists."""
    world.create(world.both())
    world.account.push_image(world.full_name("app"), multi_platform_image("many"))
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_stack_with_an_index_of_indexes_is_deleted(world: World) -> None:
    """Parents go before children, however deep."""
    world.create(world.both())
    world.account.push_image(world.full_name("app"), nested_index("deep", 3))
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_stack_with_an_archived_image_is_deleted(world: World) -> None:
    """Archived images are listed and deleted too."""
    world.create(world.both())
    world.account.push_image(world.full_name("app"))
    world.account.archive(world.full_name("app"))
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("keep",), says=("does not exist",))
def the_repository_is_deleted_by_hand_before_the_stack(world: World) -> None:
    """There is nothing to drain, and the stack goes."""
    world.create(world.both())
    world.push()
    world.remove_repository()
    world.delete()


@scenario(
    "DeletionPolicy Retain",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("DeletionPolicy of Repo",),
)
def deletionpolicy_retain(world: World) -> None:
    """CloudFormation keeps the repository, and it keeps its images."""
    world.create(world.both(policies=RETAIN))
    world.push()
    world.delete()


@scenario(
    "DeletionPolicy RetainExceptOnCreate",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
)
def deletionpolicy_retainexceptoncreate(world: World) -> None:
    """The same, once the stack has been created."""
    world.create(world.both(policies=EXCEPT_ON_CREATE))
    world.push()
    world.delete()


@scenario(
    "DeletionPolicy Retain in a YAML template",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
)
def deletionpolicy_retain_in_a_yaml_template(world: World) -> None:
    """The policy is read off YAML as CloudFormation reads it."""
    world.create(
        f"""# DeletionPolicy: Delete
Resources:
  "Repository" :
    Properties: {{ RepositoryName: {world.full_name("app")} }}
    DeletionPolicy: 'Retain'   # DeletionPolicy: Delete
    Type: AWS::ECR::Repository
"""
        + world.drain_in_yaml()
    )
    world.push()
    world.delete()


@scenario(
    "A DeletionPolicy that is not a plain word",
    ends="DELETE_FAILED",
    keeps={"app": 3},
    decides=("refuse",),
    says=("the DeletionPolicy of Repository", "cannot be read", "plain words"),
)
def a_deletionpolicy_that_is_not_a_plain_word(world: World) -> None:
    """Deployed without preflight, it is not guessed at: the stack fails, and the images stay."""
    world.create(_with_unreadable_policy(world, Preflight="false"))
    world.push()
    world.delete()


@scenario(
    "DeletionPolicy Retain on the nested stack that holds it",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("Holder",),
)
def deletionpolicy_retain_on_the_nested_stack_that_holds_it(world: World) -> None:
    """CloudFormation keeps the nested stack, and the repository in it keeps its images."""
    holder = {"Holder": world.nested_repository(**RETAIN)}
    world.create({**holder, **world.drain(output_of("Holder"))})
    world.push()
    world.delete()


@scenario(
    "DeletionPolicy Retain two stacks above it",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("Middle",),
)
def deletionpolicy_retain_two_stacks_above_it(world: World) -> None:
    """The policy of the outer nested stack keeps all that is in it."""
    inner = {"Holder": world.nested_repository()}
    middle = world.nested(inner, {"Name": output_of("Holder")}, **RETAIN)
    world.create({"Middle": middle, **world.drain(output_of("Middle"))})
    world.push()
    world.delete()


@scenario(
    "DeletionPolicy Retain in a nested stack of a nested stack",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("Holder",),
)
def deletionpolicy_retain_in_a_nested_stack_of_a_nested_stack(world: World) -> None:
    """The outer nested stack goes, the inner one stays with the repository in it."""
    inner = {"Holder": world.nested_repository(**RETAIN)}
    middle = world.nested(inner, {"Name": output_of("Holder")})
    world.create({"Middle": middle, **world.drain(output_of("Middle"))})
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def nested_stacks_two_deep(world: World) -> None:
    """A drain in one nested stack finds its repository in another, two below the root."""
    inner = {"Holder": world.nested_repository()}
    middle = world.nested(inner, {"Name": output_of("Holder")})
    world.create({"Middle": middle, "Drains": world.nested_drain("Middle")})
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("no stack",))
def the_repository_is_in_another_stack(world: World) -> None:
    """Only the drain's stack is deleted: the other's repository keeps its images."""
    world.create({"Repository": world.repository()}, "owner")
    world.create(world.drain(world.full_name("app"), Preflight="false"))
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", keeps={"app": 3}, decides=("keep",), says=("no stack",))
def the_repository_was_made_by_hand(world: World) -> None:
    """No stack holds it, so it keeps its images."""
    world.make_repository()
    world.create(world.drain(world.full_name("app"), Preflight="false"))
    world.delete()


@scenario(
    "The repository was made by hand under OnDelete Always",
    ends="DELETE_COMPLETE",
    keeps={"app": 0},
    decides=("drain",),
    says=("Always",),
)
def the_repository_was_made_by_hand_under_ondelete_always(world: World) -> None:
    """It is emptied, as asked."""
    world.make_repository()
    world.create(world.drain(world.full_name("app"), OnDelete="Always"))
    world.delete()


@scenario(
    "DeletionPolicy Retain under OnDelete Always",
    ends="DELETE_COMPLETE",
    keeps={"app": 0},
    decides=("drain",),
    says=("Always",),
)
def deletionpolicy_retain_under_ondelete_always(world: World) -> None:
    """OnDelete Always asks for no policy: the repository stays, empty."""
    repository = world.repository(**RETAIN)
    world.create({"Repository": repository, **world.drain(OnDelete="Always")})
    world.push()
    world.delete()


@scenario(
    "OnDelete Never", ends="DELETE_FAILED", keeps={"app": 3}, decides=("keep",), says=("Never",)
)
def ondelete_never(world: World) -> None:
    """Nothing is drained; CloudFormation itself then refuses to delete the repository."""
    world.create({"Repository": world.repository(), **world.drain(OnDelete="Never")})
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app", "other"), decides=("drain", "drain"))
def two_drains_in_one_stack(world: World) -> None:
    """Each drains its own repository, with the same function."""
    two = {"Repository": world.repository(), "Other": world.repository("other")}
    other = world.drain({"Ref": "Other"}, logical_id="OtherDrain")
    world.create({**two, **world.drain(), **other})
    world.push()
    world.push("other")
    world.delete()


@scenario(
    ends="DELETE_FAILED",
    keeps={"app": 3},
    decides=("refuse",),
    says=("deletions are replicated to 210987654321 in us-east-1", "ReplicatedDeletions: Accept"),
)
def a_replication_rule_carries_deletions_on(world: World) -> None:
    """In the other registry no stack says that the images may go: nothing is deleted in either."""
    world.create(world.both())
    world.replicate()
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def a_replication_rule_carries_deletions_on_and_that_is_accepted(world: World) -> None:
    """The user has said so, and the images go here and there."""
    accepted = world.drain(ReplicatedDeletions="Accept")
    world.create({"Repository": world.repository(), **accepted})
    world.replicate()
    world.push()
    world.delete()


@scenario(ends="DELETE_COMPLETE", keeps={"app": 3}, decides=("refuse",), says=("cannot be read",))
def the_operator_keeps_drain_and_repository(world: World) -> None:
    """A stack that failed to delete is deleted without them, and the images stay."""
    world.create(_with_unreadable_policy(world, Preflight="false"))
    world.push()
    world.delete()
    world.delete(retain=("Drain", "Repository"))
