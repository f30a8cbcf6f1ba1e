"""Waiting for an operation that somebody else has begun."""

import time
from typing import TYPE_CHECKING

from ecrdrain.stacks.events import FIRST_PAUSE, LONGEST_PAUSE
from ecrdrain.stacks.tree import describe, is_busy

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient


def wait_until_idle(client: "CloudFormationClient", name: str) -> str:
    """Wait until no operation of a stack is under way, and return its id.

    The id, because the stack may have been deleted meanwhile: then its name is unknown.

    Raises:
        UnknownNameError: There is no such stack.
    """
    pause = FIRST_PAUSE
    while True:
        described = describe(client, name)
        name = described["StackId"]
        if not is_busy(described["StackStatus"]):
            return name
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
