"""The function reads moto's stacks, drains moto's ECR, and moto deletes the stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import multi_platform_image, push, push_many
from ecrdrain.lab.clients import ACCOUNT_ID, REGION
from tests.function_forms import FORMS, loaded
from tests.receiver import Receiver, receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.e2e.second_emulator.moto_server import Moto


@dataclass(frozen=True)
class Function:
    """The function, with clients that it makes itself.

    Attributes:
        module: The one with `lambda_handler`.
        receiver: What takes its answers.
    """

    module: ModuleType
    receiver: Receiver

    # What Lambda tells a function of itself.
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:drain"
    log_group_name = "/aws/lambda/drain"
    log_stream_name = "2026/11/24/[$LATEST]0"

    def get_remaining_time_in_millis(self) -> int:
        """Return Lambda's longest time."""
        return 900_000

    def answer(
        self, kind: str, stack_id: str, repository: str, **properties: str
    ) -> dict[str, Any]:
        """Send a request as CloudFormation does, and return the one answer to it."""
        event: dict[str, Any] = {
            "RequestType": kind,
            "ResponseURL": self.receiver.url,
            "StackId": stack_id,
            "RequestId": "request-1",
            "ResourceType": "Custom::EcrDrain",
            "LogicalResourceId": "Drain",
            "ResourceProperties": {
                "ServiceToken": self.invoked_function_arn,
                "RepositoryName": repository,
                **properties,
            },
        }
        if kind != "Create":
            event["PhysicalResourceId"] = arn_of(repository)
        self.module.lambda_handler(event, self)
        answer = self.receiver.answer
        assert (answer["StackId"], answer["RequestId"]) == (stack_id, "request-1")
        return answer


@pytest.fixture(scope="session", params=FORMS)
def module(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The function's module, once from the package and once as deployed."""
    with loaded(request.param) as found:
        yield found


@pytest.fixture
def function(module: ModuleType, on_moto: None) -> Iterator[Function]:
    """The function, whose AWS is moto."""
    del on_moto
    module.client.cache_clear()  # it keeps its clients from run to run, as Lambda's instances do
    with receiving() as receiver:
        yield Function(module, receiver)
    for service in ("ecr", "cloudformation"):
        module.client(service).close()
    module.client.cache_clear()


def arn_of(repository: str) -> str:
    """Return the ARN of a repository in moto's account."""
    return f"arn:aws:ecr:{REGION}:{ACCOUNT_ID}:repository/{repository}"


def in_json(name: str, policy: str) -> str:
    """Write a template with one repository as JSON, which GetTemplate returns parsed."""
    properties = {"RepositoryName": name}
    repository: dict[str, Any] = {"Type": "AWS::ECR::Repository", "Properties": properties}
    if policy:
        repository["DeletionPolicy"] = policy
    return json.dumps({"Resources": {"Repository": repository}})


def in_yaml(name: str, policy: str) -> str:
    """Write the same as YAML, which GetTemplate returns as text."""
    lines = [
        "Resources:",
        "  Repository:",
        "    Type: AWS::ECR::Repository",
        *([f"    DeletionPolicy: {policy}"] if policy else []),
        "    Properties:",
        f"      RepositoryName: {name}",
    ]
    return "\n".join(lines)


either_form = pytest.mark.parametrize("template", [in_json, in_yaml], ids=["JSON", "YAML"])


def create_stack(moto: Moto, name: str, template: str) -> str:
    """Create a stack, push an image with five parts and 12 single ones, return its id."""
    stack = moto.cloudformation.create_stack(StackName=name, TemplateBody=template)["StackId"]
    push(moto.ecr, name, multi_platform_image("web"), ["latest"])
    push_many(moto.ecr, name, 12)
    return stack


def assert_whole(moto: Moto, repository: str) -> None:
    """See that no image is missing."""
    assert moto.images(repository) == 17


def test_moto_deletes_no_stack_whose_repository_holds_images(moto: Moto, name: str) -> None:
    """Without a drain it says what AWS says: this is what the function is for."""
    stack = create_stack(moto, name, in_json(name, ""))

    with pytest.raises(moto.ecr.exceptions.ClientError, match="RepositoryNotEmptyException"):
        moto.cloudformation.delete_stack(StackName=stack)

    assert_whole(moto, name)


@either_form
@pytest.mark.parametrize("policy", ["", "Delete"], ids=["no policy", "Delete"])
def test_a_repository_that_goes_with_its_stack_is_drained(
    template: Any, policy: str, function: Function, moto: Moto, name: str
) -> None:
    """Then moto deletes stack and repository."""
    stack = create_stack(moto, name, template(name, policy))
    moto.begin_deletion(stack)

    answer = function.answer("Delete", stack, name)

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn_of(name))
    assert moto.images(name) == 0
    moto.cloudformation.delete_stack(StackName=stack)
    assert name not in moto.repositories()


