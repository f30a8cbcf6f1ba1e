"""The function: exactly one answer, whatever is asked and whatever goes wrong."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.resource.stage import REPOSITORY_ARN, client_error, wait_for_threads

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return the log so far, each line parsed."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_deployment_answers_with_the_repositorys_arn(
    stage: Stage, receiver: Receiver, kind: str
) -> None:
    """Create and Update succeed, with the ARN as identity and the attributes of Fn::GetAtt."""
    stage.ecr.push(3)
    stage.play(stage.request(kind))
    assert receiver.answer == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": REPOSITORY_ARN,
        "StackId": stage.request(kind)["StackId"],
        "RequestId": "request-1",
        "LogicalResourceId": "Drain",
        "Data": {
            "RepositoryArn": REPOSITORY_ARN,
            "RepositoryName": "team/app",
            "RegistryId": "123456789012",
        },
    }
    assert stage.ecr.rules is not None
    assert len(stage.ecr.rules) == 3


def test_another_repository_is_another_identity(stage: Stage, receiver: Receiver) -> None:
    """An update that names another repository is a replacement."""
    stage.play(stage.request("Update", ResourceProperties={"RepositoryName": "team/new"}))
    assert receiver.answer["PhysicalResourceId"].endswith(":repository/team/new")


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_wrong_properties_fail_a_deployment(stage: Stage, receiver: Receiver, kind: str) -> None:
    """The reason names the mistake, and an update keeps the identity it had."""
    stage.play(stage.request(kind, ResourceProperties={"RepositoryName": "app", "Oops": "1"}))
    answer = receiver.answer
    assert answer["Status"] == "FAILED"
    assert "property 'Oops' is wrong" in answer["Reason"]
    assert "/aws/lambda/drain" in answer["Reason"]
    expected = REPOSITORY_ARN if kind == "Update" else "ecrdrain-nothing-created-request-1"
    assert answer["PhysicalResourceId"] == expected


@pytest.mark.parametrize(
    "identity", ["ecrdrain-nothing-created-request-1", "2026/11/24/[$LATEST]0", "", None]
)
def test_a_delete_for_what_was_never_created_touches_nothing(
    stage: Stage, receiver: Receiver, identity: str | None
) -> None:
    """The Delete after a failed Create succeeds and leaves every image."""
    stage.ecr.push(3)
    stage.play(stage.request("Delete", PhysicalResourceId=identity))
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["PhysicalResourceId"]
    assert stage.ecr.rules is not None
    assert len(stage.ecr.rules) == 3


def test_a_delete_for_a_repository_that_is_gone_succeeds(stage: Stage, receiver: Receiver) -> None:
    """There is nothing to drain."""
    stage.ecr.rules = None
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "SUCCESS"


@pytest.mark.parametrize("kind", ["", "Destroy", 7])
def test_an_unknown_request_type_is_answered(
    stage: Stage, receiver: Receiver, kind: object
) -> None:
    """The answer is FAILED and names the known ones."""
    stage.play(stage.request("Delete", RequestType=kind))
    assert receiver.answer["Status"] == "FAILED"
    assert "Create, Update, Delete" in receiver.answer["Reason"]


@pytest.mark.parametrize(
    "missing",
    ["RequestType", "StackId", "RequestId", "LogicalResourceId", "ResourceProperties"],
)
@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_a_request_with_a_field_missing_is_answered(
    stage: Stage, receiver: Receiver, kind: str, missing: str
) -> None:
    """One answer, with a reason or without, and an identity in any case."""
    event = stage.request(kind)
    del event[missing]
    stage.play(event)
    assert receiver.answer["PhysicalResourceId"]


@pytest.mark.parametrize("event", [None, [], "text", {}, {"ResponseURL": None}])
def test_an_event_without_an_address_is_ignored(
    stage: Stage, receiver: Receiver, event: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody waits for an answer: it is said in the log, and not raised for a useless retry."""
    stage.play(event)
    assert receiver.tries == []
    assert [line["event"] for line in logged(capsys)] == ["ignored"]


