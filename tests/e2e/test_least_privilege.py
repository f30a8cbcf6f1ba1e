"""The templates grant what is used and nothing else, on a lab that enforces IAM.

Where the emulator judges otherwise than AWS: it writes a function's log whatever its role, so
what logs:CreateLogStream and logs:PutLogEvents are for cannot be shown; and it knows no
aws:ResourceTag for ECR, so the standalone template's grant for a renamed repository cannot either.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ecrdrain.templates import TemplateName, render
from tests.e2e.roles import FILES, hurry, load, restrict, statements
from tests.e2e.scenarios import SCENARIOS
from tests.e2e.scenarios.installation import Ecrdrain
from tests.e2e.scenarios.scenario import OK, perform
from tests.e2e.scenarios.shapes import create_as_in_the_article
from tests.e2e.scenarios.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_iam import IAMClient

    from tests.e2e.roles import Template
    from tests.e2e.scenarios.account import Account

GUARD = (
    "cloudformation:DescribeStacks",
    "cloudformation:ListStackResources",
    "cloudformation:GetTemplate",
    "cloudformation:DescribeStackEvents",
)
PROVEN = ("ecr:ListImages", "ecr:BatchDeleteImage", "ecr:DescribeRegistry", *GUARD)
"""What the preflight proves at deploy time."""
IN_A_DELETE = (*PROVEN[:3], *GUARD[:3])
"""What every Delete uses."""
UNPROVEN = ("logs:CreateLogStream", "logs:PutLogEvents")
"""What nobody can prove from inside: without them there is no log, and nothing else amiss."""


@pytest.fixture
def strict_world(strict_account: Account, strict_ecrdrain: Ecrdrain) -> Iterator[World]:
    """A share of the account that judges, for one test."""
    with World(strict_account, strict_ecrdrain) as made:
        yield made


@pytest.mark.parametrize("path", FILES)
def test_a_role_grants_what_is_proven_and_the_log(path: str) -> None:
    """No template grants an action beyond them, and none grants less."""
    assert {each["Action"] for each in statements(load(path))} == {*PROVEN, *UNPROVEN}


@pytest.mark.parametrize(
    "name",
    [
        "A stack with 250 images is deleted",
        "The drain is removed and the repository stays",
        "The repository is renamed",
        "Nested stacks two deep",
        "DeletionPolicy Retain two stacks above it",
        "A drain takes longer than the function may run",
    ],
)
def test_the_providers_role_is_enough(name: str, strict_world: World) -> None:
    """Drain, guard and a second delivery work with what provider.yaml grants."""
    (scenario,) = [each for each in SCENARIOS if each.name == name]

    outcome = perform(scenario, strict_world)

    assert scenario.verdict(outcome) == OK, outcome.reasons
    assert outcome.decisions == scenario.decides


def test_the_nested_role_is_enough_to_keep_what_the_root_retains(strict_world: World) -> None:
    """The function may read the policy that the root's template has for the nested stack."""
    root = load("nested/root.yaml", TemplateName.NESTED)
    root["Resources"]["ECRStack"]["DeletionPolicy"] = "Retain"
    _nest(strict_world, load("nested/lambda.yaml"), root)
    strict_world.push("")

    strict_world.delete()

    assert strict_world.account.status(strict_world.stack) == "DELETE_COMPLETE"
    assert strict_world.account.images(strict_world.full_name("")) == 3


def test_the_nested_role_is_enough_to_keep_what_only_lost_its_drain(strict_world: World) -> None:
    """An update that drops the drain's stack leaves the repository's, and its images."""
    root = load("nested/root.yaml", TemplateName.NESTED)
    parameters = _nest(strict_world, load("nested/lambda.yaml"), root)
    strict_world.push("")

    del root["Resources"]["CustomResourceStack"]
    strict_world.update(root, **parameters)

    assert strict_world.account.status(strict_world.stack) == "UPDATE_COMPLETE"
    assert strict_world.account.images(strict_world.full_name("")) == 3


