"""A long drain looks again whether the repository still goes away."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.engine.calls import Calls
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.fate.arns import RepositoryArn
from ecrdrain.lab.strict import StrictEcr
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.teardown import LOOK_AGAIN, WhileItGoes, tear_down
from tests.unit.resource.runs import Surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecrdrain.engine.listing import Page

GUARDED = {"RepositoryName": "team/app"}


def draining(seconds: float, meanwhile: Callable[[Surroundings], None]) -> Surroundings:
    """Set a drain up in which each deletion takes its time, and something happens in the first."""
    around = Surroundings(GUARDED)
    around.ecr.push(10_000)

    def pass_time(operation: str) -> None:
        if operation == "BatchDeleteImage":
            if around.time == 0:
                meanwhile(around)
            around.time += seconds

    around.ecr.before = pass_time
    return around


def left(around: Surroundings) -> int:
    """Count the images that are there still."""
    assert around.ecr.rules is not None
    return len(around.ecr.rules)


def stays(around: Surroundings) -> None:
    """Let the deletion end without the repository, and something else begin."""
    around.cloudformation.status = "UPDATE_IN_PROGRESS"


def is_retained(around: Surroundings) -> None:
    """Let the operator delete the stack again, and retain the repository."""
    around.cloudformation.held = ()


def is_hidden(around: Surroundings) -> None:
    """Take a permission away."""
    around.cloudformation.denied = {"ListStackResources"}


def is_replicated(around: Surroundings) -> None:
    """Make a rule that carries deletions on."""
    there = [{"registryId": "210987654321", "region": "us-east-1"}]
    rule = {"destinations": there, "deleteReplication": {"enabled": True}}
    around.ecr.replication = [rule]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (stays, "the template still has Repository in shop"),
        (is_retained, "no stack of this tree holds it"),
        (is_hidden, "grant the function's role cloudformation:ListStackResources"),
        (is_replicated, "deletions are replicated to 210987654321 in us-east-1"),
    ],
)
def test_a_drain_stops_within_a_minute_when_the_decision_changes(
    change: Callable[[Surroundings], None], why: str
) -> None:
    """FAILED with so many deleted, so many left, and why; no call starts after that look."""
    around = draining(2.0, change)
    answer = tear_down(around.run())
    assert isinstance(answer, Answer)
    assert answer.status == "FAILED"
    assert f"{10_000 - left(around)} images deleted, " in answer.reason
    assert why in answer.reason
    # Those in flight when it looked have ended; each moved the clock by two seconds.
    assert LOOK_AGAIN <= around.time <= 60 + 2 * 16
    assert left(around) > 5_000


def test_a_drain_that_may_goes_on_through_many_looks(capsys: pytest.CaptureFixture[str]) -> None:
    """Each look is a decision of its own in the log, and the repository ends empty."""
    around = draining(5.0, lambda _: None)
    answer = tear_down(around.run())
    assert answer == Answer(around.run().identity)
    assert left(around) == 0
    looks = capsys.readouterr().out.count('"event": "decision"')
    assert looks >= around.time / 60


def test_a_short_drain_looks_once(capsys: pytest.CaptureFixture[str]) -> None:
    """What is done within three quarters of a minute costs no further call."""
    around = draining(0.1, stays)
    assert tear_down(around.run()) == Answer(around.run().identity)
    assert capsys.readouterr().out.count('"event": "decision"') == 1


def test_a_look_may_fall_due_just_before_a_call_is_sent() -> None:
    """The look makes calls with the same client, and does not wait for itself."""
    with StrictEcr.start(repository="team/app", images=3, in_process=True) as server:
        ecr: Any = server.client("ecr")
        around = Surroundings(GUARDED, ecr=ecr)
        run, target = around.run(), RepositoryArn("aws", "eu-west-1", "123456789012", "team/app")
        repository = PrivateRepository(ecr, target.name, target.account)
        calls = Calls(WhileItGoes(run, target))

        def late() -> Page:
            around.time += LOOK_AGAIN + 1
            return repository.page(None)

        made: list[tuple[Page, bool]] = []
        thread = Thread(target=lambda: made.append(calls.make("ListImages", late)), daemon=True)
        thread.start()
        thread.join(timeout=30)
        ecr.close()

    [(page, _)] = made
    assert len(page.rows) == 3
