"""Moving to ecrdrain from another function: the obvious ways, and docs' safe order."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from botocore.exceptions import ClientError

from ecrdrain.templates.render import function_source
from tests.e2e.scenarios.installation import Article, Other
from tests.e2e.scenarios.world import World, output_of

if TYPE_CHECKING:
    from tests.e2e.scenarios.account import Account, Resources

PAGE = Path(__file__).parents[2] / "docs" / "coming-from-another-function.md"
CDK_TAG = "aws-cdk:auto-delete-images"
HELD = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
EMPTYING = ["the article's", "crhelper-based"]
"""The functions that empty a repository whenever they get a Delete."""


def old_drain(kind: str, world: World, **attributes: object) -> Resources:
    """Return another function's drain, `OldDrain`, with its function and role."""
    resources = _installation(kind, world.account).drain(
        world.name, "OldDrain", {"Ref": "Repository"}, {}
    )
    resources["OldDrain"] |= attributes
    return resources


def _installation(kind: str, account: Account) -> Article:
    if kind == "the article's":
        return Article(account)
    return Other(account, CDK_TAG if kind == "CDK's" else "")


def with_old_drain(kind: str, world: World) -> Resources:
    """Create the stack that is to be moved, with three images; return its resources."""
    resources = {"Repository": world.repository(), **old_drain(kind, world)}
    world.create(resources)
    world.push()
    return resources


def images(world: World) -> int | None:
    """Count the images of the stack's repository."""
    return world.account.images(world.full_name("app"))


def events(world: World, logical_id: str) -> list[str]:
    """Return the statuses that a resource went through, oldest first."""
    found = world.account.stacks.describe_stack_events(StackName=world.stack)["StackEvents"]
    return [
        each["ResourceStatus"]
        for each in reversed(found)
        if each["LogicalResourceId"] == logical_id
    ]


def asked(world: World, logical_id: str) -> list[str]:
    """Return the requests that a custom resource's function has answered."""
    answers = world.account.answers(world.name)
    return [each.request_type for each in answers if each.logical_id == logical_id]


@pytest.mark.parametrize("kind", [*EMPTYING, "CDK's"])
def test_another_service_token_is_refused(kind: str, world: World) -> None:
    """CloudFormation rolls the update back, and the images stay."""
    resources = with_old_drain(kind, world)
    token = world.drain()["Drain"]["Properties"]["ServiceToken"]
    resources["OldDrain"]["Properties"]["ServiceToken"] = token

    world.update(resources)

    assert world.account.status(world.stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Modifying service token is not allowed." in world.account.reasons(world.stack)
    assert images(world) == 3


def test_another_type_is_refused(world: World) -> None:
    """The resource of the other function cannot become a Custom::EcrDrain."""
    resources = with_old_drain("the article's", world)
    resources["OldDrain"]["Type"] = "Custom::EcrDrain"

    with pytest.raises(ClientError, match=r"Update of resource type is not permitted.*OldDrain"):
        world.update(resources)


@pytest.mark.parametrize("kind", EMPTYING)
def test_a_new_logical_id_alone_loses_the_images(kind: str, world: World) -> None:
    """The Delete of the old one goes to the old function, which empties the live repository."""
    with_old_drain(kind, world)

    world.update(world.both())

    assert world.account.status(world.stack) == "UPDATE_COMPLETE"
    assert images(world) == 0


@pytest.mark.parametrize("kind", EMPTYING)
def test_the_safe_order_keeps_the_images(kind: str, world: World) -> None:
    """The old function gets no request but its Create; the new one drains in the end."""
    with_old_drain(kind, world)
    world.update({**world.both(), **old_drain(kind, world, **HELD)})
    assert images(world) == 3

    world.update(world.both())

    assert world.account.status(world.stack) == "UPDATE_COMPLETE"
    assert images(world) == 3
    assert events(world, "OldDrain")[-1] == "DELETE_SKIPPED"
    assert asked(world, "OldDrain") == ["Create"]
    assert world.account.functions_of(world.stack) == []
    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert images(world) is None


@pytest.mark.parametrize("kind", EMPTYING)
def test_between_the_updates_the_stack_can_be_deleted(kind: str, world: World) -> None:
    """The new function drains; the old one is not asked."""
    with_old_drain(kind, world)
    world.update({**world.both(), **old_drain(kind, world, **HELD)})

    world.delete()

    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert images(world) is None
    assert asked(world, "OldDrain") == ["Create"]


def test_a_first_update_that_fails_changes_nothing(world: World) -> None:
    """It is rolled back with the old drain as it was, and the images stay."""
    with_old_drain("the article's", world)

    held = old_drain("the article's", world, **HELD)
    world.update({**world.both(), **held, **world.failing()})

    assert world.account.status(world.stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert images(world) == 3
    assert asked(world, "OldDrain") == ["Create"]


def test_the_templates_of_the_page_keep_the_images(world: World) -> None:
    """Deployed one after the other as they stand, they end with the new drain alone."""
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    before, first, second = (_deployable(block, world) for block in blocks)
    world.create(before)
    world.push()

    world.update(first)
    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)
    world.update(second)
    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)
    assert events(world, "OldDrain")[-1] == "DELETE_SKIPPED"

    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"


