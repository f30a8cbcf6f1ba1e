"""DeleteStack: between a custom resource's answer and what is deleted next, some time passes.

On AWS it is a second or more (the Timestamp of StackEvents shows it), long enough to read a log
group that goes with the same stack. The emulator deletes the rest within the same millisecond.
"""

import time
from collections.abc import Callable

from ministack.services.cloudformation import provisioners, stacks

from ecrdrain.lab.additions.replacing import wrap

PAUSE = 0.3
"""Seconds: enough to be seen, and little beside what a test takes."""


def install() -> None:
    """Put the rule in place."""
    wrap(stacks, "_delete_resource", _then_pause)
    wrap(provisioners, "_delete_resource", _then_pause)  # what nested stacks are deleted with


def _then_pause(delete: Callable[..., object]) -> Callable[..., object]:
    def delete_and_pause(resource_type: str, *rest: object) -> object:
        outcome = delete(resource_type, *rest)
        if resource_type.startswith("Custom::"):
            # On a thread of its own already: a custom resource is waited for.
            time.sleep(PAUSE)
        return outcome

    return delete_and_pause