@either_form
def test_a_repository_that_is_retained_keeps_its_images(
    template: Any, function: Function, moto: Moto, name: str
) -> None:
    """The stack is gone then, and the repository is as it was."""
    stack = create_stack(moto, name, template(name, "Retain"))
    moto.begin_deletion(stack)

    answer = function.answer("Delete", stack, name)

    assert answer["Status"] == "SUCCESS"
    moto.cloudformation.delete_stack(StackName=stack)
    assert_whole(moto, name)


@pytest.mark.parametrize(
    "status",
    ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"],
)
def test_a_repository_that_stays_when_its_drain_goes_keeps_its_images(
    status: str, function: Function, moto: Moto, name: str
) -> None:
    """An update took the drain off the template: its Delete deletes nothing."""
    stack = create_stack(moto, name, in_json(name, ""))
    moto.set_status(stack, status)

    answer = function.answer("Delete", stack, name)

    assert answer["Status"] == "SUCCESS"
    assert_whole(moto, name)


def test_a_repository_of_no_stack_keeps_its_images_unless_always_is_said(
    function: Function, moto: Moto, name: str
) -> None:
    """The stack's own repository is another one."""
    stack = create_stack(moto, name, in_json(name, ""))
    by_hand = f"{name}/by-hand"
    moto.ecr.create_repository(repositoryName=by_hand)
    push_many(moto.ecr, by_hand, 3)
    moto.begin_deletion(stack)

    answer = function.answer("Delete", stack, by_hand)

    assert answer["Status"] == "SUCCESS"
    assert moto.images(by_hand) == 3

    function.receiver.taken.clear()
    answer = function.answer("Delete", stack, by_hand, OnDelete="Always")

    assert answer["Status"] == "SUCCESS"
    assert moto.images(by_hand) == 0
    assert_whole(moto, name)


def test_a_stack_that_cloudformation_does_not_know_is_an_error(
    function: Function, moto: Moto, repository: str
) -> None:
    """Nothing is deleted on what cannot be read, and the answer says what moto said."""
    push_many(moto.ecr, repository, 3)
    unknown = f"arn:aws:cloudformation:{REGION}:{ACCOUNT_ID}:stack/unknown/1"

    answer = function.answer("Delete", unknown, repository)

    assert answer["Status"] == "FAILED"
    assert f"Stack with id {unknown} does not exist" in answer["Reason"]
    assert moto.images(repository) == 3


def test_a_repository_that_is_gone_is_no_error(function: Function, moto: Moto, name: str) -> None:
    """Somebody deleted it by hand: the Delete succeeds."""
    stack = create_stack(moto, name, in_json(name, ""))
    moto.ecr.delete_repository(repositoryName=name, force=True)
    moto.begin_deletion(stack)

    assert function.answer("Delete", stack, name)["Status"] == "SUCCESS"


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_deployment_is_tried_out_and_deletes_nothing(
    kind: str, function: Function, moto: Moto, name: str
) -> None:
    """The resource's id is the repository's ARN."""
    stack = create_stack(moto, name, in_json(name, ""))

    answer = function.answer(kind, stack, name)

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", arn_of(name))
    assert answer["Data"]["RepositoryName"] == name
    assert_whole(moto, name)


def test_a_deployment_for_a_repository_that_is_not_there_fails(
    function: Function, moto: Moto, name: str
) -> None:
    """By moto's RepositoryNotFoundException."""
    stack = create_stack(moto, name, in_json(name, ""))

    answer = function.answer("Create", stack, f"{name}/none")

    assert answer["Status"] == "FAILED"
    assert f"ecr:ListImages on {arn_of(name)}/none: Repository" in answer["Reason"]
