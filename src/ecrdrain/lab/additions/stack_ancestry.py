"""DescribeStacks: ParentId and RootId of nested stacks.

API_Stack (AWS CloudFormation API Reference): the ids of the direct parent and of the top-level
stack, for nested stacks only. The emulator records the parent and returns neither; its record
of the root is the parent's id.
"""

import re
from collections.abc import Iterator

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers

_STACK_ID = re.compile(rb"<StackId>([^<]*)</StackId>")


def install() -> None:
    """Put the rules in place."""
    actions = handlers._ACTION_HANDLERS  # noqa: SLF001 - the emulator's table of actions
    plain = actions["DescribeStacks"]

    def describe_stacks(
        params: dict[str, list[str]],
    ) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = plain(params)
        return status, headers, _STACK_ID.sub(_with_ancestry, body)

    actions["DescribeStacks"] = describe_stacks


def _with_ancestry(found: re.Match[bytes]) -> bytes:
    ancestors = list(_ancestors(found[1].decode()))
    if not ancestors:
        return found[0]
    ids = f"<ParentId>{ancestors[0]}</ParentId><RootId>{ancestors[-1]}</RootId>"
    return found[0] + ids.encode()


def _ancestors(stack_id: str) -> Iterator[str]:
    """Yield the ids of the parent, of its parent, and so on up to the root."""
    parents = {
        record["StackId"]: record.get("ParentId")
        for record in cloudformation._stacks.values()  # noqa: SLF001 - has no public name
    }
    parent = parents.get(stack_id)
    while parent:
        yield parent
        parent = parents.get(parent)
