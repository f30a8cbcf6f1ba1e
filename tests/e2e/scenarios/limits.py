"""Drains that take longer than one run of the function, or than CloudFormation waits."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from tests.e2e.scenarios.account import PATIENCE
from tests.e2e.scenarios.courier import AGES, aged
from tests.e2e.scenarios.gate import Denied, Unavailable
from tests.e2e.scenarios.scenario import scenario

if TYPE_CHECKING:
    from tests.e2e.scenarios.courier import Courier
    from tests.e2e.scenarios.world import World

DELETING = "BatchDeleteImage"

TIMEOUT = 6
"""Seconds that a run of the function may take: its calls start within 3.6, and end within 4.8."""
HELD = 3.7
"""Seconds after a run's first call, when its calls to delete are let through: nothing starts then,
what is in flight ends in time, and the run has deleted something."""


class SlowRepository:
    """Lets a run of the function delete one batch and no more, however many calls it makes.

    Args:
        courier: Tells the runs apart.
        deliveries: In how many deliveries of the request; later ones are not held up.
    """

    def __init__(self, courier: Courier, deliveries: int) -> None:
        self.courier = courier
        self.deliveries = deliveries
        self._started: dict[int, float] = {}
        self._deleting: set[int] = set()
        self._lock = threading.Lock()

    def __call__(self, operation: str, _before: int) -> None:
        """Act on a call."""
        delivery = self.courier.delivery
        with self._lock:
            started = self._started.setdefault(delivery, time.monotonic())
            if operation != DELETING or delivery > self.deliveries:
                return
            first = delivery not in self._deleting
            self._deleting.add(delivery)
        # The stand-in for a slow service: it answers when its time has come.
        time.sleep(max(started + HELD - time.monotonic(), 0))
        if not first:
            raise Unavailable


@scenario(
    ends="DELETE_COMPLETE", deletes=("app",), decides=("drain", "drain"), answers=("SUCCESS",)
)
def a_drain_takes_longer_than_the_function_may_run(world: World) -> None:
    """Lambda delivers the request again, and the second run goes on and answers."""
    gate = world.gate(timeout=TIMEOUT)
    courier = world.courier()
    world.create(world.both())
    world.push(count=250)
    gate.rule = SlowRepository(courier, deliveries=1)
    world.delete()


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("The function's time is over", "images deleted", "delete the stack again"),
)
def a_drain_takes_longer_than_two_runs_of_the_function(world: World) -> None:
    """No third delivery is relied on: the second run answers how far it came, and to go on."""
    gate = world.gate(timeout=TIMEOUT)
    courier = world.courier()
    world.create(world.both())
    world.push(count=350)
    gate.rule = SlowRepository(courier, deliveries=len(AGES))
    world.delete()
    gate.rule = lambda _operation, _before: None
    world.delete()


@scenario(
    "A drain takes longer than CloudFormation waits",
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("The function's time is over", "images deleted", "delete the stack again"),
)
def a_drain_takes_longer_than_cloudformation_waits(world: World) -> None:
    """The answer before that tells how far it came; deleting the stack again goes on."""
    gate = world.gate(timeout=TIMEOUT)
    courier = world.courier()
    world.create({"Repository": world.repository(), **world.drain(ServiceTimeout=12)})
    world.push(count=250)
    gate.rule = SlowRepository(courier, deliveries=len(AGES))
    world.delete()
    gate.rule = lambda _operation, _before: None
    world.delete()


@scenario(
    "A request is delivered after CloudFormation has stopped waiting",
    ends="CREATE_COMPLETE",
    keeps={"app": 3},
    says=("CloudFormation has stopped waiting",),
    ignores=1,
)
def a_request_is_delivered_after_cloudformation_has_stopped_waiting(world: World) -> None:
    """Nobody waits for what it asks, so nothing is touched, and nothing answered."""
    courier = world.courier()
    # The guard would keep the images as well: here it is not asked.
    drain = world.drain(OnDelete="Always", ServiceTimeout=600)
    world.create({"Repository": world.repository(), **drain})
    world.push()
    identity = world.account.resource(world.stack, "Drain")
    create = courier.request("Create")
    late = courier.make_up(create, RequestType="Delete", PhysicalResourceId=identity)
    courier.run(aged(late, 25 * 60))


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
