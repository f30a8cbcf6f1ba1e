"""Going on in a further run of the function, when this one's time is nearly over."""

import json
from dataclasses import dataclass

from ecrdrain.engine.errors import aws_errors, error_code, error_message
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.request import CONTINUATION
from ecrdrain.resource.surroundings import Run

MOST_RUNS = 15
"""Lambda stops a chain of calls of a function to itself after about 16.

Source: Lambda developer guide, "Use Lambda recursive loop detection" (invocation-recursion).
"""
LEAST_TIME = 5.0
"""Seconds before CloudFormation stops waiting under which a further run is not worth starting."""
AGAIN = "delete the stack again to go on"


@dataclass(frozen=True)
class GoOn:
    """The verdict that there is none yet: images remain, and only the time is over.

    Attributes:
        remains: What remains, in words, for the case that no further run is possible.
    """

    remains: str


def go_on(run: Run, verdict: GoOn) -> Answer | None:
    """Call the function again for the rest.

    Returns:
        None when the further run owes the answer, or the FAILED answer when there is none.
    """
    identity = run.request.physical_id
    progress = run.progress
    if progress.until - run.now() < LEAST_TIME:
        return Answer(identity, f"CloudFormation's time is over: {verdict.remains}; {AGAIN}")
    if progress.runs >= MOST_RUNS:
        return Answer(
            identity,
            f"{progress.runs} runs of the function were not enough: {verdict.remains}; {AGAIN}",
        )
    carried = {"deleted": progress.total, "runs": progress.runs, "until": progress.until}
    try:
        run.clients.functions.invoke(
            FunctionName=run.function_arn,
            InvocationType="Event",
            Payload=json.dumps({**run.event, CONTINUATION: carried}),
        )
    except aws_errors() as error:
        return Answer(
            identity,
            f"The function's time is over and it cannot call itself to go on "
            f"({error_code(error)}: {error_message(error)}): {verdict.remains}; {AGAIN}, and "
            f"grant the function's role lambda:InvokeFunction on {run.function_arn}",
        )
    run.log("continued", **carried)
    return None
