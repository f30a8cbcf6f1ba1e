"""Whole templates: our all-in-one, and the article's four with any function in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecrdrain import drain
from ecrdrain.templates.render import insert_function
from tests.e2e.scenarios.gate import Denied
from tests.e2e.scenarios.installation import ARTICLE_FUNCTION, ARTICLE_TEMPLATES
from tests.e2e.scenarios.scenario import scenario

if TYPE_CHECKING:
    from tests.e2e.scenarios.world import World

EXCHANGE_ON_AWS = (
    "AWS sends a Delete for the identity that the article's function gave; the emulator sends "
    "none when the drain is in a nested stack."
)
ON_DELETE = {"ECRDRAIN_ON_DELETE": "Always"}


@scenario(ends="DELETE_COMPLETE", deletes=("",), decides=("drain",))
def the_four_templates_of_the_article(world: World) -> None:
    """They work as they are with the function in them: no property, no new permission."""
    create_as_in_the_article(world, world.installation.source)
    world.push("")
    world.delete()


@scenario(
    "The four templates with their role and ECRDRAIN_ON_DELETE Always",
    ends="DELETE_COMPLETE",
    deletes=("",),
    decides=("drain",),
    says=("Always",),
    enforced=True,
)
def the_four_templates_with_their_role(world: World) -> None:
    """Without the guard the article's role is enough."""
    create_as_in_the_article(world, world.installation.source, **ON_DELETE)
    world.push("")
    world.delete()


@scenario(ends="UPDATE_COMPLETE", keeps={"": 3}, on_aws=EXCHANGE_ON_AWS)
def the_function_in_the_four_templates_is_exchanged(world: World) -> None:
    """An update of the drain makes it the new function's; the images stay."""
    _exchange_function(world)


@scenario(ends="DELETE_COMPLETE", deletes=("",), decides=("drain",), on_aws=EXCHANGE_ON_AWS)
def the_stacks_are_deleted_after_the_exchange(world: World) -> None:
    """Repository and images go with the stacks."""
    _exchange_function(world)
    world.delete()


@scenario(ends="UPDATE_COMPLETE", keeps={"new": 0}, deletes=("app",), decides=("drain",))
def the_repository_of_an_all_in_one_stack_is_renamed(world: World) -> None:
    """The old repository is drained and deleted, and the drain is the new one's."""
    world.create(world.all_in_one("app"))
    world.push()
    world.update(world.all_in_one("new"))


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain",),
    answers=("FAILED",),
    says=("ecr:BatchDeleteImage on arn:aws:ecr:", "delete the stack again"),
)
def the_drain_of_an_all_in_one_stack_fails(world: World) -> None:
    """The function may be gone afterwards: drained by hand, the stack is deleted without it."""
    world.create(world.all_in_one("app"))
    world.push()
    gate = world.gate_before_stack()

    def deny(operation: str, _before: int) -> None:
        if operation == "BatchDeleteImage":
            raise Denied

    gate.rule = deny
    world.delete()
    # The emulator deletes the function now, as AWS may: CloudFormation cannot ask it again.
    assert drain(world.full_name("app"), client=world.account.ecr).empty
    world.delete(retain=("Drain",))


def create_as_in_the_article(world: World, source: str, **environment: str) -> None:
    """Upload the article's templates with this function in them, and create the root's stack."""
    for path in ARTICLE_TEMPLATES.glob("*.yaml"):
        template = insert_function(path.read_text(), source)
        for name, value in environment.items():
            line = "          ACCOUNT_ID: !Ref AWS::AccountId\n"
            template = template.replace(line, f"{line}          {name}: {value}\n")
        world.account.upload(f"{world.name}/{world.name}-{path.name}", template)
    world.create(_root(), TemplateBucketName=world.account.bucket, Prefix=world.name)


def _exchange_function(world: World) -> None:
    """Create the article's stacks, push, and update them to another function and a property."""
    create_as_in_the_article(world, ARTICLE_FUNCTION.read_text())
    world.push("")
    world.exchange_function(f"{world.name}-function", world.installation.source)
    template = (ARTICLE_TEMPLATES / "customresource.yaml").read_text()
    template += f"      RepositoryName: {world.name}\n"
    world.account.upload(f"{world.name}/{world.name}-with-property.yaml", template)
    root = _root().replace("-customresource.yaml", "-with-property.yaml")
    world.update(root, TemplateBucketName=world.account.bucket, Prefix=world.name)


def _root() -> str:
    return (ARTICLE_TEMPLATES / "root.yaml").read_text()
