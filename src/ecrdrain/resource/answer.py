"""The answer that CloudFormation waits for.

Source: CloudFormation user guide, "Custom resource response objects" (crpg-ref-responses).
"""

import json
from collections.abc import Mapping
from http.client import HTTPException, InvalidURL
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from ecrdrain.resource.run import Run

LARGEST_ANSWER, LARGEST_IDENTITY = 4096, 1024
LONGEST_TRY = 10.0
"""Seconds one PUT may take."""
HOPELESS = "the ResponseURL takes no answer"


class UnfinishedError(Exception):
    """No answer yet: Lambda delivers the request again."""


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
            if len(body) <= LARGEST_ANSWER or not reason:
                return body
            reason = shorten(reason, len(reason) * 7 // 8)


def _utf8(text: str) -> bytes:
    """Encode a text; half a character (a lone surrogate) becomes a question mark."""
    return text.encode(errors="replace")


def shorten(text: str, size: int) -> str:
    """Cut a text in its middle: what it is about stands first, what to do about it last."""
    head = size // 3
    if head < len("...") or len(text) <= size:
        return text[:size]
    return f"{text[:head]}...{text[head + 3 - size :]}"


def deliver(url: str, body: bytes, run: "Run") -> None:
    """PUT an answer, again and again while there is time and hope.

    The address is pre-signed: it goes into no log, and no error that carries it leaves here.

    Args:
        url: The request's ResponseURL.
        body: The answer.
        run: Tells how much time there is.

    Raises:
        UnfinishedError: No try succeeded, and a later one may.
    """
    problem = ""
    for _ in run.tries(run.killed - 2):
        problem = put(url, body, min(LONGEST_TRY, max(run.killed - run.now() - 1, 1)))
        run.log("answer not taken" if problem else "answered", problem=problem, bytes=len(body))
        if problem in ("", HOPELESS):
            return
    raise UnfinishedError(problem)


def put(url: str, body: bytes, timeout: float) -> str:
    """Try once and return what went wrong, in words free of the address."""
    try:
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            return HOPELESS
        # A pre-signed PUT is signed without a content type, so it must be sent empty.
        headers = {"Content-Type": ""}
        urlopen(Request(url, body, headers, method="PUT"), timeout=timeout).close()  # noqa: S310 - http or https
    except HTTPError as error:
        # 403: it was signed wrongly, or too long ago.
        return HOPELESS if error.code == 403 else f"HTTP status {error.code}"  # noqa: PLR2004
    except (ValueError, InvalidURL):
        return HOPELESS
    except (OSError, HTTPException) as error:
        return type(error).__name__
    return ""
