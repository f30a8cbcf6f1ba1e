"""Deletions that a replication rule carries on: refused, unless somebody has accepted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.replication import rule
from tests.unit.resource.stage import client_error

if TYPE_CHECKING:
    from tests.receiver import Receiver
    from tests.unit.resource.stage import Stage

THERE = ("210987654321", "us-west-2")
NAMED = "deletions are replicated to 210987654321 in us-west-2"


def play(stage: Stage, kind: str, **properties: str) -> None:
    """Deliver a request to a function whose repository holds three images."""
    stage.ecr.push(3)
    names = {"ServiceToken": stage.invoked_function_arn, "RepositoryName": "team/app"}
    if kind != "Delete":
        stage.cloudformation.status = "CREATE_IN_PROGRESS"
    stage.play(stage.request(kind, ResourceProperties={**names, **properties}))


def left(stage: Stage) -> int:
    """Count the images that are there still."""
    assert stage.ecr.rules is not None
    return len(stage.ecr.rules)


@pytest.mark.parametrize("kind", ["Create", "Update", "Delete"])
@pytest.mark.parametrize("mode", ["WithRepository", "Always"])
def test_a_rule_that_carries_deletions_on_is_refused(
    stage: Stage, receiver: Receiver, kind: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason names the destination and both ways out, and no image goes."""
    monkeypatch.setattr("ecrdrain.resource.preflight.LISTINGS_LAG", -1)
    monkeypatch.setattr(stage.module, "LISTINGS_LAG", -1, raising=False)
    stage.ecr.replication = [rule(THERE)]
    play(stage, kind, OnDelete=mode)
    assert receiver.answer["Status"] == "FAILED"
    assert NAMED in receiver.answer["Reason"]
    assert "ReplicatedDeletions: Accept" in receiver.answer["Reason"]
    assert "turn deleteReplication off" in receiver.answer["Reason"]
    assert left(stage) == 3


@pytest.mark.parametrize(("kind", "images"), [("Create", 3), ("Delete", 0)])
def test_what_is_accepted_goes_on(
    stage: Stage, receiver: Receiver, kind: str, images: int
) -> None:
    """Then the rules are not even read."""
    stage.ecr.replication = [rule(THERE)]
    stage.ecr.errors["DescribeRegistry"] = [ZeroDivisionError()] * 9
    play(stage, kind, ReplicatedDeletions="Accept")
    assert receiver.answer["Status"] == "SUCCESS"
    assert left(stage) == images


@pytest.mark.parametrize("rules", [[rule(THERE, deletions=False)], [rule(THERE, prefix="other")]])
def test_other_rules_do_not_matter(
    stage: Stage, receiver: Receiver, rules: list[dict[str, Any]]
) -> None:
    """Pushes may be replicated, and so may the deletions of other repositories."""
    stage.ecr.replication = rules
    play(stage, "Delete")
    assert receiver.answer["Status"] == "SUCCESS"
    assert left(stage) == 0


@pytest.mark.parametrize(("mode", "images"), [("WithRepository", 3), ("Always", 0)])
def test_rules_that_the_function_may_not_see_stop_it_but_under_always(
    stage: Stage, receiver: Receiver, capsys: pytest.CaptureFixture[str], mode: str, images: int
) -> None:
    """The reason, or the log, says what to grant."""
    denied = client_error("AccessDeniedException", "DescribeRegistry")
    stage.ecr.errors["DescribeRegistry"] = [denied] * 9
    play(stage, "Delete", OnDelete=mode)
    assert receiver.answer["Status"] == ("FAILED" if images else "SUCCESS")
    assert left(stage) == images
    assert "ecr:DescribeRegistry on *" in capsys.readouterr().out
    assert ("ecr:DescribeRegistry on *" in receiver.answer["Reason"]) is bool(images)


@pytest.mark.parametrize("mode", ["WithRepository", "Always"])
def test_rules_that_fail_to_be_read_stop_it(stage: Stage, receiver: Receiver, mode: str) -> None:
    """What is not denied may well be there."""
    broken = client_error("ServerException", "DescribeRegistry", 500)
    stage.ecr.errors["DescribeRegistry"] = [broken] * 9
    play(stage, "Delete", OnDelete=mode)
    assert receiver.answer["Status"] == "FAILED"
    assert "ServerException" in receiver.answer["Reason"]
    assert left(stage) == 3


@pytest.mark.parametrize(
    "error",
    [
        client_error("UnknownOperationException", "DescribeRegistry"),
        client_error("404", "DescribeRegistry", 404),
        client_error("InternalFailure", "DescribeRegistry", 501),
    ],
)
def test_a_server_that_knows_no_registry_replicates_nothing(
    stage: Stage, receiver: Receiver, error: Exception
) -> None:
    """Emulators answer so, and ECR never does."""
    stage.ecr.errors["DescribeRegistry"] = [error] * 9
    play(stage, "Delete")
    assert receiver.answer["Status"] == "SUCCESS"


def test_nothing_but_accept_is_allowed(stage: Stage, receiver: Receiver) -> None:
    """A slip must not accept anything."""
    play(stage, "Create", ReplicatedDeletions="accept")
    assert "ReplicatedDeletions 'accept' is wrong; allowed is Accept" in receiver.answer["Reason"]
