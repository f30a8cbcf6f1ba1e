"""All that a function writes is in its log."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecrdrain.lab import Lab

# More than can be taken from the pipe in the time that the plain emulator takes for it.
LINES = 400_000
TALKATIVE = f"""
def handler(event, context):
    for number in range({LINES}):
        print(number)
"""
KILLED = """
import os

def handler(event, context):
    print("before", flush=True)
    os._exit(1)
"""


def _log_of(lab: Lab, source: str) -> list[str]:
    """Run a function and return what is in its log, without what Lambda itself writes there."""
    name = f"talk-{uuid.uuid4().hex[:12]}"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", source)
    functions, logs = lab.client("lambda"), lab.client("logs")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=f"arn:aws:iam::{lab.account_id}:role/none",
        Code={"ZipFile": archive.getvalue()},
        Timeout=60,
    )
    functions.invoke(FunctionName=name, Payload=b"{}")
    group = f"/aws/lambda/{name}"
    (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
    tail: list[dict[str, Any]] = logs.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], limit=4
    )["events"]
    logs.delete_log_group(logGroupName=group)
    functions.close()
    logs.close()
    return [
        event["message"]
        for event in tail
        if not event["message"].startswith(("START ", "END ", "REPORT "))
    ]


def test_the_last_line_is_in_the_log(lab: Lab) -> None:
    """However much a function writes, nothing is missing at its end."""
    assert _log_of(lab, TALKATIVE)[-1] == str(LINES - 1)


def test_in_the_plain_emulator_it_is_not(plain_lab: Lab) -> None:
    """Without the addition the end of the log is cut off."""
    assert _log_of(plain_lab, TALKATIVE)[-1] != str(LINES - 1)


def test_what_a_killed_function_wrote_is_in_the_log(lab: Lab) -> None:
    """Nothing waits for an end that it could not write."""
    assert "before" in _log_of(lab, KILLED)
