"""The answer that CloudFormation waits for.

Source: CloudFormation user guide, "Custom resource response objects" (crpg-ref-responses).
"""

import http.client
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from ecrdrain.resource.run import Run

LARGEST_ANSWER, LARGEST_IDENTITY = 4096, 1024
LONGEST_TRY = 10.0
"""Seconds one PUT may take."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class UnfinishedError(Exception):
    """CloudFormation has no answer yet; Lambda delivers the request again."""


class Answer(NamedTuple):
    """The verdict on a request.

    Attributes:
        identity: The resource's PhysicalResourceId; never empty.
        reason: What the operator has to do; empty exactly when the verdict is SUCCESS.
        data: What Fn::GetAtt can read.
    """

    identity: str
    reason: str = ""
    data: Mapping[str, str] = {}

    @property
    def status(self) -> str:
        """SUCCESS or FAILED, as CloudFormation reads it."""
        return "FAILED" if self.reason else "SUCCESS"

    def body(self, request: Mapping[str, Any], reason: str) -> bytes:
        """Write the answer to a request.

        Args:
            request: The request, with what it may lack.
            reason: The reason in its last form, cut in its middle where it is too long.
        """
        fields = {
            "Status": self.status,
            "PhysicalResourceId": _utf8(self.identity)[:LARGEST_IDENTITY].decode(errors="ignore"),
            **{
                name: request.get(name, "")
                for name in ("StackId", "RequestId", "LogicalResourceId")
            },
            "Data": self.data,
        }
        while True:
            body = _utf8(json.dumps({**fields, "Reason": reason}, ensure_ascii=False))
            excess = len(body) - LARGEST_ANSWER
            if excess <= 0 or not reason:
                return body
            # A character takes four bytes at the most.
            reason = shorten(reason, len(reason) - max(excess // 4, 1))


def _utf8(text: str) -> bytes:
    """Encode a text; half a character (a lone surrogate) becomes a question mark."""
    return text.encode(errors="replace")


def shorten(text: str, size: int) -> str:
    """Cut a text in its middle: what it is about stands first, what to do about it last."""
    mark = " [...] "
    head = (size - len(mark)) // 3
    if len(text) <= size or head <= 0:
        return text[: max(size, 0)]
    return text[:head] + mark + text[len(mark) + head - size :]


def deliver(url: str, body: bytes, run: "Run") -> None:
    """PUT an answer, again and again while there is time.

    The address is pre-signed: it goes into no log, and no error that carries it leaves here.

    Args:
        url: The request's ResponseURL.
        body: The answer.
        run: Tells how much time there is.

    Raises:
        UnfinishedError: No try succeeded.
    """
    problem = ""
    for _ in run.tries(run.killed - 2):
        problem = put(url, body, min(LONGEST_TRY, max(run.killed - run.now() - 1, 1)))
        if not problem:
            run.log("answered", bytes=len(body))
            return
        run.log("answer not taken", problem=problem)
    raise UnfinishedError(problem)


def put(url: str, body: bytes, timeout: float) -> str:
    """Try once and return what went wrong, in words free of the address."""
    try:
        address = urlsplit(url)
        secure = address.scheme == "https"
        if not secure and (address.scheme != "http" or address.hostname not in LOOPBACK):
            return "the ResponseURL is no https address"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(address.netloc, timeout=timeout)
        # A pre-signed PUT is signed without a content type, so it must be sent empty.
        connection.request("PUT", f"{address.path}?{address.query}", body, {"Content-Type": ""})
        status = connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException) as error:
        return type(error).__name__
    return "" if status == http.client.OK else f"HTTP status {status}"