def _deployable(block: str, world: World) -> str:
    """Fill in what the page leaves out: the old function, and the provider's export."""
    token = world.drain()["Drain"]["Properties"]["ServiceToken"]
    text = block.replace("!ImportValue ecrdrain-ServiceToken", token)
    text = text.replace("RepositoryName: shop", f"RepositoryName: {world.full_name('app')}")
    function = old_drain("the article's", world)
    del function["OldDrain"]
    old = textwrap.indent(yaml.safe_dump(function), "  ") if "OldDrainFunction" in text else ""
    return f"Resources:\n{text}{old}"


def test_the_article_s_nested_stacks_keep_the_images(world: World) -> None:
    """The same order inside the nested stack; with it goes the one of the old function."""
    article = Article(world.account).drain(world.name, "Old", {"Ref": "Name"}, {})
    function = {name: article[name] for name in ("OldFunction", "OldRole")}
    custom = {**article["Old"], "Properties": {"ServiceToken": {"Ref": "FunctionArn"}}}
    arn = {"FunctionArn": output_of("LambdaStack", "Arn")}
    name = {"Name": output_of("ECRStack")}
    stacks: dict[str, Any] = {
        "ECRStack": world.nested_repository(),
        "LambdaStack": world.nested(
            function, {"Arn": {"Fn::GetAtt": ["OldFunction", "Arn"]}}, name
        ),
    }
    world.create(
        {**stacks, "CustomResourceStack": world.nested({"CustomResource": custom}, {}, arn)}
    )
    world.push()

    held = {"CustomResource": {**custom, **HELD}, **world.drain({"Ref": "Name"})}
    world.update({**stacks, "CustomResourceStack": world.nested(held, {}, {**arn, **name})})
    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)

    drain = world.nested(world.drain({"Ref": "Name"}), {}, name)
    world.update({"ECRStack": stacks["ECRStack"], "CustomResourceStack": drain})
    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)
    assert asked(world, "CustomResource") == ["Create"]

    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert images(world) is None


def test_the_old_function_can_get_our_code(world: World) -> None:
    """Its ARN stays; one property makes the drain ours, and no update deletes an image."""
    resources = with_old_drain("the article's", world)
    resources["OldDrainFunction"]["Properties"]["Code"] = {"ZipFile": function_source()}
    world.update(resources)
    assert asked(world, "OldDrain") == ["Create"]

    resources["OldDrain"]["Properties"]["RepositoryName"] = {"Ref": "Repository"}
    world.update(resources)

    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)
    assert asked(world, "OldDrain") == ["Create", "Update", "Delete"]
    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert images(world) is None


def test_our_code_alone_leaves_the_other_identity(world: World) -> None:
    """Without the property the drain's Delete touches nothing, and the stack fails to delete."""
    resources = with_old_drain("the article's", world)
    resources["OldDrainFunction"]["Properties"]["Code"] = {"ZipFile": function_source()}
    world.update(resources)

    world.delete()

    assert world.account.status(world.stack) == "DELETE_FAILED"
    assert images(world) == 3


def with_cdk_s_drain(world: World) -> Resources:
    """Create a stack as CDK does for autoDeleteImages, with three images; return its resources."""
    resources = {"Repository": world.repository(), **old_drain("CDK's", world)}
    tags = [{"Key": CDK_TAG, "Value": "true"}]
    resources["Repository"]["Properties"]["Tags"] = tags
    world.create(resources)
    world.push()
    return resources


def test_cdk_s_function_is_left_in_one_deployment(world: World) -> None:
    """The tag goes during the update, the custom resource after it: its Delete deletes nothing."""
    with_cdk_s_drain(world)

    world.update(world.both())

    assert (world.account.status(world.stack), images(world)) == ("UPDATE_COMPLETE", 3)
    assert asked(world, "OldDrain") == ["Create", "Delete"]
    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"
    assert images(world) is None


def test_cdk_s_function_empties_what_is_still_tagged(world: World) -> None:
    """Taking the custom resource out and leaving the tag loses the images."""
    resources = with_cdk_s_drain(world)

    world.update({"Repository": resources["Repository"], **world.drain()})

    assert images(world) == 0