@pytest.mark.parametrize("action", PROVEN)
@pytest.mark.parametrize("path", FILES)
def test_an_action_less_fails_the_deployment(path: str, action: str, strict_world: World) -> None:
    """The stack with the drain is not created, and the reason names the action and its ARN."""
    deploy: dict[str, Callable[[World, Template], object]] = {
        "provider.yaml": _provide,
        "standalone.yaml": World.create,
        "nested/lambda.yaml": _nest,
    }

    deploy[path](strict_world, hurry(restrict(load(path), action)))

    assert strict_world.account.status(strict_world.stack) == "ROLLBACK_COMPLETE"
    reasons = _reasons(strict_world)
    assert f"{action} on {_resource_of(action)}" in reasons
    assert not [each for each in PROVEN if each != action and f"{each} on " in reasons]


@pytest.mark.parametrize("action", IN_A_DELETE)
def test_an_action_that_is_lost_later_fails_the_deletion(action: str, strict_world: World) -> None:
    """Nothing is deleted, the reason names action and ARN, and once granted the stack goes."""
    world = strict_world
    world.set_up()
    world.create(world.both())
    world.push()

    with _lost(world, action):
        world.delete()
    assert world.account.status(world.stack) == "DELETE_FAILED"
    assert world.account.images(world.full_name("app")) == 3
    assert f"{action} on {_resource_of(action)}" in _reasons(world)

    world.delete()
    assert world.account.status(world.stack) == "DELETE_COMPLETE"


def test_without_the_events_a_renamed_repository_keeps_its_images(strict_world: World) -> None:
    """They alone tell that an update has replaced it; the reason names action and ARN."""
    world, action = strict_world, "cloudformation:DescribeStackEvents"
    world.set_up()
    world.create({"Repository": world.repository(), **world.drain(Preflight="false")})
    world.push()

    with _lost(world, action):
        world.update({"Repository": world.repository("new"), **world.drain(Preflight="false")})

    assert world.account.images(world.full_name("app")) == 3
    assert f"{action} on {_resource_of(action)}" in _reasons(world)


def test_the_articles_role_is_too_narrow_for_the_guard(strict_world: World) -> None:
    """Its stacks with our function are not created, and the reason names all there is to grant."""
    create_as_in_the_article(strict_world, strict_world.installation.source)

    assert strict_world.account.status(strict_world.stack) == "ROLLBACK_COMPLETE"
    reasons = _reasons(strict_world)
    for action in GUARD:
        assert f"{action} on {_resource_of(action)}" in reasons


def _provide(world: World, template: Template) -> None:
    """Install a provider of this template, and create a stack that uses it."""
    del template["Outputs"]["ServiceToken"]["Export"]  # there is one already in the account
    provider = world.create(template, "provider", FunctionName=world.name)
    strict = world.installation
    assert isinstance(strict, Ecrdrain)
    strict.use(world.name, world.account.outputs(provider)["ServiceToken"])
    world.create(world.both())


def _nest(world: World, template: Template, root: Template | None = None) -> dict[str, str]:
    """Create our nested stacks, with this template for the function; return the parameters."""
    files = {**render(TemplateName.NESTED), "nested/lambda.yaml": json.dumps(template)}
    for path, text in files.items():
        name = path.removeprefix("nested/")
        world.account.upload(f"{world.name}/{world.name}-{name}", text)
    parameters = {"TemplateBucketName": world.account.bucket, "Prefix": world.name}
    world.create(root or files["nested/root.yaml"], **parameters)  # type: ignore[arg-type] # no request
    return parameters


@contextmanager
def _lost(world: World, action: str) -> Iterator[None]:
    """Take an action from the role of the scenario's own provider for a while."""
    iam: IAMClient = world.account.lab.client("iam")
    provider = f"{world.name}-provider"
    role = {"RoleName": world.account.resource(provider, "Role"), "PolicyName": "drain"}
    document = iam.get_role_policy(**role)["PolicyDocument"]
    granted = json.dumps(document)
    iam.put_role_policy(**role, PolicyDocument=granted.replace(f'"{action}"', '"sts:TagSession"'))
    yield
    iam.put_role_policy(**role, PolicyDocument=granted)
    iam.close()


def _reasons(world: World) -> str:
    stacks = world.account.family(world.name)
    return "\n".join(reason for stack in stacks for reason in world.account.reasons(stack))


def _resource_of(action: str) -> str:
    if action == "ecr:DescribeRegistry":
        return "*"
    service = action.partition(":")[0]
    kind = {"ecr": "repository/", "cloudformation": "stack/"}[service]
    return f"arn:aws:{service}:us-east-1:123456789012:{kind}"
