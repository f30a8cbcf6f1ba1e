"""The stacks of a region, as far as they hold repositories or could not be deleted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecrdrain.engine.parallel import at_once
from ecrdrain.fate.evidence import REPOSITORY_TYPE
from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.inspection import judge_at_a_glance
from ecrdrain.stacks.repositories import (
    PUBLIC,
    Judgement,
    StackRepository,
    Verdict,
    find_repositories,
)
from ecrdrain.stacks.tree import DELETE_FAILED, DELETED, Stack, read_resources, read_stack

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackTypeDef

WORDS: Mapping[Verdict, str] = {
    Verdict.BLOCKS: "blocks",
    Verdict.UNKNOWN: "unknown",
    Verdict.KEPT: "kept",
    Verdict.DRAINED: "drained",
    Verdict.NATIVE: "deletes",
    Verdict.GONE: "deletes",
}
"""Verdicts in a word, the worst first."""


@dataclass(frozen=True)
class ListedStack:
    """A stack that no other nests.

    Attributes:
        stack: The name.
        stack_id: The id.
        status: CloudFormation's status.
        repositories: How many repositories it and its nested stacks hold.
        verdict: What its deletion means for the worst of them: blocks, unknown, kept, drained or
            deletes; None without any.
    """

    stack: str
    stack_id: str
    status: str
    repositories: int = 0
    verdict: str | None = None


def list_stacks(clients: Clients, *, failed: bool = False) -> list[ListedStack]:
    """Return the stacks that hold repositories or are DELETE_FAILED; these stand first.

    Args:
        clients: The AWS clients; patient ones, for a region may have hundreds of stacks.
        failed: Whether only those that are DELETE_FAILED are wanted.
    """
    client = clients.cloudformation
    members = _trees(client, failed=failed)
    holders = dict(
        zip(members, at_once(lambda root: _holds(client, members[root]), members), strict=True)
    )
    wanted = [
        described
        for described in (tree[0] for tree in members.values())
        if holders[described["StackId"]] or described["StackStatus"] == DELETE_FAILED
    ]

    def read(described: "StackTypeDef") -> Stack:
        if holders[described["StackId"]]:
            return read_stack(client, described["StackId"])
        return Stack(described["StackId"], described["StackName"], described["StackStatus"])

    stacks = [stack for stack in at_once(read, wanted) if stack.status != DELETED]
    pairs = [(stack, found) for stack in stacks for found in find_repositories(stack)]

    def judge(pair: tuple[Stack, StackRepository]) -> Judgement:
        return judge_at_a_glance(clients, *pair)

    verdicts: dict[str, list[Verdict]] = {}
    for (stack, _), judgement in zip(pairs, at_once(judge, pairs), strict=True):
        verdicts.setdefault(stack.id, []).append(judgement.verdict)
    listed = [
        _listed(stack, verdicts.get(stack.id, []))
        for stack in stacks
        if stack.id in verdicts or stack.status == DELETE_FAILED
    ]
    return sorted(listed, key=lambda each: (each.status != DELETE_FAILED, each.stack))


def _listed(stack: Stack, verdicts: list[Verdict]) -> ListedStack:
    worst = next((WORDS[verdict] for verdict in WORDS if verdict in verdicts), None)
    return ListedStack(stack.name, stack.id, stack.status, len(verdicts), worst)


def _trees(client: "CloudFormationClient", *, failed: bool) -> dict[str, list["StackTypeDef"]]:
    """Return the region's stacks in trees by the ids of their roots, each root first."""
    all_of_them = list(_described(client))
    trees = {
        described["StackId"]: [described]
        for described in all_of_them
        if "RootId" not in described and (described["StackStatus"] == DELETE_FAILED or not failed)
    }
    for described in all_of_them:
        root = trees.get(described.get("RootId", ""))
        if root is not None:
            root.append(described)
    return trees


def _described(client: "CloudFormationClient") -> Iterator["StackTypeDef"]:
    """Yield the stacks that are there; DescribeStacks leaves deleted ones out."""
    for page in client.get_paginator("describe_stacks").paginate():
        yield from page["Stacks"]


def _holds(client: "CloudFormationClient", tree: list["StackTypeDef"]) -> bool:
    """Return whether a stack of a tree may hold a repository."""
    return any(
        resource.type in {REPOSITORY_TYPE, PUBLIC} and resource.held
        for described in tree
        for resource in read_resources(client, described["StackId"])
    )
