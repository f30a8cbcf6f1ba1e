"""One run of the function: what is asked, what it works with, and how much time there is."""

import calendar
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from ecrdrain.engine.calls import client_config, end_tries
from ecrdrain.resource.log import Log
from ecrdrain.resource.properties import service_timeout_of

if TYPE_CHECKING:
    from ecrdrain.resource.answer import Answer

BIRTH = re.compile(r"X-Amz-Date=(\d{8}T\d{6})Z")
"""A request is as old as its ResponseURL: a pre-signed address says when it was made (Signature
Version 4, "Query parameters")."""

FIRST_DELIVERY = 45.0
"""Seconds of age up to which a delivery is certainly the first: Lambda waits a minute before it
delivers an asynchronous event again whose run has failed, and two minutes before the third time
(Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation")."""

WORTH_WAITING = 120.0
"""Seconds that CloudFormation must go on waiting for a second delivery to be of use."""

CALLS_AT_ONCE = 16
READ_TIMEOUT = 12.0
"""Seconds that a call may take to answer: less than the reserve."""
ATTEMPTS_IN_TIME = 100
"""Tries of a call that AWS throttles or fails at: more than there is time for, with the SDK's
pauses of up to 20 seconds. The timer ends them."""


class Context(Protocol):
    """What Lambda tells a function about its run."""

    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is killed."""
        ...


@cache
def client(service: str) -> Any:  # noqa: ANN401 - boto3's clients have no type in common
    """Return the boto3 client of a service, made when it is first asked for.

    boto3 takes longer to import than many a request takes to answer.
    """
    import boto3  # noqa: PLC0415 - see above

    config = client_config(CALLS_AT_ONCE, READ_TIMEOUT, ATTEMPTS_IN_TIME)
    made = boto3.client(service, config=config)  # type: ignore[call-overload]
    made.meta.events.register("needs-retry", end_tries)
    return made


def birth_of(url: str) -> float | None:
    """Read when a ResponseURL was made, in seconds since 1970; None: it does not say."""
    found = BIRTH.search(url)
    try:
        return calendar.timegm(time.strptime(found[1], "%Y%m%dT%H%M%S")) if found else None
    except ValueError:
        return None


class Run:
    """One run of the function, for a request of CloudFormation.

    Args:
        event: The request, whatever is missing in it (CloudFormation user guide, "Custom resource
            request objects").
        context: What Lambda tells about the run.
        log: Its log.
        clients: AWS.
        now: Seconds since 1970.
        sleep: Waits for so many seconds.

    Attributes:
        identity: The resource's PhysicalResourceId. A Create that fails needs one all the same,
            and the Delete of the rollback brings it back: that one is no repository's ARN, so
            nothing is touched then.
        deleted: Images that the drain has deleted.
        unchanged: The answer to an Update of the same repository that may be a rollback's.
        first: Whether this is certainly the first delivery of the request.
        until: When CloudFormation stops waiting.
        killed: When Lambda kills the run.
        answer_by: When to answer, whatever has been reached.
        stop_by: When to start no further call, so that those in flight end before that.
        stop: Set when no further call may start.
    """

    def __init__(  # noqa: PLR0913 - each is a part of the world that a test plays
        self,
        event: Mapping[str, Any],
        context: Context,
        log: Log,
        clients: Callable[[str], Any],
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.context = context
        self.log = log
        self.clients = clients
        self.now = now
        self.sleep = sleep
        self.stop = threading.Event()
        self.kind = event.get("RequestType")
        self.stack_id = str(event.get("StackId", ""))
        self.identity = str(
            event.get("PhysicalResourceId") or f"ecrdrain-nothing-created-{event.get('RequestId')}"
        )
        properties = event.get("ResourceProperties")
        self.properties: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        self.deleted = 0
        self.unchanged: Answer | None = None
        birth = birth_of(str(event.get("ResponseURL")))
        self.first = birth is not None and now() - birth < FIRST_DELIVERY
        # CloudFormation may count from before that: a tenth less, a minute at the most.
        timeout = service_timeout_of({**event, **self.properties})
        self.until = (birth or now()) + timeout - min(60, timeout / 10)
        self.killed = now() + context.get_remaining_time_in_millis() / 1000
        # A fifth of the time each, 20 seconds at the most, to answer and to end calls in flight.
        reserve = min(20, max(min(self.killed, self.until) - now(), 0) / 5)
        self.answer_by = min(self.killed - reserve, self.until)
        self.stop_by = self.answer_by - reserve

    def tries(self, until: float) -> Iterator[None]:
        """Yield again and again, after longer and longer pauses, until that moment."""
        pause = 0.25
        yield
        while self.now() + pause < until:
            self.sleep(pause)
            pause = min(pause * 2, 8)
            yield
