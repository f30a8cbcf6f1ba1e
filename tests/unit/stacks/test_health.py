"""What is a problem with the provider, and what is to be done."""

from __future__ import annotations

import pytest

from ecrdrain import __version__
from ecrdrain.stacks.health import (
    _VERSION,
    Problem,
    Provider,
    _in_a_line,
    _of_stack,
    _of_version,
    _remedy,
)
from ecrdrain.templates import TemplateName, render


def provider(*, status: str = "CREATE_COMPLETE", version: str | None = "1.2.3") -> Provider:
    """Return a provider with what the test is about."""
    return Provider("drains", "arn:drains", status, version, "arn:function", "/aws/lambda/x")


def test_the_version_is_read_off_the_provider_as_it_is_deployed() -> None:
    """The function's first line says it."""
    found = _VERSION.search(render(TemplateName.PROVIDER)["provider.yaml"])

    assert found is not None
    assert found[1] == __version__


@pytest.mark.parametrize(
    ("version", "remedy"),
    [
        ("1.2.3", None),
        ("1.2.2", "ecrdrain install --stack-name drains --update"),
        ("0.10.0", "ecrdrain install --stack-name drains --update"),
        (None, "ecrdrain install --stack-name drains --update"),
        ("1.10.0", "pip install --upgrade ecrdrain"),
    ],
)
def test_the_older_one_is_to_be_renewed(version: str | None, remedy: str | None) -> None:
    """Versions are compared number by number."""
    problems = _of_version(provider(version=version), "1.2.3")

    assert [each.remedy for each in problems] == ([remedy] if remedy else [])


@pytest.mark.parametrize(
    ("status", "remedies"),
    [
        ("CREATE_COMPLETE", []),
        ("UPDATE_COMPLETE", []),
        ("UPDATE_ROLLBACK_COMPLETE", []),
        ("UPDATE_IN_PROGRESS", ["run this again when that has ended"]),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ["run this again when that has ended"]),
        ("UPDATE_ROLLBACK_FAILED", ["ecrdrain stack show drains tells why"]),
        ("DELETE_FAILED", ["ecrdrain stack show drains tells why"]),
    ],
)
def test_a_stack_that_is_not_complete_is_a_problem(status: str, remedies: list[str]) -> None:
    """An update that was rolled back leaves the provider as it was."""
    assert _of_stack(provider(status=status)) == [
        Problem(f"stack drains is {status}", remedy) for remedy in remedies
    ]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (None, "nothing any more: the stack is deleted"),
        ("DELETE_COMPLETE", "nothing any more: the stack is deleted"),
        ("DELETE_FAILED", "ecrdrain stack delete shop"),
        ("DELETE_IN_PROGRESS", "wait: the stack is DELETE_IN_PROGRESS"),
        ("ROLLBACK_COMPLETE", "mend what the reason names, and deploy shop again"),
        ("CREATE_FAILED", "mend what the reason names, and deploy shop again"),
        ("UPDATE_ROLLBACK_COMPLETE", "mend what the reason names, and deploy shop again"),
        ("UPDATE_COMPLETE", "nothing any more: the stack is UPDATE_COMPLETE"),
    ],
)
def test_what_is_to_be_done_follows_from_the_stack_as_it_is_now(
    status: str | None, remedy: str
) -> None:
    """A failure that somebody has seen to is history."""
    assert _remedy("shop", status) == remedy


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ('{"errorMessage": "no", "errorType": "ValueError"}', "ValueError: no"),
        ('{"errorMessage": "timed out"}', '{"errorMessage": "timed out"}'),
        ("nothing\n of that", "nothing of that"),
        ("[]", "[]"),
    ],
)
def test_an_error_of_the_function_is_put_in_a_line(payload: str, words: str) -> None:
    """Whatever Lambda returns for it."""
    assert _in_a_line(payload) == words
