"""The Lambda function: one answer to each request, whatever happens."""

import threading
import traceback

from ecrdrain.resource.answer import AGAIN, Answer, deliver
from ecrdrain.resource.continuation import GoOn, go_on
from ecrdrain.resource.deploy import deploy
from ecrdrain.resource.log import Log
from ecrdrain.resource.run import Context, Run, client
from ecrdrain.resource.teardown import tear_down


def lambda_handler(event: object, context: Context) -> None:
    """Answer one request of CloudFormation, or go on with one that an earlier run began."""
    request = event if isinstance(event, dict) else {}
    url = str(request.get("ResponseURL") or "")
    log = Log(url, requestId=request.get("RequestId"), stackId=request.get("StackId"))
    if not url:
        # Nobody waits for an answer, so there is none to give, and no use in trying again.
        log("ignored", why="the event has no ResponseURL: it is no request of CloudFormation")
        return
    run = Run(request, context, log, client)
    answer = answer_in_time(run)
    if answer is not None:
        log("answer", status=answer.status, reason=answer.reason, identity=answer.identity)
        reason = log.redact(answer.reason)
        if reason:
            reason += f" (log: {context.log_group_name}, stream {context.log_stream_name})"
        deliver(url, answer.body(request, reason), run)


def answer_in_time(run: Run) -> Answer | None:
    """Do what is asked, and give up on it before Lambda kills the function.

    The work has a thread of its own, so that this one is free to answer: after a verdict for want
    of time the function still returns, and Lambda sees no reason to deliver the request again.
    Once `stop` is set no call leaves that thread any more, in no later run either.

    Returns:
        The answer, or None when a continuation owes it from now on.
    """
    verdicts: list[Answer | GoOn] = []
    worker = threading.Thread(target=lambda: verdicts.append(work(run)), daemon=True)
    worker.start()
    worker.join(max(run.answer_by - run.now(), 0))
    if not verdicts:
        run.stop.set()
        advice = "try again"
        if run.kind == "Delete":
            advice = f"{run.deleted} images deleted so far: {AGAIN}"
        reason = f"The function's time is over; {advice}, and raise its Timeout if it recurs"
        return Answer(run.identity, reason)
    verdict = verdicts[0]
    return go_on(run, verdict) if isinstance(verdict, GoOn) else verdict


def work(run: Run) -> Answer | GoOn:
    """Do what is asked, whatever that turns out to be."""
    run.log("request", type=run.kind, identity=run.identity)
    try:
        if run.kind == "Delete":
            return tear_down(run)
        if run.kind in ("Create", "Update"):
            return deploy(run)
    except Exception as error:  # noqa: BLE001 - an answer is owed whatever goes wrong
        run.log("error", traceback=traceback.format_exc())
        reason = f"{type(error).__name__}: {error}; nothing further was deleted; see the log"
        return Answer(run.identity, reason)
    reason = f"RequestType {run.kind!r} is unknown; known are Create, Update, Delete"
    return Answer(run.identity, reason)
