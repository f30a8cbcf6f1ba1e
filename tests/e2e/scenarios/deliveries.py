"""Requests that come twice or broken, functions that are killed, answers that do not arrive."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from tests.e2e.scenarios.account import PATIENCE
from tests.e2e.scenarios.courier import in_parallel
from tests.e2e.scenarios.gate import Denied
from tests.e2e.scenarios.scenario import scenario

if TYPE_CHECKING:
    from tests.e2e.scenarios.courier import Event
    from tests.e2e.scenarios.world import World

DELETING = "BatchDeleteImage"


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",), about_the_log=True)
def the_address_of_the_answer_is_secret(world: World) -> None:
    """Whoever knows the ResponseURL can answer: no log shows it."""
    world.courier()
    world.create(world.both())
    world.push()
    world.delete()


@scenario(
    "A Delete is delivered twice at the same time",
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    repeats=True,
)
def a_delete_is_delivered_twice_at_the_same_time(world: World) -> None:
    """Both runs drain, and none of them answers otherwise than the other."""
    gate = world.gate()
    courier = world.courier()
    world.create(world.both())
    world.push()
    preflight = gate.calls.count(DELETING)
    both_delete, both_done = threading.Barrier(2, timeout=PATIENCE), threading.Event()

    def meet(operation: str, before: int) -> None:
        # Three images are one batch: the second call is the other run's.
        if operation == DELETING and before < preflight + 2:
            both_delete.wait()

    def deliver_twice(event: Event) -> None:
        in_parallel(lambda: courier.run(event), lambda: courier.run(event))
        both_done.set()

    gate.rule = meet
    courier.deliver = deliver_twice
    world.delete()
    both_done.wait(PATIENCE)


@scenario(
    "A Delete is delivered again",
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "keep"),
    repeats=True,
)
def a_delete_is_delivered_again(world: World) -> None:
    """The repository is gone by then: the verdict is the same."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    world.delete()
    courier.run(courier.request("Delete"))


@scenario(
    "A Delete is delivered again and the name was taken",
    ends="DELETE_COMPLETE",
    keeps={"app": 3},
    decides=("drain", "keep"),
    says=("no stack",),
    repeats=True,
)
def a_delete_is_delivered_again_and_the_name_was_taken(world: World) -> None:
    """Another repository of that name, made after the stack was deleted, keeps its images."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    world.delete()
    world.make_repository()
    courier.run(courier.request("Delete"))


@scenario(
    "A Delete is delivered again and the stack was made anew",
    ends="CREATE_COMPLETE",
    keeps={"app": 3},
    decides=("drain", "refuse"),
    repeats=True,
    on_aws=(
        "The emulator forgets a deleted stack when its name is used again: it cannot be read, so "
        "FAILED is answered. AWS still knows it by its id: it lists nothing any more, and SUCCESS "
        "is answered. Nobody waits for either."
    ),
)
def a_delete_is_delivered_again_and_the_stack_was_made_anew(world: World) -> None:
    """The stack of the same name has another id: its repository keeps its images."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    world.delete()
    delete = courier.request("Delete")
    world.create(world.both())
    world.push()
    courier.run(delete)


@scenario(
    "A Delete comes out of nowhere",
    ends="CREATE_COMPLETE",
    keeps={"app": 3},
    decides=("keep",),
    says=("still has",),
)
def a_delete_comes_out_of_nowhere(world: World) -> None:
    """A Delete for a drain of a stack that nobody deletes touches nothing."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    identity = world.account.resource(world.stack, "Drain")
    create = courier.request("Create")
    courier.run(courier.make_up(create, RequestType="Delete", PhysicalResourceId=identity))


@scenario(
    "An unknown RequestType",
    ends="CREATE_COMPLETE",
    keeps={"app": 3},
    answers=("FAILED",),
    says=("RequestType 'Replace' is unknown; known are Create, Update, Delete",),
)
def an_unknown_requesttype(world: World) -> None:
    """It is answered FAILED, and nothing is touched."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    courier.run(courier.make_up(courier.request("Create"), RequestType="Replace"))


@scenario(ends="CREATE_COMPLETE", keeps={"app": 3}, decides=("keep",))
def a_request_without_most_of_its_fields(world: World) -> None:
    """What can be answered is answered, and nothing is touched."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    address = courier.make_up({})["ResponseURL"]
    courier.run({"ResponseURL": address, "RequestType": "Delete", "StackId": world.stack})


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def properties_that_have_become_wrong(world: World) -> None:
    """A teardown that can be done safely is not stopped by them."""
    courier = world.courier()
    world.create(world.both())
    world.push()

    def spoil(event: Event) -> None:
        wrong = {"OnDelete": "Sometimes", "Colour": "blue", "ServiceTimeout": "soon"}
        event["ResourceProperties"] = {**event["ResourceProperties"], **wrong}
        courier.send(event)

    courier.deliver = spoil
    world.delete()


@scenario(
    ends="DELETE_COMPLETE", deletes=("app",), decides=("drain", "drain"), answers=("SUCCESS",)
)
def the_function_is_killed_in_the_middle(world: World) -> None:
    """Lambda delivers the request again, and the drain goes on with what is left."""
    gate = world.gate()
    world.courier()
    world.create(world.both())
    world.push(count=250)

    calls = gate.calls.count(DELETING)

    def kill(operation: str, before: int) -> None:
        """While the second call is under way the function is no more: it deletes nothing."""
        if operation == DELETING and before == calls + 1:
            world.cool_down()
            raise Denied

    gate.rule = kill
    world.delete()


@scenario(
    ends="DELETE_COMPLETE",
    deletes=("app",),
    decides=("drain", "drain"),
    answers=("FAILED", "SUCCESS"),
    says=("grant the function's role ecr:BatchDeleteImage on arn:aws:ecr:",),
)
def access_is_denied_in_the_middle(world: World) -> None:
    """The stack fails and names action and ARN; once granted, deleting it again goes on."""
    gate = world.gate()
    world.create(world.both())
    world.push(count=250)
    calls = gate.calls.count(DELETING)

    def deny(operation: str, before: int) -> None:
        if operation == DELETING and before > calls:
            raise Denied

    gate.rule = deny
    world.delete()
    gate.rule = lambda _operation, _before: None
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def the_address_of_the_answer_fails_twice(world: World) -> None:
    """The answer is sent again until it is taken."""
    courier = world.courier()
    world.create(world.both())
    world.push()
    courier.refusals = [503, 500]
    world.delete()


@scenario(ends="DELETE_COMPLETE", deletes=("app",), decides=("drain",))
def an_image_is_pushed_during_the_drain(world: World) -> None:
    """Empty means that a fresh listing says so: the late image goes too."""
    gate = world.gate()
    world.create(world.both())
    world.push()
    late = threading.Event()

    def push(operation: str, _before: int) -> None:
        if operation == DELETING and not late.is_set():
            late.set()
            world.push(count=1, seed="late")

    gate.rule = push
    world.delete()


@scenario(
    "The SDK cannot be imported", ends="ROLLBACK_COMPLETE", says=("ImportError", "no SDK here")
)
def the_sdk_cannot_be_imported(world: World) -> None:
    """Even then an answer is owed, and given: FAILED, with the error."""
    world.break_sdk()
    world.create(world.both())
