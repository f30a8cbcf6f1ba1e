"""The first answer of a custom resource counts, and only if it is as documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ecrdrain.lab import Answer
    from tests.integration.lab.stacks import Stacks

_FAILED = {"Status": "FAILED", "Reason": "on purpose"}
_BAD: list[tuple[Any, str]] = [
    ("no JSON", "Invalid response: not JSON"),
    ({"Data": {"padding": "x" * 4096}}, "Response object is too long."),
    ({"StackId": "other"}, "Invalid response: not the request's StackId"),
    ({"RequestId": "other"}, "Invalid response: not the request's RequestId"),
    ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
    ({"Status": "DONE"}, "Invalid response: Status is neither SUCCESS nor FAILED"),
]
_IDS = [reason for _, reason in _BAD]


def _create(stacks: Stacks, *answers: Any) -> str:
    return stacks.create({"Probe": stacks.custom_resource(Answers=list(answers))})


def _answers(stacks: Stacks, stack_id: str) -> list[Answer]:
    """Return the answers to the stack's Create request."""
    return [
        answer
        for answer in stacks.lab.answers()
        if answer.stack_id == stack_id and answer.request_type == "Create"
    ]


@pytest.mark.parametrize(("answer", "reason"), _BAD, ids=_IDS)
def test_an_answer_that_is_none_fails_the_resource(
    stacks: Stacks, answer: Any, reason: str
) -> None:
    """The stack is rolled back, with the fault as the reason."""
    stack = _create(stacks, answer)

    assert stacks.status(stack) == "ROLLBACK_COMPLETE"
    assert ("Probe", "CREATE_FAILED", reason) in stacks.events(stack)
    assert [(taken.fault, taken.counted) for taken in _answers(stacks, stack)] == [(reason, True)]


@pytest.mark.parametrize(("answer", "reason"), _BAD, ids=_IDS)
def test_the_plain_emulator_takes_it_for_success(
    plain_stacks: Stacks, answer: Any, reason: str
) -> None:
    """Without the addition the resource is created."""
    del reason

    stack = _create(plain_stacks, answer)

    assert plain_stacks.status(stack) == "CREATE_COMPLETE"


def test_the_first_answer_counts(stacks: Stacks) -> None:
    """SUCCESS stays SUCCESS when FAILED follows, and both are on record."""
    stack = _create(stacks, {}, _FAILED)

    assert stacks.status(stack) == "CREATE_COMPLETE"
    assert [(taken.counted, taken.fault) for taken in _answers(stacks, stack)] == [
        (True, None),
        (False, None),
    ]


def test_in_the_plain_emulator_the_last_answer_counts(plain_stacks: Stacks) -> None:
    """Without the addition FAILED overwrites SUCCESS."""
    stack = _create(plain_stacks, {}, _FAILED)

    assert plain_stacks.status(stack) == "ROLLBACK_COMPLETE"


def test_a_failure_is_told_with_its_own_reason(stacks: Stacks) -> None:
    """FAILED fails the resource with what the function says."""
    stack = _create(stacks, _FAILED)

    assert ("Probe", "CREATE_FAILED", "on purpose") in stacks.events(stack)
