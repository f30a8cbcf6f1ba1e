"""How a failed deletion goes on."""

from __future__ import annotations

import pytest

from ecrdrain.stacks.rescue import FailedResource, Step, find_remedy
from tests.unit.stacks.trees import stack_id


def failed(logical_id: str = "X", **attributes: object) -> FailedResource:
    """Return a resource that could not be deleted."""
    facts = {
        "stack": "web",
        "stack_id": stack_id("web"),
        "stack_status": "DELETE_FAILED",
        "type": "AWS::S3::Bucket",
        "physical_id": "x",
        "reason": "",
    }
    return FailedResource(logical_id=logical_id, **{**facts, **attributes})  # type: ignore[arg-type] # values of any attribute


DEAD = failed("Dead", type="Custom::EcrDrain", drain=True, function_gone=True)
MUTE = failed("Mute", type="Custom::EcrDrain", drain=True)
REPOSITORY = failed("Repository", type="AWS::ECR::Repository")
BUCKET = failed("Bucket")
CHILD = failed("Child", type="AWS::CloudFormation::Stack")
SLOW = failed("Slow", reason="Rate exceeded (RequestToken: 1, HandlerErrorCode: Throttling)")
NOT_SLOW = failed("Denied", reason="No (RequestToken: 1, HandlerErrorCode: AccessDenied)")


@pytest.mark.parametrize(
    ("what", "taken", "step", "retained"),
    [
        ([DEAD], set(), Step.RETAIN_WITHOUT_FUNCTION, ["Dead"]),
        ([DEAD, CHILD], set(), Step.RETAIN_WITHOUT_FUNCTION, ["Dead"]),
        ([DEAD, BUCKET], set(), Step.RETAIN_WITHOUT_FUNCTION, ["Dead"]),
        ([DEAD, MUTE], set(), Step.RETAIN_WITHOUT_FUNCTION, ["Dead"]),
        ([DEAD], {Step.RETAIN_WITHOUT_FUNCTION}, Step.AGAIN, []),
        ([MUTE], set(), Step.AGAIN, []),
        ([MUTE], {Step.AGAIN}, Step.RETAIN_FAILING, ["Mute"]),
        ([MUTE, CHILD], {Step.AGAIN}, Step.RETAIN_FAILING, ["Mute"]),
        ([REPOSITORY], set(), Step.AGAIN, []),
        ([SLOW], set(), Step.AGAIN, []),
    ],
)
def test_each_kind_of_failure_has_its_way_on(
    what: list[FailedResource], taken: set[Step], step: Step, retained: list[str]
) -> None:
    """Dead drains go first; a second try comes before a drain is taken for mute."""
    remedy = find_remedy(what, frozenset(taken))

    assert remedy is not None
    assert remedy.step is step
    assert [each.logical_id for each in remedy.retain] == retained


@pytest.mark.parametrize("taken", [{Step.AGAIN}, {Step.AGAIN, Step.RETAIN_FAILING}])
def test_images_that_have_come_since_are_worth_one_more_attempt(taken: set[Step]) -> None:
    """Somebody pushed before the deletion; one who never stops is not waited for."""
    remedy = find_remedy([REPOSITORY], frozenset(taken), pushed=True)

    assert remedy is not None
    assert (remedy.step, remedy.retain) == (Step.DRAIN_AGAIN, ())
    assert find_remedy([REPOSITORY], frozenset({*taken, remedy.step}), pushed=True) is None


def test_images_that_have_come_since_do_not_help_what_failed_for_something_else() -> None:
    """Only a repository fails for its images."""
    assert find_remedy([BUCKET], frozenset({Step.AGAIN}), pushed=True) is None


@pytest.mark.parametrize(
    ("what", "taken"),
    [
        ([BUCKET], set()),
        ([BUCKET, CHILD], set()),
        ([NOT_SLOW], set()),
        ([CHILD], set()),
        ([], set()),
        ([SLOW], {Step.AGAIN}),
        ([REPOSITORY], {Step.AGAIN}),
        ([MUTE, BUCKET], {Step.AGAIN}),
        ([MUTE], {Step.AGAIN, Step.RETAIN_FAILING}),
        ([DEAD], {Step.AGAIN, Step.RETAIN_WITHOUT_FUNCTION, Step.RETAIN_FAILING}),
    ],
)
def test_what_would_fail_the_same_way_again_is_left_alone(
    what: list[FailedResource], taken: set[Step]
) -> None:
    """No step is taken twice, and nothing but drains is ever let go of."""
    assert find_remedy(what, frozenset(taken)) is None


def test_a_dead_drain_in_a_stack_that_has_not_failed_cannot_be_let_go_of() -> None:
    """CloudFormation takes RetainResources for stacks that are DELETE_FAILED only."""
    early = failed(
        "Dead",
        type="Custom::EcrDrain",
        drain=True,
        function_gone=True,
        stack_status="CREATE_COMPLETE",
    )

    remedy = find_remedy([early], frozenset())

    assert remedy is not None
    assert remedy.step is Step.AGAIN


@pytest.mark.parametrize(
    ("code", "transient"),
    [
        ("Throttling", True),
        ("NetworkFailure", True),
        ("ServiceInternalError", True),
        ("GeneralServiceException", False),
        ("AccessDenied", False),
        ("NotStabilized", False),
    ],
)
def test_transient_is_what_the_handlers_contract_calls_retriable(
    code: str, *, transient: bool
) -> None:
    """The code is read off the reason, where CloudFormation puts it."""
    assert failed(reason=f"X (HandlerErrorCode: {code})").transient is transient
