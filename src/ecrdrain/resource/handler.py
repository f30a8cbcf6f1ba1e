"""The Lambda function: one answer to each request, whatever happens."""

import os
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, Protocol

from ecrdrain.resource.answer import Answer, deliver
from ecrdrain.resource.continuation import AGAIN, GoOn, go_on
from ecrdrain.resource.deploy import deploy, identity
from ecrdrain.resource.log import Log
from ecrdrain.resource.properties import service_timeout_of
from ecrdrain.resource.request import Request, parse_home, parse_request
from ecrdrain.resource.surroundings import Clients, Progress, Run
from ecrdrain.resource.teardown import tear_down

LONGEST_MARGIN, MARGIN_SHARE = 60.0, 0.1


class Context(Protocol):
    """What Lambda tells a function about its run."""

    invoked_function_arn: str
    log_group_name: str
    log_stream_name: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the function is killed."""
        ...


def lambda_handler(event: object, context: Context) -> None:
    """Answer one request of CloudFormation, or go on with one that an earlier run began."""
    event = dict(event) if isinstance(event, dict) else {}
    url = str(event.get("ResponseURL") or "")
    request = parse_request(event)
    log = Log(
        url,
        stackId=request.stack_id,
        logicalResourceId=request.logical_id,
        requestId=request.request_id,
    )
    if not url:
        # Nobody waits for an answer, so there is none to give, and no use in trying again.
        log("ignored", why="the event has no ResponseURL: it is not a request of CloudFormation")
        return

    def time_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    answer = answer_in_time(event, request, context, log, time_left)
    if answer is None:
        return
    reason = log.redact(answer.reason)
    if reason:
        reason += f" (log: {context.log_group_name}, stream {context.log_stream_name})"
    answer = Answer(answer.physical_id, reason, answer.data)
    log("answer", status=answer.status, reason=reason, physicalResourceId=answer.physical_id)
    deliver(url, answer.body(request), log=log, time_left=time_left, sleep=time.sleep)


def answer_in_time(
    event: dict[str, Any],
    request: Request,
    context: Context,
    log: Log,
    time_left: Callable[[], float],
) -> Answer | None:
    """Do what is asked, and give up on it before Lambda kills the function.

    The work has a thread of its own, so that this one is free to answer: after a verdict for want
    of time the function still returns, and Lambda sees no reason to deliver the request again.

    Returns:
        The answer, or None when a continuation owes it from now on.
    """
    try:
        run = start_run(event, request, context, log, time_left)
    except ValueError as mistake:
        return Answer(identity(request), f"The function cannot tell where it runs: {mistake}")
    verdicts: list[Answer | GoOn] = []
    worker = threading.Thread(target=lambda: verdicts.append(work(run)), daemon=True)
    worker.start()
    worker.join(max(run.time_to_work(), 0))
    if not verdicts:
        run.stop.set()
        return Answer(
            identity(request),
            f"The function's time is over; {run.progress.total} images deleted so far: {AGAIN}, "
            "and raise the function's Timeout if that happens again",
        )
    verdict = verdicts[0]
    return go_on(run, verdict) if isinstance(verdict, GoOn) else verdict


def start_run(
    event: dict[str, Any],
    request: Request,
    context: Context,
    log: Log,
    time_left: Callable[[], float],
) -> Run:
    """Gather what this run works with; the progress of the runs before it comes with the event.

    Raises:
        ValueError: The function's ARN makes no sense.
    """
    timeout = service_timeout_of(request.properties)
    # CloudFormation counts from before the function starts, hence the margin.
    until = time.time() + timeout - min(LONGEST_MARGIN, timeout * MARGIN_SHARE)
    progress = Progress(
        deleted=int(request.progress.get("deleted", 0)),
        runs=int(request.progress.get("runs", 0)) + 1,
        until=float(request.progress.get("until", until)),
    )
    arn = context.invoked_function_arn
    return Run(
        request=request,
        event=event,
        function_arn=arn,
        home=parse_home(arn),
        environment=os.environ,
        clients=Clients(),
        log=log,
        time_left=time_left,
        now=time.time,
        sleep=time.sleep,
        progress=progress,
    )


def work(run: Run) -> Answer | GoOn:
    """Do what is asked, whatever that turns out to be."""
    request = run.request
    run.log("request", requestType=request.type, physicalResourceId=request.physical_id)
    try:
        if request.type == "Delete":
            return tear_down(run)
        if request.type in ("Create", "Update"):
            return deploy(run)
    except Exception as error:  # noqa: BLE001 - an answer is owed whatever goes wrong
        run.log("error", traceback=traceback.format_exc())
        return Answer(
            identity(request),
            f"{type(error).__name__}: {error}; nothing further was deleted, the traceback is in "
            "the log",
        )
    return Answer(
        identity(request),
        f"RequestType {request.type!r} is unknown; known are Create, Update, Delete",
    )
