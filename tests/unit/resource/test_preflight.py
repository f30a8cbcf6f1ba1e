"""Preflight: a teardown that would fail shows at deploy time."""

from __future__ import annotations

from typing import Any

import pytest

from ecrdrain.resource.preflight import preflight
from ecrdrain.resource.properties import parse_settings
from tests.unit.resource.runs import Surroundings
from tests.unit.resource.stage import FUNCTION_ARN, REPOSITORY_ARN, STACK_ID, client_error

GUARDED = {"RepositoryName": "team/app"}
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
    assert f"ecr:ListImages on {REPOSITORY_ARN}: RepositoryNotFoundException" in reason
    assert around.waits == []


def test_any_other_error_is_told_as_it_is() -> None:
    """What is neither IAM's nor a missing repository is passed on with its code."""
    around = Surroundings(ALWAYS)
    around.ecr.errors["ListImages"] = [client_error("ServerException", "ListImages", 500)]
    assert "ServerException: ServerException it is" in check(around)


def test_a_stack_that_cannot_be_read_for_another_reason_is_told_as_it_is() -> None:
    """The reason names the call and AWS's code."""
    around = Surroundings(GUARDED)
    around.cloudformation.broken = {"DescribeStacks"}
    reason = check(around)
    assert "cloudformation:DescribeStacks" in reason
    assert "InternalFailure" in reason
    assert around.waits == []


@pytest.mark.parametrize(
    "operation", ["DescribeStacks", "ListStackResources", "GetTemplate", "DescribeStackEvents"]
)
def test_what_the_guard_has_to_read_is_asked_for(operation: str) -> None:
    """Each of the reads is a permission of its own, missing or not."""
    around = Surroundings(GUARDED)
    around.cloudformation.denied = {operation}
    reason = check(around)
    grant = (
        f"grant the function's role cloudformation:{operation} on {STACK_ID.rpartition('/')[0]}/*"
    )
    assert grant in reason
    assert 50 <= around.time <= 60


def refused(around: Surroundings) -> str:
    """Return why a deployment is refused, after a patience of ten seconds."""
    around.ecr.push(3)
    around.cloudformation.status = "CREATE_IN_PROGRESS"
    reason = check(around)
    assert reason.startswith("the drain could never act: ")
    assert 10 < around.time < 30
    return reason


def test_a_repository_that_no_stack_holds_is_refused_with_the_three_ways_out() -> None:
    """Made by hand, or another stack's: the drain would keep it for ever, in silence."""
    around = Surroundings(GUARDED)
    around.cloudformation.held = ("another",)
    reason = refused(around)
    for way in ("OnDelete: Always", "Never keeps it", "declare it in one"):
        assert way in reason


FLOW = "Resources:\n  Repository: {Type: AWS::ECR::Repository, Properties: {Tags: []}}\n"
FUNCTION_AS_POLICY = {
    "Resources": {
        "Repository": {
            "Type": "AWS::ECR::Repository",
            "DeletionPolicy": {"Fn::If": ["Production", "Retain", "Delete"]},
        }
    }
}
TRANSFORMED = {**FUNCTION_AS_POLICY, "Transform": "AWS::LanguageExtensions"}


@pytest.mark.parametrize("template", [FLOW, FUNCTION_AS_POLICY, TRANSFORMED, "no template", {}])
def test_what_could_not_be_understood_later_is_refused_now(template: Any) -> None:
    """The stack's deletion would fail on it; the reason names the cause and the remedy."""
    around = Surroundings(GUARDED)
    around.cloudformation.template = template
    reason = refused(around)
    assert "the DeletionPolicy of Repository in shop cannot be read" in reason
    assert "write it in block style and plain words, without Transform" in reason


def test_a_listing_that_lags_is_waited_for() -> None:
    """What is not listed at first may be a moment later."""
    around = Surroundings(GUARDED)
    around.cloudformation.status = "CREATE_IN_PROGRESS"
    around.cloudformation.held = ()
    run = around.run()
    wait = run.sleep

    def sleep(seconds: float) -> None:
        wait(seconds)
        around.cloudformation.held = ("team/app",)

    run.sleep = sleep
    assert preflight(run, parse_settings(GUARDED, {}, FUNCTION_ARN, STACK_ID)) == ""
    assert around.waits == [0.25]


@pytest.mark.parametrize("policy", ["Delete", "Retain", "RetainExceptOnCreate"])
def test_a_policy_in_plain_words_passes(policy: str) -> None:
    """A repository that is retained needs no drain, and a drain does it no harm."""
    around = Surroundings(GUARDED)
    around.cloudformation.status = "CREATE_IN_PROGRESS"
    around.cloudformation.template["Resources"]["Repository"]["DeletionPolicy"] = policy
    assert check(around) == ""


def test_under_always_no_owner_is_looked_for() -> None:
    """It is for repositories that no stack holds."""
    around = Surroundings(ALWAYS)
    around.cloudformation.held = ()
    around.cloudformation.denied = {"DescribeStacks", "ListStackResources", "GetTemplate"}
    assert check(around) == ""
