"""Long drains: a run that has no time left hands over to a further one, within bounds."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.resource.answer import Answer
from ecrdrain.resource.continuation import MOST_RUNS, GoOn, go_on
from ecrdrain.resource.teardown import tear_down
from tests.unit.resource.runs import Surroundings
from tests.unit.resource.stage import FUNCTION_ARN, REPOSITORY_ARN, client_error

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage

REMAINS = GoOn("1200 images deleted, at least 34 left in team/app")


def test_a_drain_without_time_to_start_a_call_goes_on() -> None:
    """With images left and no time, the verdict is to go on, and nothing is deleted late."""
    around = Surroundings()
    around.ecr.push(250)
    run = around.run()
    around.time = 899.0
    verdict = tear_down(run)
    assert verdict == GoOn("0 images deleted, at least 250 left in team/app")
    assert around.ecr.rules is not None
    assert len(around.ecr.rules) == 250


def test_a_further_run_gets_the_request_and_the_progress(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is called asynchronously with the event as it came, what was done, and the deadline."""
    around = Surroundings(deleted=1000, runs=2, until=3000.0)
    run = around.run()
    run.deleted += 200
    assert go_on(run, REMAINS) is None
    (call,) = around.functions.invoked
    assert (call["FunctionName"], call["InvocationType"]) == (FUNCTION_ARN, "Event")
    assert json.loads(call["Payload"]) == {
        **run.event,
        "EcrDrain": {"deleted": 1200, "runs": 2, "until": 3000.0},
    }
    output = capsys.readouterr().out
    assert json.loads(output)["event"] == "continued"
    assert "s3cr3t" not in output


@pytest.mark.parametrize(
    ("around", "words"),
    [
        (Surroundings(until=4.0), "CloudFormation's time is over"),
        (Surroundings(until=-1.0), "CloudFormation's time is over"),
        (Surroundings(runs=MOST_RUNS), f"{MOST_RUNS} runs of the function were not enough"),
    ],
)
def test_a_chain_of_runs_ends_with_an_answer(around: Surroundings, words: str) -> None:
    """At either bound it is FAILED, with the figures and what to do."""
    answer = go_on(around.run(), REMAINS)
    assert answer is not None
    assert answer.identity == REPOSITORY_ARN
    for part in (words, REMAINS.remains, "delete the stack again to go on"):
        assert part in answer.reason
    assert around.functions.invoked == []


def test_the_bound_on_runs_is_below_that_of_lambda() -> None:
    """Lambda stops a chain after about 16 runs, silently: ours must end before it."""
    assert MOST_RUNS < 16


def test_a_function_that_may_not_call_itself_says_so() -> None:
    """The answer is FAILED with the figures and names the action to grant."""
    around = Surroundings()
    around.functions.error = client_error("AccessDeniedException", "Invoke", 403)
    answer = go_on(around.run(), REMAINS)
    assert isinstance(answer, Answer)
    for part in (REMAINS.remains, f"lambda:InvokeFunction on {FUNCTION_ARN}", "AccessDenied"):
        assert part in answer.reason


def test_the_last_run_counts_what_all_have_deleted(stage: Stage, receiver: Receiver) -> None:
    """A failure in a later run tells the sum."""
    stage.ecr.push(3)
    stage.ecr.refuse = {f"sha256:{0:064x}": "ImageInaccessible"}
    stage.play(
        stage.request(
            "Delete",
            ResourceProperties={"RepositoryName": "team/app", "OnDelete": "Always"},
            EcrDrain={"deleted": 1000, "runs": 3, "until": 4e9},
        )
    )
    assert "1002 images deleted, 1 left in team/app" in receiver.answer["Reason"]


def test_a_run_whose_deadline_is_over_answers_at_once(stage: Stage, receiver: Receiver) -> None:
    """CloudFormation's time does not start anew with a further run."""
    stage.ecr.push(3)
    stage.play(
        stage.request(
            "Delete",
            ResourceProperties={"RepositoryName": "team/app", "OnDelete": "Always"},
            EcrDrain={"deleted": 1000, "runs": 3, "until": 1.0},
        )
    )
    assert receiver.answer["Status"] == "FAILED"
    assert "1000 images deleted" in receiver.answer["Reason"]


@pytest.mark.parametrize("until", [30.0, 60.0, 3600.0])
def test_there_is_time_to_start_calls_however_short_the_wait(until: float) -> None:
    """What is kept for the answer is a share of the time that there is."""
    run = Surroundings(until=until).run()
    assert run.stop_by >= 0.5 * min(until, 900.0)
    assert run.stop_by < run.answer_by <= min(until, 880.0)


def test_a_run_that_hands_over_answers_nothing(stage: Stage, receiver: Receiver) -> None:
    """The further run owes the one answer."""
    stage.ecr.push(3)
    throttled = client_error("ThrottlingException", "BatchDeleteImage")
    stage.ecr.errors["BatchDeleteImage"] = [throttled] * 1000
    stage.seconds = 2.0
    stage.play(stage.request("Delete"))
    assert receiver.tries == []
    assert stage.continued["EcrDrain"]["runs"] == 1
    assert stage.continued["ResponseURL"] == stage.url
