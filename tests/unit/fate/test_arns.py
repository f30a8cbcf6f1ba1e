"""ARNs: who is who."""

from __future__ import annotations

import pytest

from ecrdrain.resource.target import Target, neighbour, parse_target

FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:drain"


@pytest.mark.parametrize("suffix", ["", ":live", ":7"])
def test_a_repository_is_in_the_functions_partition_region_and_account(suffix: str) -> None:
    """They come from the function's ARN, with or without a qualifier."""
    expected = "arn:aws-cn:ecr:cn-north-1:123456789012:repository/team/app"
    assert neighbour(FUNCTION + suffix, "team/app").arn == expected


@pytest.mark.parametrize("arn", ["", "drain", "arn:aws:ecr:eu-west-1:123456789012:repository/app"])
def test_what_is_no_function_is_an_error(arn: str) -> None:
    """Any other text is refused by name."""
    with pytest.raises(ValueError, match="not the ARN of a Lambda function"):
        neighbour(arn, "team/app")


@pytest.mark.parametrize("name", ["app", "team/app", "a/b/c_d-e.f"])
def test_a_repositorys_arn_is_read_as_it_is_written(name: str) -> None:
    """Writing and reading an ARN are each other's opposite."""
    target = Target("aws", "eu-west-1", "123456789012", name)
    assert parse_target(target.arn) == target


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
    assert parse_target(text) is None
