"""One run of the function: what is asked, what it works with, and how much time there is."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Protocol

from ecrdrain.engine.calls import client_config
from ecrdrain.resource.log import Log
from ecrdrain.resource.properties import service_timeout_of

CONTINUATION = "EcrDrain"
"""The key under which a continuation carries its progress, in the request it goes on with."""

CALLS_AT_ONCE = 16
READ_TIMEOUT = 12.0
"""Seconds that a call may take to answer: less than the reserve."""

LONGEST_RESERVE, RESERVED_SHARE = 20.0, 0.2
LONGEST_MARGIN, MARGIN_SHARE = 60.0, 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 8.0


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

    make: Any = boto3.client  # its overloads know services by literal names alone
    return make(service, config=client_config(CALLS_AT_ONCE, READ_TIMEOUT))


class Run:
    """One run of the function, for a request of CloudFormation.

    Args:
        event: The request, whatever is missing in it (CloudFormation user guide, "Custom resource
            request objects"), and the progress of the runs before this one.
        context: What Lambda tells about the run.
        log: Its log.
        clients: AWS.
        now: Seconds since 1970.
        sleep: Waits for so many seconds.

    Attributes:
        identity: The resource's PhysicalResourceId. A Create that fails needs one all the same,
            and the Delete of the rollback brings it back: that one is no repository's ARN, so
            nothing is touched then.
        deleted: Images that the drain has deleted, over all runs.
        runs: Which run this is, from 1.
        until: When CloudFormation stops waiting, less a margin.
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
        self.event = event
        self.context = context
        self.log = log
        self.clients = clients
        self.now = now
        self.sleep = sleep
        self.stop = threading.Event()
        self.environment: Mapping[str, str] = os.environ
        self.kind = event.get("RequestType")
        self.stack_id = str(event.get("StackId", ""))
        self.identity = str(
            event.get("PhysicalResourceId") or f"ecrdrain-nothing-created-{event.get('RequestId')}"
        )
        properties = event.get("ResourceProperties")
        self.properties: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
        # CloudFormation counts from before the function starts, hence the margin.
        timeout = service_timeout_of(self.properties)
        until = now() + timeout - min(LONGEST_MARGIN, timeout * MARGIN_SHARE)
        progress = event.get(CONTINUATION)
        if not isinstance(progress, dict):
            progress = {}
        self.until: float = progress.get("until", until)
        self.deleted: int = progress.get("deleted", 0)
        self.runs: int = progress.get("runs", 0) + 1
        self.killed = now() + context.get_remaining_time_in_millis() / 1000
        time_left = max(min(self.killed, self.until) - now(), 0)
        reserve = min(LONGEST_RESERVE, RESERVED_SHARE * time_left)
        self.answer_by = min(self.killed - reserve, self.until)
        self.stop_by = self.answer_by - reserve

    def tries(self, until: float) -> Iterator[None]:
        """Yield again and again, after longer and longer pauses, until that moment."""
        pause = FIRST_PAUSE
        yield
        while self.now() + pause < until:
            self.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            yield
