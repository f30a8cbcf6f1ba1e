"""What CloudFormation takes as a custom resource's answer, and the lab's record of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

PATH = "/_ecrdrain/answers"
"""Where the emulator tells the answers that it got."""

_LARGEST = 4096  # bytes
_LONGEST_ID = 1024  # bytes
_COPIED = ("StackId", "RequestId", "LogicalResourceId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One PUT to a ResponseURL. `counted` is False for one that came second, or too late."""

    request_type: str
    request_id: str
    stack_id: str
    logical_id: str
    body: str
    content_type: str
    fault: str | None
    """Why CloudFormation would not take it; None for a good one, SUCCESS or FAILED."""
    counted: bool


def find_fault(request: Mapping[str, object], body: bytes) -> str | None:
    """Return why CloudFormation would not take the body as an answer, None if it would.

    "Custom resource response objects" (CloudFormation template reference, crpg-ref-responses).
    "Response object is too long." and "Invalid PhysicalResourceId" are CloudFormation's own
    words, as quoted in public issue threads; the other rules are documented, and worded here.
    """
    if len(body) > _LARGEST:
        return "Response object is too long."
    try:
        answer = json.loads(body)
    except ValueError:
        return "Invalid response: not JSON"
    if not isinstance(answer, dict):
        return "Invalid response: not a JSON object"
    physical_id = answer.get("PhysicalResourceId")
    if not isinstance(physical_id, str) or not 1 <= len(physical_id.encode()) <= _LONGEST_ID:
        return "Invalid PhysicalResourceId"
    foreign = [name for name in _COPIED if answer.get(name) != request[name]]
    if foreign:
        return f"Invalid response: not the request's {', '.join(foreign)}"
    return _find_fault_in_status(answer.get("Status"), answer.get("Reason", ""))


def _find_fault_in_status(status: object, reason: object) -> str | None:
    if status not in ("SUCCESS", "FAILED"):
        return "Invalid response: Status is neither SUCCESS nor FAILED"
    if not isinstance(reason, str):
        return "Invalid response: Reason is not a string"
    if status == "FAILED" and not reason:
        return "Invalid response: FAILED without a Reason"
    return None
