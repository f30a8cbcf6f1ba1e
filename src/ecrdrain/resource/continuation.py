"""Going on in a further run of the function, when this one's time is nearly over."""

import json
from typing import NamedTuple

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.resource.answer import AGAIN, Answer
from ecrdrain.resource.run import CONTINUATION, Run

MOST_RUNS = 15
"""Lambda stops a chain of calls of a function to itself after about 16.

Source: Lambda developer guide, "Use Lambda recursive loop detection" (invocation-recursion).
"""
LEAST_TIME = 5.0
"""Seconds before CloudFormation stops waiting under which a further run is not worth starting."""


class GoOn(NamedTuple):
    """The verdict that there is none yet: images remain, and only the time is over."""

    remains: str


def go_on(run: Run, verdict: GoOn) -> Answer | None:
    """Call the function again for the rest.

    Returns:
        None when the further run owes the answer, or the FAILED answer when there is none.
    """
    arn = run.context.invoked_function_arn
    carried = {"deleted": run.deleted, "runs": run.runs, "until": run.until}
    if run.until - run.now() < LEAST_TIME:
        why = "CloudFormation's time is over"
    elif run.runs >= MOST_RUNS:
        why = f"{run.runs} runs of the function were not enough"
    else:
        try:
            run.clients("lambda").invoke(
                FunctionName=arn,
                InvocationType="Event",
                Payload=json.dumps({**run.event, CONTINUATION: carried}),
            )
        except aws_errors() as error:
            why = (
                f"the function cannot call itself to go on ({call_error(error)}): grant its role "
                f"lambda:InvokeFunction on {arn}"
            )
        else:
            run.log("continued", **carried)
            return None
    return Answer(run.identity, f"{verdict.remains}: {why}; {AGAIN}")
