"""An Update that takes a failed one back is not refused: the stack would be stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.resource.stage import REPOSITORY_ARN, STACK_ID

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage

WRONG = {"RepositoryName": "team/app", "Colour": "blue"}
OTHER_FUNCTIONS_ID = "2026/11/24/[$LATEST]0"


@pytest.fixture
def rolled_back(stage: Stage) -> Stage:
    """A function whose stack is taking an update back."""
    stage.cloudformation.status = "UPDATE_ROLLBACK_IN_PROGRESS"
    return stage


def test_old_properties_that_are_wrong_are_overlooked_in_a_rollback(
    rolled_back: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Identity and attributes stay as they were, and the log says what is wrong."""
    rolled_back.play(rolled_back.request("Update", ResourceProperties=WRONG))
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["PhysicalResourceId"] == REPOSITORY_ARN
    assert receiver.answer["Data"] == {
        "RepositoryArn": REPOSITORY_ARN,
        "RepositoryName": "team/app",
        "RegistryId": "123456789012",
    }
    assert "property 'Colour' is wrong" in capsys.readouterr().out


def test_an_update_back_answers_with_the_repository_of_its_own_properties(
    rolled_back: Stage, receiver: Receiver
) -> None:
    """Not with that of the update that failed, whose identity it is called with."""
    failed = REPOSITORY_ARN.replace("team/app", "team/new")
    back = rolled_back.request("Update", ResourceProperties=WRONG, PhysicalResourceId=failed)
    rolled_back.play(back)
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["PhysicalResourceId"] == REPOSITORY_ARN


def test_a_preflight_that_fails_is_overlooked_in_a_rollback(
    rolled_back: Stage, receiver: Receiver
) -> None:
    """A repository that is gone, too, does not stop the rollback."""
    rolled_back.ecr.rules = None
    rolled_back.play(rolled_back.request("Update"))
    assert receiver.answer["Status"] == "SUCCESS"


def test_an_identity_that_another_function_gave_stays_when_the_properties_name_no_repository(
    rolled_back: Stage, receiver: Receiver
) -> None:
    """It is no repository's, so there is nothing for Fn::GetAtt."""
    rolled_back.play(
        rolled_back.request(
            "Update",
            PhysicalResourceId=OTHER_FUNCTIONS_ID,
            ResourceProperties={"RepositoryName": "No Name"},
        )
    )
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["PhysicalResourceId"] == OTHER_FUNCTIONS_ID
    assert receiver.answer["Data"] == {}


def test_an_update_of_the_same_repository_succeeds_without_the_stacks_status(
    rolled_back: Stage, receiver: Receiver
) -> None:
    """Whether it is a rollback cannot be told, and FAILED would be UPDATE_ROLLBACK_FAILED."""
    rolled_back.cloudformation.denied = {"DescribeStacks"}
    same = {**WRONG, "RepositoryName": "team/app"}
    rolled_back.play(rolled_back.request("Update", ResourceProperties=same))
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["PhysicalResourceId"] == REPOSITORY_ARN


def test_another_repository_is_refused_without_the_stacks_status(
    rolled_back: Stage, receiver: Receiver
) -> None:
    """Whether it is a rollback cannot be told, so what is wrong is."""
    rolled_back.cloudformation.denied = {"DescribeStacks"}
    other = {**WRONG, "RepositoryName": "team/other"}
    rolled_back.play(rolled_back.request("Update", ResourceProperties=other))
    assert receiver.answer["Status"] == "FAILED"
    assert "property 'Colour' is wrong" in receiver.answer["Reason"]


def test_a_stack_of_another_account_is_refused(stage: Stage, receiver: Receiver) -> None:
    """Its repository of that name is not this account's: both accounts are named."""
    stack = STACK_ID.replace("123456789012", "210987654321")
    stage.play(stage.request("Create", StackId=stack))
    assert receiver.answer["Status"] == "FAILED"
    assert "'arn:aws:cloudformation:eu-west-1:210987654321:" in receiver.answer["Reason"]
    assert "a stack of 123456789012, like the function" in receiver.answer["Reason"]
