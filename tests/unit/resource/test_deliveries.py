"""How old a request is, and what that means: who goes on, who answers, and who does nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.resource.log import Log
from ecrdrain.resource.run import Run, birth_of
from tests.unit.resource.stage import client_error

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage

ALWAYS = {"RepositoryName": "team/app", "OnDelete": "Always"}


def aged(stage: Stage, age: float, **properties: str) -> dict[str, Any]:
    """Make a Delete whose ResponseURL was made so many seconds ago."""
    made = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - age))
    return stage.request(
        "Delete",
        ResponseURL=f"{stage.url}&X-Amz-Date={made}&X-Amz-Expires=7200",
        ResourceProperties={**ALWAYS, **properties},
    )


def out_of_time(stage: Stage) -> None:
    """Let a run's time be over before ECR takes any deletion."""
    stage.ecr.push(3)
    throttled = client_error("ThrottlingException", "BatchDeleteImage")
    stage.ecr.errors["BatchDeleteImage"] = [throttled] * 1000
    stage.seconds = 2.0


def test_the_first_delivery_leaves_the_rest_to_the_second(
    stage: Stage, receiver: Receiver
) -> None:
    """Out of time it ends in an error, so that Lambda delivers the request again."""
    out_of_time(stage)
    with pytest.raises(stage.module.UnfinishedError, match="0 images deleted"):
        stage.play(aged(stage, 5))
    assert receiver.tries == []


def test_the_second_delivery_goes_on(stage: Stage, receiver: Receiver) -> None:
    """What the first has left is deleted, and there is one answer."""
    stage.ecr.push(3)
    stage.play(aged(stage, 960))
    assert receiver.answer["Status"] == "SUCCESS"
    assert len(receiver.tries) == 1


@pytest.mark.parametrize("age", [60, 400, 1800])
def test_a_later_delivery_always_answers(stage: Stage, receiver: Receiver, age: float) -> None:
    """It may be the last: whatever is left, the stack does not wait in silence."""
    out_of_time(stage)
    stage.play(aged(stage, age))
    assert receiver.answer["Status"] == "FAILED"
    assert "at least 3 left in team/app; raise its Timeout" in receiver.answer["Reason"]
    assert "; to go on, delete the stack again; " in receiver.answer["Reason"]


def test_a_request_of_unknown_age_is_always_answered(stage: Stage, receiver: Receiver) -> None:
    """Without a date in its address nobody knows which delivery it is."""
    out_of_time(stage)
    stage.play(stage.request("Delete", ResourceProperties=ALWAYS))
    assert receiver.answer["Status"] == "FAILED"


def test_the_first_delivery_answers_when_a_second_would_come_too_late(
    stage: Stage, receiver: Receiver
) -> None:
    """CloudFormation would have stopped waiting a minute later."""
    out_of_time(stage)
    stage.play(aged(stage, 5, ServiceTimeout="100"))
    assert receiver.answer["Status"] == "FAILED"


@pytest.mark.parametrize(("age", "timeout"), [(1500, "600"), (3700, "3600"), (7000, "60")])
def test_after_cloudformation_has_stopped_waiting_nothing_is_touched(
    stage: Stage,
    receiver: Receiver,
    capsys: pytest.CaptureFixture[str],
    age: float,
    timeout: str,
) -> None:
    """A request from Lambda's queue may arrive in an operation that keeps the repository."""
    stage.ecr.push(3)
    stage.play(aged(stage, age, ServiceTimeout=timeout))
    assert stage.ecr.rules is not None
    assert len(stage.ecr.rules) == 3
    assert receiver.tries == []
    assert "stopped waiting" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("url", "birth"),
    [
        ("https://b.example/?X-Amz-Date=20261124T103000Z&X-Amz-Expires=7200", 1_795_516_200),
        ("https://b.example/?X-Amz-Date=20269924T103000Z", None),
        ("https://b.example/?Expires=1", None),
        ("", None),
    ],
)
def test_an_address_says_when_it_was_made(url: str, birth: int | None) -> None:
    """By Signature Version 4; anything else says nothing."""
    assert birth_of(url) == birth


@pytest.mark.parametrize("timeout", ["30", "60", "3600"])
def test_there_is_time_to_start_calls_however_short_the_wait(stage: Stage, timeout: str) -> None:
    """What is kept for the answer and for calls in flight is a share of the time that there is."""
    event = stage.request("Delete", ResourceProperties={**ALWAYS, "ServiceTimeout": timeout})
    run = Run(event, stage, Log(), stage.client, now=lambda: 0.0)
    seconds = min(float(timeout), stage.seconds)
    assert 0.5 * seconds <= run.stop_by < run.answer_by <= min(seconds, stage.seconds - 20)