def test_an_exception_is_answered(
    stage: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody foresaw is FAILED with its name, and its traceback is in the log."""

    def explode(_operation: str) -> None:
        raise ZeroDivisionError(f"at {receiver.url}")

    stage.ecr.before = explode
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "FAILED"
    assert "ZeroDivisionError" in receiver.answer["Reason"]
    assert "s3cr3t" not in receiver.answer["Reason"]
    output = capsys.readouterr().out
    assert "Traceback" in output
    assert "s3cr3t" not in output


def test_an_exception_while_importing_is_answered(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken SDK is an answer too."""

    def broken(_service: str) -> None:
        raise ImportError("No module named 'boto3'")

    monkeypatch.setattr(stage.module, "client", broken)
    stage.play(stage.request("Delete"))
    assert "ImportError: No module named 'boto3'" in receiver.answer["Reason"]


def test_a_function_that_does_not_know_where_it_is_says_so(
    stage: Stage, receiver: Receiver
) -> None:
    """An ARN that is none is a reason, not a crash."""
    stage.invoked_function_arn = "drain"
    stage.play(stage.request("Create"))
    assert "not enough values to unpack" in receiver.answer["Reason"]


@pytest.mark.parametrize("broken", ["ListImages", "BatchDeleteImage", "GetTemplate"])
def test_every_failed_delete_says_how_to_go_on_and_how_to_keep_the_repository(
    stage: Stage, receiver: Receiver, broken: str
) -> None:
    """Whatever went wrong, the end of the reason is what the user can do next."""
    stage.ecr.push(3)
    error = client_error("AccessDeniedException", broken)
    stage.ecr.errors = {broken: [error] * 9}
    stage.cloudformation.denied = {broken}
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "FAILED"
    assert receiver.answer["Reason"].endswith(
        "; to go on, delete the stack again; to keep the repository, retain it and its drain"
    )


def test_a_run_that_takes_too_long_is_answered_before_lambda_kills_it(
    stage: Stage, receiver: Receiver
) -> None:
    """With a call that hangs, the answer is FAILED in time, and says what was done so far."""
    stage.ecr.push(150)
    hang = threading.Event()

    def second_delete_hangs(operation: str) -> None:
        deletes.append(operation == "BatchDeleteImage")
        if sum(deletes) == 2:
            hang.wait(30)

    deletes: list[bool] = []
    stage.ecr.before = second_delete_hangs
    stage.seconds = 0.5
    stage.play(stage.request("Delete", ResourceProperties={"OnDelete": "Always"}))
    hang.set()
    wait_for_threads()
    assert receiver.answer["Status"] == "FAILED"
    assert "100 images deleted; raise its Timeout" in receiver.answer["Reason"]
    assert "delete the stack again" in receiver.answer["Reason"]
    assert len(receiver.tries) == 1


def test_a_deployment_that_takes_too_long_is_answered_too(
    stage: Stage, receiver: Receiver
) -> None:
    """It speaks of no images: none were to be deleted."""
    hang = threading.Event()
    stage.ecr.before = lambda _operation: hang.wait(30)
    stage.seconds = 0.2
    stage.play(stage.request("Create"))
    hang.set()
    wait_for_threads()
    assert receiver.answer["Status"] == "FAILED"
    assert "time is over: try again" in receiver.answer["Reason"]
    assert "images" not in receiver.answer["Reason"]


def test_an_update_of_the_same_repository_that_takes_too_long_succeeds(
    stage: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may be a rollback's: FAILED would leave UPDATE_ROLLBACK_FAILED, and prevents nothing."""
    hang = threading.Event()
    stage.ecr.before = lambda _operation: hang.wait(30)
    stage.seconds = 0.2
    stage.play(stage.request("Update"))
    hang.set()
    wait_for_threads()
    assert receiver.answer["Status"] == "SUCCESS"
    assert receiver.answer["Data"]["RepositoryName"] == "team/app"
    assert "it may be a rollback" in capsys.readouterr().out


def test_an_update_to_another_repository_that_takes_too_long_fails(
    stage: Stage, receiver: Receiver
) -> None:
    """What has not been proved is not taken for right."""
    hang = threading.Event()
    stage.ecr.before = lambda _operation: hang.wait(30)
    stage.seconds = 0.2
    stage.play(stage.request("Update", ResourceProperties={"RepositoryName": "team/new"}))
    hang.set()
    wait_for_threads()
    assert receiver.answer["Status"] == "FAILED"


def test_a_request_out_of_a_topic_is_answered(stage: Stage, receiver: Receiver) -> None:
    """SNS wraps it into a message of its own."""
    stage.ecr.push(3)
    message = json.dumps(stage.request("Delete"))
    stage.play({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}}]})
    assert receiver.answer["Status"] == "SUCCESS"
    assert stage.ecr.rules is not None
    assert len(stage.ecr.rules) == 0


def test_an_answer_that_nobody_takes_is_raised_for_lambda_to_try_again(
    stage: Stage, receiver: Receiver
) -> None:
    """The error names the cause and not the address."""
    receiver.replies = [500] * 20
    stage.seconds = 2.0
    with pytest.raises(Exception, match=r"^HTTP status 500$") as caught:
        stage.play(stage.request("Create"))
    assert caught.type.__name__ == "UnfinishedError"


def test_no_line_of_the_log_holds_the_address(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the first line to the last, for every kind of request."""
    stage.ecr.push(3)
    for kind in ("Create", "Update", "Delete", "Nonsense"):
        stage.play(stage.request(kind))
    output = capsys.readouterr().out
    assert output
    assert "s3cr3t" not in output
    assert stage.url not in output


def test_a_repository_that_cannot_be_listed_fails_the_delete(
    stage: Stage, receiver: Receiver
) -> None:
    """The reason names the action to grant and the repository."""
    stage.ecr.errors["ListImages"] = [client_error("AccessDeniedException", "ListImages")]
    stage.play(stage.request("Delete"))
    assert receiver.answer["Status"] == "FAILED"
    assert (
        f"grant the function's role ecr:ListImages on {REPOSITORY_ARN}"
        in (receiver.answer["Reason"])
    )
