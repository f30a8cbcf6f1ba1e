"""Preflight: a teardown that would fail shows at deploy time."""

from __future__ import annotations

import pytest

from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import parse_settings
from tests.unit.resource.runs import Surroundings
from tests.unit.resource.stage import FUNCTION_ARN, REPOSITORY_ARN, STACK_ID, client_error

ALWAYS = {"RepositoryName": "team/app", "OnDelete": "Always"}


def denied(operation: str) -> Exception:
    """Make IAM's refusal of an operation."""
    return client_error("AccessDeniedException", operation, 400)


def check(around: Surroundings) -> str:
    """Run the preflight."""
    run = around.run()
    return preflight(run, parse_settings(around.properties, {}, FUNCTION_ARN, STACK_ID))


def test_a_teardown_that_would_work_passes_and_changes_nothing() -> None:
    """With every permission there is nothing to say, and no image goes."""
    around = Surroundings(ALWAYS)
    around.ecr.push(5)
    assert check(around) == ""
    assert around.ecr.rules is not None
    assert len(around.ecr.rules) == 5


@pytest.mark.parametrize("operation", ["ListImages", "BatchDeleteImage"])
def test_a_permission_that_never_comes_is_named(operation: str) -> None:
    """After a minute the reason names the action and the repository."""
    around = Surroundings(ALWAYS)
    around.ecr.errors[operation] = [denied(operation)] * 100
    reason = check(around)
    assert f"grant the function's role ecr:{operation} on {REPOSITORY_ARN}" in reason
    assert 50 <= around.time <= 60


def test_all_missing_permissions_are_named_at_once() -> None:
    """One deployment shows them all."""
    around = Surroundings(ALWAYS)
    for operation in ("ListImages", "BatchDeleteImage"):
        around.ecr.errors[operation] = [denied(operation)] * 100
    reason = check(around)
    assert "ecr:ListImages" in reason
    assert "ecr:BatchDeleteImage" in reason


def test_a_permission_that_comes_late_is_waited_for() -> None:
    """IAM is eventually consistent: what works at the third try passes."""
    around = Surroundings(ALWAYS)
    around.ecr.errors["ListImages"] = [denied("ListImages")] * 2
    assert check(around) == ""
    assert around.waits == [0.25, 0.5]


def test_waiting_for_permissions_ends_in_time_for_the_answer() -> None:
    """A function with little time says what is missing while it still can."""
    around = Surroundings(ALWAYS, ends=10.0)
    around.ecr.errors["ListImages"] = [denied("ListImages")] * 100
    assert "ecr:ListImages" in check(around)
    assert around.time < 8.0


def test_a_repository_that_does_not_exist_is_named_at_once() -> None:
    """A wrong name is not worth waiting for."""
    around = Surroundings(ALWAYS)
    around.ecr.rules = None
    reason = check(around)
    assert REPOSITORY_ARN in reason
    assert "!Ref Repository" in reason
    assert around.waits == []


def test_any_other_error_is_told_as_it_is() -> None:
    """What is neither IAM's nor a missing repository is passed on with its code."""
    around = Surroundings(ALWAYS)
    around.ecr.errors["ListImages"] = [client_error("ServerException", "ListImages", 500)]
    assert "ServerException: ServerException it is" in check(around)


def test_a_stack_that_cannot_be_read_for_another_reason_is_told_as_it_is() -> None:
    """The reason names the call and AWS's code."""
    around = Surroundings({"RepositoryName": "team/app"})
    around.cloudformation.broken = {"DescribeStacks"}
    reason = check(around)
    assert "cloudformation:DescribeStacks" in reason
    assert "InternalFailure" in reason
    assert around.waits == []
