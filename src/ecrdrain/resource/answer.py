"""The answer that CloudFormation waits for.

Source: CloudFormation user guide, "Custom resource response objects" (crpg-ref-responses).
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecrdrain.resource.run import Run

LARGEST_ANSWER, LARGEST_IDENTITY = 4096, 1024
LONGEST_TRY = 10.0
"""Seconds one PUT may take."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0
AGAIN = "delete the stack again to go on"


class NotDeliveredError(Exception):
    """CloudFormation's address took no answer in the time there was; Lambda's retry will try."""


@dataclass(frozen=True)
class Answer:
    """The verdict on a request.

    Attributes:
        identity: The resource's PhysicalResourceId; never empty.
        reason: What the operator has to do; empty exactly when the verdict is SUCCESS.
        data: What Fn::GetAtt can read.
    """

    identity: str
    reason: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """SUCCESS or FAILED, as CloudFormation reads it."""
        return "FAILED" if self.reason else "SUCCESS"

    def body(
        self, request: Mapping[str, Any], redact: Callable[[str], str] = str, where: str = ""
    ) -> bytes:
        """Write the answer to a request, the reason cut in its middle where it is too long.

        Args:
            request: The request, with what it may lack.
            redact: Takes what is secret out of the reason.
            where: Stands after every reason: where to read more.
        """
        reason = redact(self.reason) + where if self.reason else ""
        fields = {
            "Status": self.status,
            "PhysicalResourceId": self.identity.encode()[:LARGEST_IDENTITY].decode(
                errors="ignore"
            ),
            **{
                name: request.get(name, "")
                for name in ("StackId", "RequestId", "LogicalResourceId")
            },
            "Data": self.data,
        }
        while True:
            body = json.dumps({**fields, "Reason": reason}).encode()
            excess = len(body) - LARGEST_ANSWER
            if excess <= 0 or not reason:
                return body
            reason = shorten(reason, max(len(reason) - excess, 0))


def shorten(text: str, size: int) -> str:
    """Cut a text in its middle: what it is about stands first, what to do about it last."""
    mark = " [...] "
    room = size - len(mark)
    if len(text) <= size or room <= 0:
        return text[:size]
    return text[: room // 3] + mark + text[room // 3 - room :]


def deliver(url: str, body: bytes, run: "Run") -> None:
    """PUT an answer, again and again while there is time.

    The address is pre-signed: it goes into no log, and no error that carries it leaves here.

    Args:
        url: The request's ResponseURL.
        body: The answer.
        run: Tells how much time there is.

    Raises:
        NotDeliveredError: No try succeeded.
    """
    pause = FIRST_PAUSE
    while problem := put(url, body, min(LONGEST_TRY, max(run.time_left() - 1, 1))):
        run.log("answer not taken", problem=problem)
        if run.time_left() < pause + 2:
            raise NotDeliveredError(problem)
        run.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
    run.log("answered", bytes=len(body))


def put(url: str, body: bytes, timeout: float) -> str:
    """Try once and return what went wrong, in words free of the address."""
    if not url.startswith(("https://", "http://")):
        return "the ResponseURL is no http address"
    try:
        # A pre-signed PUT is signed without a content type, so it must be sent empty.
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            url, data=body, method="PUT", headers={"Content-Type": ""}
        )
        with urllib.request.urlopen(request, timeout=timeout):  # noqa: S310 - the same
            return ""
    except urllib.error.HTTPError as error:
        with error:
            return f"HTTP status {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return type(error).__name__
