"""Whole events, whatever is in them and whatever AWS says: one answer, and no secret."""

from __future__ import annotations

import json
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.unit.resource.stage import REPOSITORY_ARN, STACK_ID, Stage

if TYPE_CHECKING:
    from types import ModuleType

    from tests.receiver import Receiver

SECRET = "s3cr3t"
SECONDS = 0.2

texts = st.text(max_size=60) | st.text(min_size=1000, max_size=1100)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
usual: dict[str, st.SearchStrategy[Any]] = {
    "RequestType": st.sampled_from(["Create", "Update", "Delete"]),
    "StackId": st.just(STACK_ID),
    "RequestId": st.just("request-1"),
    "LogicalResourceId": st.just("Drain"),
    "PhysicalResourceId": st.sampled_from([REPOSITORY_ARN, "2026/11/24/[$LATEST]0"]),
    "ServiceTimeout": st.sampled_from(["60", 3600]),
    "ResourceProperties": st.fixed_dictionaries(
        {"RepositoryName": st.sampled_from(["team/app", "nobodys"])},
        optional={
            "OnDelete": st.sampled_from(["Always", "Never", "WithRepository"]) | anything,
            "ReplicatedDeletions": st.just("Accept") | anything,
            "Preflight": st.sampled_from(["false", "true"]) | anything,
            "ServiceTimeout": anything,
            "Unknown": anything,
        },
    ),
}
events = st.fixed_dictionaries(
    {}, optional={name: value | value | anything for name, value in usual.items()}
)
names = st.sampled_from(
    ["ListImages", "BatchDeleteImage", "DescribeRegistry", "DescribeStacks", "GetTemplate"]
)
codes = st.sampled_from(
    ["AccessDenied", "RepositoryNotFoundException", "ThrottlingException", "ServerException"]
)


@st.composite
def client_errors(draw: st.DrawFn) -> Exception:
    """Draw an error of AWS, with any message, the address of the answer included."""
    said = draw(texts | st.just(f"see https://bucket.example/?Signature={SECRET}"))
    response: Any = {
        "Error": {"Code": draw(codes | texts), "Message": said},
        "ResponseMetadata": {"HTTPStatusCode": draw(st.sampled_from([400, 403, 404, 500, 503]))},
    }
    return ClientError(response, "Operation")


errors = st.one_of(
    client_errors(),
    texts.map(RuntimeError),
    texts.map(KeyError),
    st.sampled_from(
        [
            EndpointConnectionError(endpoint_url="https://aws"),
            ReadTimeoutError(endpoint_url="https://aws"),
            NoCredentialsError(),
        ]
    ),
)


def play(function: ModuleType, receiver: Receiver, event: object, problem: Any) -> str:
    """Let a function run on an event and return its log; AWS answers one operation wrongly."""
    stage = Stage(function, receiver.url, seconds=SECONDS)
    stage.ecr.push(2)
    operation, error = problem
    if error is not None:
        stage.ecr.errors[operation] = [error] * 99
        stage.cloudformation.broken = {operation}
    log = StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(log):
        patch.setattr(function, "client", stage.client)
        stage.play(event)
    return log.getvalue()


def check(receiver: Receiver, log: str) -> None:
    """See that there was one answer, as CloudFormation takes it, and that nothing leaked."""
    [(body, _)] = receiver.tries
    answer = json.loads(body)
    assert len(body) <= 4096
    assert answer["Status"] in ("SUCCESS", "FAILED")
    assert bool(answer["Reason"]) is (answer["Status"] == "FAILED")
    assert answer["PhysicalResourceId"]
    assert receiver.url not in log + body.decode()
    assert receiver.url.partition("?")[2] not in log + body.decode()
    assert all(json.loads(line)["event"] for line in log.splitlines())


@settings(examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events, problem=st.tuples(names, st.none() | errors))
def test_every_event_with_an_address_gets_one_answer(
    function: ModuleType, receiver: Receiver, event: dict[str, Any], problem: Any
) -> None:
    """Any type in any field, any error of AWS, any message: valid, small, with its reason."""
    receiver.tries.clear()
    log = play(function, receiver, {**event, "ResponseURL": receiver.url}, problem)
    check(receiver, log)


@settings(examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=events)
def test_an_event_that_sns_has_wrapped_is_answered_likewise(
    function: ModuleType, receiver: Receiver, event: dict[str, Any]
) -> None:
    """A ServiceToken may name a topic, and Lambda hands the message of its subscription over."""
    receiver.tries.clear()
    message = json.dumps({**event, "ResponseURL": receiver.url})
    wrapped = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": message}}]}
    check(receiver, play(function, receiver, wrapped, ("ListImages", None)))


@settings(examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(event=anything | events)
def test_an_event_without_an_address_is_left_alone(
    function: ModuleType, receiver: Receiver, event: object
) -> None:
    """Whatever else it is, nobody waits for an answer, and no image goes."""
    log = play(function, receiver, event, ("ListImages", None))
    assert receiver.tries == []
    assert '"event": "ignored"' in log
