"""The answer: within CloudFormation's bounds, and delivered once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.resource.answer import Answer, UnfinishedError, deliver, shorten
from tests.receiver import HANG_UP
from tests.unit.resource.runs import Surroundings

if TYPE_CHECKING:
    from tests.receiver import Receiver

REQUEST = {"StackId": "stack", "RequestId": "request", "LogicalResourceId": "Drain"}


def send(url: str, *, seconds: float = 60.0) -> Surroundings:
    """Deliver an answer, in a run that Lambda kills after so many seconds."""
    around = Surroundings(url=url, ends=seconds)
    deliver(url, b'{"Status": "SUCCESS"}', around.run())
    return around


def test_a_body_names_all_that_cloudformation_asks_for() -> None:
    """The body has the fields of crpg-ref-responses, the ids copied from the request."""
    body = json.loads(Answer("id", data={"RepositoryName": "app"}).body(REQUEST, ""))
    assert body == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "id",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "Drain",
        "Data": {"RepositoryName": "app"},
    }


def test_a_reason_makes_the_answer_failed() -> None:
    """The status is FAILED exactly when there is a reason."""
    assert (Answer("id").status, Answer("id", "why").status) == ("SUCCESS", "FAILED")


@given(reason=st.text(min_size=1, max_size=6000), physical_id=st.text(min_size=1, max_size=2000))
def test_no_answer_is_larger_than_cloudformation_takes(reason: str, physical_id: str) -> None:
    """Whatever is to be said, the body has at most 4,096 bytes, and FAILED keeps a reason."""
    raw = Answer(physical_id, reason).body(REQUEST, reason)
    body = json.loads(raw)
    assert len(raw) <= 4096
    assert body["Status"] == "FAILED"
    assert body["Reason"]
    assert 1 <= len(body["PhysicalResourceId"].encode(errors="surrogatepass")) <= 1024


def test_a_physical_id_is_cut_between_characters() -> None:
    """The limit of 1,024 counts bytes, and the cut leaves whole characters."""
    body = json.loads(Answer("é" * 600).body(REQUEST, ""))
    assert body["PhysicalResourceId"] == "é" * 512


def test_a_long_reason_keeps_its_beginning_and_its_end() -> None:
    """What it is about and what to do about it both stay."""
    reason = "BEGIN " + "x" * 9000 + " END"
    body = json.loads(Answer("id", reason).body(REQUEST, reason))
    assert body["Reason"].startswith("BEGIN xxx")
    assert body["Reason"].endswith("xxx END")
    assert "xxx...xxx" in body["Reason"]


@given(st.text(max_size=300), st.integers(0, 300))
def test_shortening_never_exceeds_the_size(text: str, size: int) -> None:
    """A shortened text has at most that many characters; a short one stays as it is."""
    short = shorten(text, size)
    assert len(short) <= size
    if len(text) <= size:
        assert short == text


def test_an_answer_is_put_without_a_content_type(receiver: Receiver) -> None:
    """The pre-signed address was signed for an empty content type."""
    send(receiver.url)
    ((body, headers),) = receiver.tries
    assert json.loads(body) == {"Status": "SUCCESS"}
    assert headers["Content-Type"] == ""


@pytest.mark.parametrize("refusals", [[500, 503], [400, 404], [HANG_UP, HANG_UP]])
def test_an_address_that_fails_twice_gets_the_answer_at_the_third_try(
    receiver: Receiver, refusals: list[int]
) -> None:
    """Server errors, refusals and lost connections are all tried again, with growing pauses."""
    receiver.replies = refusals.copy()
    pauses = send(receiver.url).waits
    assert len(receiver.tries) == 3
    assert len(receiver.answers) == 1
    assert pauses == sorted(pauses)
    assert len(pauses) == 2


def test_an_answer_that_nobody_takes_is_an_error_in_time(receiver: Receiver) -> None:
    """When the time is over the failure is raised, for Lambda to deliver the request again."""
    receiver.replies = [500] * 100
    with pytest.raises(UnfinishedError, match="HTTP status 500"):
        send(receiver.url, seconds=10)
    assert 2 <= len(receiver.tries) < 10


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "nonsense",
        "http://[",
        "http://a b/?x=1",
        "https:",
    ],
)
def test_an_address_that_is_none_is_given_up_at_once(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is opened that is not an http address, no second try, no new delivery, no leak."""
    around = send(url)
    assert around.waits == []
    output = capsys.readouterr().out
    assert "takes no answer" in output
    assert url not in output


def test_an_address_that_refuses_for_good_is_given_up_at_once(receiver: Receiver) -> None:
    """403 says that the signature is wrong or too old: no later try, and no delivery, mends it."""
    receiver.replies = [403] * 9
    assert send(receiver.url).waits == []
    assert len(receiver.tries) == 1


def test_the_address_is_in_no_line_of_the_log(
    receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the address nor its signature is logged, whether it works or not."""
    receiver.replies = [500]
    send(receiver.url)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert all("s3cr3t" not in line for line in lines)


@pytest.mark.parametrize("reason", ["é" * 5000, "\u2014" * 5000, "\U0001f433" * 5000])
def test_a_long_reason_that_is_not_ascii_is_cut_as_little_as_it_must(reason: str) -> None:
    """Bytes count, not the characters of an escape: most of the room is used."""
    raw = Answer("id", reason).body(REQUEST, reason)
    assert 4096 * 7 / 8 - 300 < len(raw) <= 4096


def test_half_a_character_is_no_reason_not_to_answer() -> None:
    """A lone surrogate, in the identity or in the reason, becomes a question mark."""
    body = json.loads(Answer("id\ud800", "why\udfff").body(REQUEST, "why\udfff"))
    assert (body["PhysicalResourceId"], body["Reason"]) == ("id?", "why?")
