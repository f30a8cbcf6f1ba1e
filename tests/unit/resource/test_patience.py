"""One throttle, or many, fail no operation: the real clients, with the SDK's pauses shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError, EndpointConnectionError

from ecrdrain.resource.run import client
from tests.unit.engine.sdk import quick_sdk

if TYPE_CHECKING:
    from collections.abc import Iterator

THROTTLED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
    b"<Message>Rate exceeded</Message></Error></ErrorResponse>"
)
STACKS = (
    b"<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>shop</StackName>"
    b"</member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
)


class Body:
    """The body of an answer, as the SDK reads it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self, **_: object) -> Iterator[bytes]:
        """Yield all of it."""
        yield self.content


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The function's own client."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-west-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    client.cache_clear()
    with quick_sdk():
        yield client("cloudformation")
    client.cache_clear()


@pytest.mark.parametrize(("status", "body"), [(400, THROTTLED), (503, b""), (500, THROTTLED)])
def test_a_call_that_aws_throttles_or_fails_at_is_made_again_and_again(
    cloudformation: Any, status: int, body: bytes
) -> None:
    """Sixty times in vain are ten minutes; then the answer comes."""
    sent: list[int] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        sent.append(status if len(sent) < 60 else 200)
        content = body if sent[-1] != 200 else STACKS
        return AWSResponse(request.url, sent[-1], HTTPHeaders(), Body(content))

    cloudformation.meta.events.register("before-send.cloudformation", answer)
    [stack] = cloudformation.describe_stacks(StackName="shop")["Stacks"]
    assert stack["StackName"] == "shop"
    assert len(sent) == 61


def test_a_call_that_is_denied_is_made_once(cloudformation: Any) -> None:
    """No patience helps there."""
    sent: list[bytes] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        sent.append(b"")
        content = THROTTLED.replace(b"Throttling", b"AccessDenied")
        return AWSResponse(request.url, 403, HTTPHeaders(), Body(content))

    cloudformation.meta.events.register("before-send.cloudformation", answer)
    with pytest.raises(ClientError, match="AccessDenied"):
        cloudformation.describe_stacks(StackName="shop")
    assert len(sent) == 1


def test_a_service_that_cannot_be_reached_is_given_up_after_ten_tries(
    cloudformation: Any,
) -> None:
    """A function in a VPC may have no way there at all, and no time to wait for one."""
    sent: list[str] = []

    def unreachable(request: Any, **_: object) -> None:
        sent.append(request.url)
        raise EndpointConnectionError(endpoint_url=request.url)

    cloudformation.meta.events.register("before-send.cloudformation", unreachable)
    with pytest.raises(EndpointConnectionError):
        cloudformation.describe_stacks(StackName="shop")
    assert len(sent) == 10
