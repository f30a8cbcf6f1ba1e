"""The request: whatever arrives can be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.resource.request import Home, Target, parse_home, parse_request, parse_target

FUNCTION = "arn:aws-cn:lambda:cn-north-1:123456789012:function:drain"

json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = (
    "RequestType", "StackId", "RequestId", "LogicalResourceId", "PhysicalResourceId",
    "ResourceProperties", "EcrDrain",
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(KEYS), json_values))
def test_any_event_can_be_read(event: dict[str, Any]) -> None:
    """What is missing or of another kind becomes empty; nothing is raised."""
    request = parse_request(event)
    assert isinstance(request.physical_id, str)
    assert isinstance(request.properties, dict)
    assert isinstance(request.progress, dict)


@pytest.mark.parametrize("suffix", ["", ":live", ":7"])
def test_a_function_knows_its_partition_region_and_account(suffix: str) -> None:
    """They come from its ARN, with or without a qualifier."""
    assert parse_home(FUNCTION + suffix) == Home("aws-cn", "cn-north-1", "123456789012")


@pytest.mark.parametrize("arn", ["", "drain", "arn:aws:ecr:eu-west-1:123456789012:repository/app"])
def test_what_is_no_function_is_an_error(arn: str) -> None:
    """Any other text is refused by name."""
    with pytest.raises(ValueError, match="not the ARN of a Lambda function"):
        parse_home(arn)


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
