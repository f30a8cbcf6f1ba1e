"""Drains that take longer than one run of the function, or than CloudFormation waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests.e2e.scenarios.account import PATIENCE
from tests.e2e.scenarios.gate import Denied, Unavailable
from tests.e2e.scenarios.scenario import scenario

if TYPE_CHECKING:
    from tests.e2e.scenarios.gate import Gate
    from tests.e2e.scenarios.world import World

DELETING = "BatchDeleteImage"
CONTINUING = "Invoke:Event"

TIMEOUT = 6
"""Seconds that a run of the function may take: its calls start within 3.6, and end within 4.8."""
HELD = 3.7
"""Seconds after a run's first call, when its calls to delete are let through: nothing starts then,
what is in flight ends in time, and the run has deleted something."""


class SlowRepository:
    """Lets a run of the function delete one batch and no more, however many calls it makes."""

    def __init__(self, gate: Gate, runs: int) -> None:
        self.gate = gate
        self.runs = runs
        self._started: dict[int, float] = {}
        self._deleting: set[int] = set()
        self._before = gate.calls.count(CONTINUING)
        self._lock = threading.Lock()

    def __call__(self, operation: str, _before: int) -> None:
        """Act on a call."""
        run = self.gate.calls.count(CONTINUING) - self._before
        if operation == CONTINUING:
            return  # the run that makes this call has ended, the next one has not begun
        with self._lock:
            first = operation == DELETING and run not in self._deleting
            if operation == DELETING:
                self._deleting.add(run)
            started = self._started.setdefault(run, time.monotonic())
        if operation == DELETING and run < self.runs:
            # The stand-in for a slow service: it answers when its time has come.
            time.sleep(max(started + HELD - time.monotonic(), 0))
            if not first:
                raise Unavailable


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    answers=("SUCCESS",),
    says=("continued",),
)
def a_drain_takes_longer_than_the_function_may_run(world: World) -> None:
    """The function calls itself to go on, and the last run answers."""
    gate = world.gate(timeout=TIMEOUT)
    world.courier()
    world.create(world.both())
    world.push(count=250)
    gate.rule = SlowRepository(gate, runs=1)
    world.delete()


@scenario(
    "A drain takes longer than CloudFormation waits",
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("CloudFormation's time is over", "images deleted", "delete the stack again"),
)
def a_drain_takes_longer_than_cloudformation_waits(world: World) -> None:
    """The answer before that tells how far it came; deleting the stack again goes on."""
    gate = world.gate(timeout=TIMEOUT)
    world.courier()
    world.create({"Repository": world.repository(), **world.drain(ServiceTimeout=12)})
    world.push(count=350)
    gate.rule = SlowRepository(gate, runs=PATIENCE)
    world.delete()
    gate.rule = lambda _operation, _before: None
    world.delete()


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("100 images deleted", "grant its role lambda:InvokeFunction on arn:aws:lambda:"),
)
def the_function_may_not_call_itself(world: World) -> None:
    """The stack fails, names action and ARN, and how far it came; deleting it again goes on."""
    gate = world.gate(timeout=TIMEOUT)
    world.create(world.both())
    world.push(count=250)
    slow = SlowRepository(gate, runs=PATIENCE)

    def deny(operation: str, before: int) -> None:
        slow(operation, before)
        if operation == CONTINUING:
            raise Denied

    gate.rule = deny
    world.delete()
    gate.rule = lambda _operation, _before: None
    world.delete()


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("The function's time is over", "delete the stack again"),
)
def a_call_takes_longer_than_the_function_may_run(world: World) -> None:
    """A timer answers before Lambda kills the function; deleting the stack again goes on."""
    gate = world.gate(timeout=TIMEOUT)
    world.create(world.both())
    world.push()
    over = threading.Event()

    def hold(operation: str, _before: int) -> None:
        if operation == DELETING and not over.is_set():
            over.wait(PATIENCE)
            raise Denied  # nobody waits any more; this call is not to have an effect either

    gate.rule = hold
    world.delete()
    over.set()
    world.delete()
