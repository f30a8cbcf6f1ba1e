"""The repositories of a stack tree, and what its deletion does to each of them."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecrdrain.fate.arns import repository_beside
from ecrdrain.fate.evidence import REPOSITORY_TYPE, StackTree, Summary
from ecrdrain.fate.guard import POLICIES, Situation, find_situation, verdict_of
from ecrdrain.fate.policies import read_resource
from ecrdrain.fate.template import NotUnderstoodError
from ecrdrain.stacks.declared import read_property, resolve_property
from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.tree import DELETE_FAILED, Resource, Stack

if TYPE_CHECKING:
    from ecrdrain.fate.guard import Verdict as Fate

PUBLIC = "AWS::ECR::PublicRepository"
DRAIN = "Custom::EcrDrain"
_CUSTOM = "AWS::CloudFormation::CustomResource"


class Verdict(StrEnum):
    """What the deletion of the stack means for a repository."""

    BLOCKS = "blocks deletion"
    NATIVE = "deletes natively"
    DRAINED = "drained on delete"
    KEPT = "kept"
    GONE = "gone already"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Drain:
    """A custom resource that empties a repository when its stack is deleted.

    Attributes:
        objection: What keeps it from emptying the repository, in words; "" when nothing does.
        function_gone: Whether its function is certainly gone.
        unordered: Whether nothing makes CloudFormation delete it before the repository.
        refused: Why its last deletion failed; "" when it did not.
    """

    logical_id: str
    stack: str
    objection: str = ""
    function_gone: bool = False
    unordered: bool = False
    refused: str = ""


@dataclass(frozen=True)
class StackRepository:
    """A repository that a stack of the tree owns.

    Attributes:
        name: The repository's name, which is its physical id.
        registry: private or public.
        logical_id: The logical id.
        stack: The stack that owns it.
        stack_id: The id of that stack.
        deletion_policy: Its own DeletionPolicy, Delete without one; None when it is not a
            literal.
        fate: Whether the deletion of the stack deletes it: "drain" or "keep"; "refuse" when that
            is not known. The function decides the same by the same table.
        why: The reason, in words.
        empty_on_delete: Whether CloudFormation itself empties it.
        drain: The drain attached to it; None when there is none.
    """

    name: str
    registry: str
    logical_id: str
    stack: str
    stack_id: str
    deletion_policy: str | None = "Delete"
    fate: "Fate" = "drain"
    why: str = ""
    empty_on_delete: bool = False
    drain: Drain | None = None


@dataclass(frozen=True)
class Judgement:
    """What becomes of a repository.

    Attributes:
        verdict: blocks deletion, deletes natively, drained on delete, kept, gone already or
            unknown.
        why: The evidence for the verdict.
    """

    verdict: Verdict
    why: str


def find_repositories(root: Stack) -> list[StackRepository]:
    """Return the repositories that the stack and its nested stacks hold, the outer ones first."""
    tree = tree_in_deletion(root)
    drains = dict(_drains(root, tree))
    return [
        _repository(root, tree, stack, resource, drains)
        for stack in root.walk()
        for resource in stack.resources
        if resource.type in {REPOSITORY_TYPE, PUBLIC} and resource.held
    ]


def tree_in_deletion(root: Stack) -> StackTree:
    """Return a tree as it would be read while the root stack is being deleted."""
    stacks = {stack.id: stack for stack in root.walk()}
    parents = {nested.id: stack.id for stack in root.walk() for nested in stack.nested.values()}

    def read(call: str, stack_id: str) -> list[object]:
        stack = stacks[stack_id]
        if call == "get_template":
            return [stack.template]
        if call == "list_stack_resources":
            return [_row(resource) for resource in stack.resources]
        status = "DELETE_IN_PROGRESS" if stack is root else stack.status
        return [{"StackStatus": status, "ParentId": parents.get(stack_id)}]

    return StackTree(read)


def find_fate(root: Stack, tree: StackTree, resource: Resource) -> tuple[Situation, str]:
    """Find what the deletion of the root stack does to something that its tree holds.

    Args:
        root: The root stack.
        tree: The tree in its deletion.
        resource: What the tree holds.

    Returns:
        The situation, and why in words.
    """
    owners = tree.held((stack.id for stack in root.walk()), resource.physical_id, resource.type)
    situation, subject = find_situation(tree.ownership(owners))
    # What follows is advice for those who read the function's answer.
    return situation, situation.value[1].partition("; ")[0].format(subject)


def repository_names(root: Stack) -> frozenset[str]:
    """Return the names of the private repositories that the stacks of a tree list."""
    return frozenset(
        resource.physical_id
        for stack in root.walk()
        for resource in stack.resources
        if resource.type == REPOSITORY_TYPE
    )


def judge(repository: StackRepository, found: Survey) -> Judgement:
    """Say what the deletion of the stack does to a repository with these images."""
    drain = repository.drain
    objection = drain.objection if drain else ""
    function_gone = drain is not None and drain.function_gone
    by = drain.logical_id if drain else ""
    # The first row that holds decides.
    rows = (
        (not found.exists, Verdict.GONE, "there is no such repository any more"),
        (repository.fate == "keep", Verdict.KEPT, repository.why),
        (repository.fate == "refuse", Verdict.UNKNOWN, repository.why),
        (repository.empty_on_delete, Verdict.NATIVE, "EmptyOnDelete"),
        (function_gone, Verdict.BLOCKS, f"the function of {by} is gone"),
        (drain and drain.refused, Verdict.BLOCKS, f"{by} failed: {drain and drain.refused}"),
        (
            drain and not objection and drain.unordered,
            Verdict.DRAINED,
            f"by {by}, but in no certain order: add DependsOn or !Ref",
        ),
        (drain and not objection, Verdict.DRAINED, f"by {by}"),
        (found.images == 0, Verdict.NATIVE, "it is empty"),
        (objection, Verdict.BLOCKS, f"{by} {objection}"),
        (True, Verdict.BLOCKS, "it holds images, and no drain is attached"),
    )
    return next(Judgement(verdict, why) for holds, verdict, why in rows if holds)


def is_drain(stack_id: str, resource: Resource, names: Container[str]) -> bool:
    """Return whether a resource only empties a repository, so that nothing is lost without it.

    Args:
        stack_id: The stack that lists the resource.
        resource: The resource.
        names: The repositories that are resources of their own. A custom resource of another
            type may have a repository's ARN as its id because it is the repository.
    """
    if resource.type == DRAIN:
        return True
    prefix = repository_beside(stack_id, "").arn
    return (
        is_custom(resource)
        and resource.physical_id.startswith(prefix)
        and resource.physical_id.removeprefix(prefix) in names
    )


def is_custom(resource: Resource) -> bool:
    """Return whether a resource is a custom resource, by its type."""
    return resource.type.startswith("Custom::") or resource.type == _CUSTOM


def _repository(
    root: Stack, tree: StackTree, stack: Stack, resource: Resource, drains: Mapping[str, Drain]
) -> StackRepository:
    situation, why = find_fate(root, tree, resource)
    policy = tree.with_policies(stack.id, _row(resource))["deletion"]
    empty_on_delete = resolve_property(stack, resource.logical_id, "EmptyOnDelete")
    return StackRepository(
        name=resource.physical_id,
        registry="private" if resource.type == REPOSITORY_TYPE else "public",
        logical_id=resource.logical_id,
        stack=stack.name,
        stack_id=stack.id,
        deletion_policy=(policy or "Delete") if policy in POLICIES else None,
        fate=verdict_of(situation),
        why=why,
        empty_on_delete=str(empty_on_delete).lower() == "true",
        drain=drains.get(repository_beside(stack.id, resource.physical_id).arn),
    )


def _drains(root: Stack, tree: StackTree) -> Iterator[tuple[str, Drain]]:
    """Yield the drains that a deletion of the tree sets going, by the ARN that they empty."""
    names = repository_names(root)
    for stack in root.walk():
        for resource in stack.resources:
            if not resource.held or not is_drain(stack.id, resource, names):
                continue
            # CloudFormation sends no Delete to what it keeps.
            situation, _ = find_situation(tree.ownership([(stack.id, _row(resource))]))
            if verdict_of(situation) != "keep":
                yield (
                    resource.physical_id,
                    Drain(
                        resource.logical_id,
                        stack.name,
                        _objection(stack, resource),
                        unordered=_is_unordered(stack, resource),
                        refused=resource.reason if resource.status == DELETE_FAILED else "",
                    ),
                )


def _is_unordered(stack: Stack, drain: Resource) -> bool:
    """Tell whether a drain names its repository by a text alone, and depends on nothing."""
    name = read_property(stack, drain.logical_id, "RepositoryName")
    try:
        depends = read_resource(stack.template, drain.logical_id).get("DependsOn")
    except NotUnderstoodError:
        return False
    here = {each.physical_id for each in stack.resources if each.type == REPOSITORY_TYPE}
    return isinstance(name, str) and name in here and depends is None


def _objection(stack: Stack, drain: Resource) -> str:
    on_delete = resolve_property(stack, drain.logical_id, "OnDelete")
    if on_delete == "Never":
        return "says OnDelete: Never"
    if on_delete is None or isinstance(on_delete, str):
        return ""
    return "has an OnDelete that cannot be read"


def _row(resource: Resource) -> Summary:
    return {
        "LogicalResourceId": resource.logical_id,
        "ResourceType": resource.type,
        "PhysicalResourceId": resource.physical_id,
        "ResourceStatus": resource.status,
    }
