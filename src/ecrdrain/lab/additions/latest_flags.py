"""DescribeStacks: whether the latest request said RetainExceptOnCreate.

API_Stack (AWS CloudFormation API Reference): a rollback then deletes what the operation created,
whatever its DeletionPolicy. The emulator does so, and does not tell it.
"""

import re
from collections.abc import Callable
from http import HTTPStatus

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_FLAG = "RetainExceptOnCreate"
_REQUESTS = ("CreateStack", "UpdateStack", "ExecuteChangeSet", "RollbackStack")
_STACK_ID = re.compile(rb"<StackId>([^<]*)</StackId>")

_Answer = tuple[int, dict[str, str], bytes]
_Action = Callable[[dict[str, list[str]]], _Answer]


def install() -> None:
    """Put the rules in place."""
    actions = handlers._ACTION_HANDLERS  # noqa: SLF001 - the emulator's table of actions
    flagged: set[str] = set()
    for action in _REQUESTS:
        actions[action] = _remembering(actions[action], flagged)
    plain = actions["DescribeStacks"]

    def describe_stacks(params: dict[str, list[str]]) -> _Answer:
        status, headers, body = plain(params)

        def with_flag(found: re.Match[bytes]) -> bytes:
            said = found[1].decode() in flagged
            return found[0] + (f"<{_FLAG}>true</{_FLAG}>".encode() if said else b"")

        return status, headers, _STACK_ID.sub(with_flag, body)

    actions["DescribeStacks"] = describe_stacks


def _remembering(plain: _Action, flagged: set[str]) -> _Action:
    def action(params: dict[str, list[str]]) -> _Answer:
        status, headers, body = plain(params)
        if status == HTTPStatus.OK:
            flagged.discard(_id_of(params))
            if params.get(_FLAG) == ["true"]:
                flagged.add(_id_of(params))
        return status, headers, body

    return action


def _id_of(params: dict[str, list[str]]) -> str:
    """Return the id of the stack that a request names, by its name or its id."""
    (name,) = params.get("StackName", [""])
    stacks = cloudformation._stacks  # noqa: SLF001 - has no public name
    return str(stacks.get(name, {}).get("StackId", name))
