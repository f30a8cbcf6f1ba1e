"""ARNs: who is who."""

from __future__ import annotations

import pytest

from ecrdrain.fate.arns import RepositoryArn, parse_repository_arn, repository_beside

FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:drain"


@pytest.mark.parametrize("suffix", ["", ":live", ":7"])
def test_a_repository_is_in_the_functions_partition_region_and_account(suffix: str) -> None:
    """They come from the function's ARN, with or without a qualifier."""
    expected = "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/app"
    assert repository_beside(FUNCTION + suffix, "team/app").arn == expected


def test_a_repository_is_in_a_stacks_partition_region_and_account() -> None:
    """They come from the stack's id, which is an ARN too."""
    stack = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0f"
    expected = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"
    assert repository_beside(stack, "team/app").arn == expected


@pytest.mark.parametrize("arn", ["", "drain", "arn:aws:lambda"])
def test_what_is_no_arn_is_an_error(arn: str) -> None:
    """No account is guessed."""
    with pytest.raises(ValueError, match="not enough values"):
        repository_beside(arn, "team/app")


@pytest.mark.parametrize("name", ["app", "team/app", "a/b/c_d-e.f"])
def test_a_repositorys_arn_is_read_as_it_is_written(name: str) -> None:
    """Writing and reading an ARN are each other's opposite."""
    repository = RepositoryArn("aws", "eu-west-1", "123456789012", name)
    assert parse_repository_arn(repository.arn) == repository


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026/11/24/[$LATEST]0123456789abcdef",
        "ecrdrain-nothing-created-1",
        "arn:aws:ecr:eu-west-1:123456789012:repository/",
        "arn:aws:ecr:eu-west-1:1234:repository/app",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_is_no_repositorys_arn_is_none(text: str) -> None:
    """An identity that another answer gave names no repository."""
    assert parse_repository_arn(text) is None
