"""Delete: what is drained, what is kept, and what is said when images remain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.resource.stage import REPOSITORY_ARN, client_error

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage


def left(stage: Stage) -> int:
    """Count the images in the repository."""
    assert stage.ecr.rules is not None
    return len(stage.ecr.rules)


def decision(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the decision's line in the log."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (found,) = [line for line in lines if line["event"] == "decision"]
    return dict(found)


def test_a_repository_that_goes_with_its_stack_is_drained(
    stage: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Over a hundred images and more than a page of them go, and the answer is SUCCESS."""
    stage.ecr.push(1234)
    stage.play(stage.request("Delete"))
    assert left(stage) == 0
    assert (receiver.answer["Status"], receiver.answer["PhysicalResourceId"]) == (
        "SUCCESS",
        REPOSITORY_ARN,
    )
    assert decision(capsys)["verdict"] == "drain"


def test_a_repository_that_stays_keeps_its_images(
    stage: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where only the drain goes the answer is SUCCESS, and the log says what was decided on."""
    stage.ecr.push(3)
    stage.cloudformation.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    stage.play(stage.request("Delete"))
    assert left(stage) == 3
    assert receiver.answer["Status"] == "SUCCESS"
    line = decision(capsys)
    assert line["verdict"] == "keep"
    assert line["why"]
    assert line["evidence"]


@pytest.mark.parametrize("operation", ["DescribeStacks", "ListStackResources", "GetTemplate"])
def test_a_read_that_is_denied_drains_nothing(
    stage: Stage, receiver: Receiver, operation: str
) -> None:
    """The answer is FAILED and names the action to grant."""
    stage.ecr.push(3)
    stage.cloudformation.denied = {operation}
    stage.play(stage.request("Delete"))
    assert left(stage) == 3
    assert receiver.answer["Status"] == "FAILED"
    assert f"cloudformation:{operation}" in receiver.answer["Reason"]


@pytest.mark.parametrize(("mode", "images"), [("Always", 0), ("Never", 3)])
def test_on_delete_can_decide_alone(
    stage: Stage, receiver: Receiver, mode: str, images: int
) -> None:
    """Always drains and Never does not, whatever the stack does, and without reading it."""
    stage.ecr.push(3)
    stage.cloudformation.status = "UPDATE_COMPLETE"
    stage.cloudformation.denied = {"DescribeStacks", "ListStackResources", "GetTemplate"}
    properties = {"RepositoryName": "team/app", "OnDelete": mode}
    stage.play(stage.request("Delete", ResourceProperties=properties))
    assert left(stage) == images
    assert receiver.answer["Status"] == "SUCCESS"


def test_the_identity_says_what_to_drain_and_not_the_properties(
    stage: Stage, receiver: Receiver
) -> None:
    """Wrong or changed properties neither block a teardown nor redirect it."""
    stage.ecr.push(3)
    properties = {"RepositoryName": "Other!", "Oops": "1", "OnDelete": "sometimes"}
    stage.play(stage.request("Delete", ResourceProperties=properties))
    assert left(stage) == 0
    assert receiver.answer["Status"] == "SUCCESS"


def test_an_empty_repository_needs_no_decision(stage: Stage, receiver: Receiver) -> None:
    """Nothing can be lost, so a stack that cannot be read does not stand in the way."""
    stage.cloudformation.denied = {"DescribeStacks", "ListStackResources", "GetTemplate"}
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "SUCCESS"


def test_images_that_remain_are_named_with_code_and_reason(
    stage: Stage, receiver: Receiver
) -> None:
    """FAILED has the figures, the codes, some of the images, and what to do."""
    stage.ecr.push(10)
    stage.ecr.refuse = {f"sha256:{number:064x}": "ImageInaccessible" for number in range(5)}
    stage.play(stage.request("Delete"))
    answer = receiver.answer
    assert answer["Status"] == "FAILED"
    for part in (
        "5 images deleted, 5 left in team/app: ImageInaccessible (5)",
        ": ImageInaccessible: so it is set up; sha256:00",
        "delete the stack again",
    ):
        assert part in answer["Reason"]


def test_access_denied_in_the_middle_says_what_went_and_what_to_grant(
    stage: Stage, receiver: Receiver
) -> None:
    """The figures are honest, and the action is named with the repository."""
    stage.ecr.push(250)
    stage.ecr.errors["BatchDeleteImage"] = [
        None,
        client_error("AccessDeniedException", "BatchDeleteImage"),
    ]
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "FAILED"
    reason = receiver.answer["Reason"]
    assert f"grant the function's role ecr:BatchDeleteImage on {REPOSITORY_ARN}" in reason
    assert f"{250 - left(stage)} images deleted" in reason


def test_a_repository_that_vanishes_in_the_middle_is_empty(
    stage: Stage, receiver: Receiver
) -> None:
    """Somebody deleted it by force: there is nothing left to drain."""
    stage.ecr.push(250)
    stage.ecr.errors["BatchDeleteImage"] = [
        None,
        client_error("RepositoryNotFoundException", "BatchDeleteImage"),
    ]
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "SUCCESS"


def test_a_request_delivered_again_has_the_same_verdict(stage: Stage, receiver: Receiver) -> None:
    """The drain's state is the repository itself."""
    stage.ecr.push(3)
    for _ in range(3):
        stage.play(stage.request("Delete"))
    assert [answer["Status"] for answer in receiver.answers] == ["SUCCESS"] * 3
