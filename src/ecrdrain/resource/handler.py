"""The Lambda function: one answer to each request, whatever happens."""

import json
import threading
import traceback
from contextlib import suppress
from typing import Any

from ecrdrain.resource.answer import Answer, UnfinishedError, deliver
from ecrdrain.resource.deploy import deploy
from ecrdrain.resource.log import Log
from ecrdrain.resource.run import WORTH_WAITING, Context, Run, client
from ecrdrain.resource.teardown import tear_down

NEXT = "; to go on, delete the stack again; to keep the repository, retain it and its drain"


def lambda_handler(event: object, context: Context) -> None:
    """Answer one request of CloudFormation, or leave it to a second delivery.

    Raises:
        UnfinishedError: Images remain or nobody took the answer; the next run goes on.
    """
    request = unwrapped(event)
    url = str(request.get("ResponseURL") or "")
    log = Log(url, requestId=request.get("RequestId"), stackId=request.get("StackId"))
    if not url:
        # Nobody waits for an answer, so there is none to give, and no use in trying again.
        log("ignored", why="no ResponseURL")
        return
    run = Run(request, context, log, client)
    if run.now() > run.until:
        log("ignored", why="CloudFormation has stopped waiting")
        return
    answer = answer_in_time(run)
    log("answer", status=answer.status, reason=answer.reason, identity=answer.identity)
    reason = log.redact(answer.reason)
    if reason:
        reason += f" (log: {context.log_group_name}, stream {context.log_stream_name})"
    if reason and run.kind == "Delete":
        reason += NEXT
    deliver(url, answer.body(request, reason), run)


def unwrapped(event: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever Lambda is given
    """Return the request, also out of a message of SNS; empty: there is none.

    Source: Lambda developer guide, "Invoking Lambda functions with Amazon SNS notifications".
    """
    with suppress(LookupError, TypeError, ValueError):
        event = json.loads(event["Records"][0]["Sns"]["Message"])
    return event if isinstance(event, dict) else {}


def answer_in_time(run: Run) -> Answer:
    """Do what is asked, and give up on it before Lambda kills the function.

    The work has a thread of its own, so that this one is free to answer: after a verdict for want
    of time the function still returns, and Lambda sees no reason to deliver the request again.
    Once `stop` is set no call leaves that thread any more, in no later run either.

    Raises:
        UnfinishedError: Images remain, and Lambda delivers the request again.
    """
    verdicts: list[Answer | str] = []
    worker = threading.Thread(target=lambda: verdicts.append(work(run)), daemon=True)
    worker.start()
    worker.join(max(run.answer_by - run.now(), 0))
    run.stop.set()
    verdict = verdicts[0] if verdicts else f"{run.deleted} images deleted"
    if isinstance(verdict, Answer):
        return verdict
    # A request that was delivered before may not be delivered any more.
    if run.kind == "Delete" and run.first and run.until - run.now() > WORTH_WAITING:
        raise UnfinishedError(verdict)
    if run.unchanged:
        run.log("overlooked", reason="the time is over", why="it may be a rollback")
        return run.unchanged
    remains = verdict if run.kind == "Delete" else "try again"
    reason = f"The function's time is over: {remains}; raise its Timeout if it recurs"
    return Answer(run.identity, reason)


def work(run: Run) -> Answer | str:
    """Do what is asked, whatever that turns out to be."""
    run.log("request", type=run.kind, identity=run.identity)
    try:
        if run.kind == "Delete":
            return tear_down(run)
        if run.kind in ("Create", "Update"):
            return deploy(run)
    except Exception as error:  # noqa: BLE001 - an answer is owed whatever goes wrong
        run.log("error", traceback=traceback.format_exc())
        reason = f"{type(error).__name__}: {error}; nothing further was deleted"
        return Answer(run.identity, reason)
    reason = f"RequestType {run.kind!r} is unknown; known are Create, Update, Delete"
    return Answer(run.identity, reason)
