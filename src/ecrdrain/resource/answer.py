"""The answer that CloudFormation waits for.

Source: CloudFormation user guide, "Custom resource response objects" (crpg-ref-responses).
"""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from ecrdrain.resource.log import Log
from ecrdrain.resource.request import Request

LARGEST_ANSWER = 4096
LARGEST_PHYSICAL_ID = 1024
ELLIPSIS = " [...] "
LONGEST_TRY = 10.0
"""Seconds one PUT may take."""
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0


class NotDeliveredError(Exception):
    """CloudFormation's address took no answer in the time there was; Lambda's retry will try."""


@dataclass(frozen=True)
class Answer:
    """The verdict on a request.

    Attributes:
        physical_id: The resource's identity; never empty.
        reason: What the operator has to do; empty exactly when the verdict is SUCCESS.
        data: What Fn::GetAtt can read.
    """

    physical_id: str
    reason: str = ""
    data: dict[str, str] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """SUCCESS or FAILED, as CloudFormation reads it."""
        return "FAILED" if self.reason else "SUCCESS"

    def body(self, request: Request) -> bytes:
        """Write the answer to a request, the reason cut in its middle where it is too long."""
        reason = self.reason
        physical_id = self.physical_id.encode()[:LARGEST_PHYSICAL_ID].decode(errors="ignore")
        while True:
            body = json.dumps(
                {
                    "Status": self.status,
                    "Reason": reason,
                    "PhysicalResourceId": physical_id,
                    "StackId": request.stack_id,
                    "RequestId": request.request_id,
                    "LogicalResourceId": request.logical_id,
                    "NoEcho": False,
                    "Data": self.data,
                }
            ).encode()
            if len(body) <= LARGEST_ANSWER or not reason:
                return body
            # Whole characters go until the bytes fit: what cost most is not known beforehand.
            reason = shorten(reason, max(len(reason) - (len(body) - LARGEST_ANSWER), 0))


def shorten(text: str, size: int) -> str:
    """Cut a text in its middle: what it is about stands first, what to do about it last."""
    if len(text) <= size:
        return text
    room = size - len(ELLIPSIS)
    head = max(room, 0) // 3
    return text[:head] + ELLIPSIS + text[len(text) - (room - head) :] if room > 0 else text[:size]


def deliver(
    url: str,
    body: bytes,
    *,
    log: Log,
    time_left: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    """PUT an answer, again and again while there is time.

    The address is pre-signed: it goes into no log, and no error that carries it leaves here.

    Args:
        url: The request's ResponseURL.
        body: The answer.
        log: Hears of each try.
        time_left: Seconds until the function is killed.
        sleep: Waits between two tries.

    Raises:
        NotDeliveredError: No try succeeded.
    """
    pause = FIRST_PAUSE
    while True:
        problem = _put(url, body, min(LONGEST_TRY, max(time_left() - 1, 1)))
        if problem is None:
            log("answered", bytes=len(body))
            return
        log("answer not taken", problem=problem)
        if time_left() < pause + 2:
            raise NotDeliveredError(problem)
        sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _put(url: str, body: bytes, timeout: float) -> str | None:
    """Try once and return what went wrong, in words free of the address."""
    if not url.startswith(("https://", "http://")):
        return "the ResponseURL is not an http address"
    try:
        # A pre-signed PUT is signed without a content type, so it must be sent empty.
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            url, data=body, method="PUT", headers={"Content-Type": ""}
        )
        with urllib.request.urlopen(request, timeout=timeout):  # noqa: S310 - the same
            return None
    except urllib.error.HTTPError as error:
        with error:
            return f"HTTP status {error.code}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        return type(error).__name__
