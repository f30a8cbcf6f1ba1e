"""The repositories of a stack tree, and what its deletion does to each of them."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.tree import Resource, Stack

PRIVATE = "AWS::ECR::Repository"
PUBLIC = "AWS::ECR::PublicRepository"
DRAIN = "Custom::EcrDrain"
_CUSTOM = "AWS::CloudFormation::CustomResource"

# A deletion of the stack keeps these: RetainExceptOnCreate gives way only while the creation is
# rolled back (User Guide, "DeletionPolicy attribute").
_KEEPING = frozenset({"Retain", "RetainExceptOnCreate"})
_DELETING = "Delete"


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
        never: Whether it says OnDelete: Never.
        dead: Whether its function is certainly gone.
    """

    logical_id: str
    stack: str
    never: bool = False
    dead: bool = False


@dataclass(frozen=True)
class StackRepository:
    """A repository that a stack of the tree owns.

    Attributes:
        name: The repository's name, which is its physical id.
        registry: "private" or "public".
        logical_id: Its logical id in the stack that owns it.
        stack: The name of that stack.
        stack_id: The id of that stack.
        policy: Its own DeletionPolicy; None when that is not a literal.
        kept_by: What makes CloudFormation keep it, in words; "" when nothing does.
        unreadable: What keeps us from knowing that, in words; "" when nothing does.
        empty_on_delete: Whether CloudFormation itself empties it.
        drain: The drain attached to it; None when there is none.
    """

    name: str
    registry: str
    logical_id: str
    stack: str
    stack_id: str
    policy: str | None = _DELETING
    kept_by: str = ""
    unreadable: str = ""
    empty_on_delete: bool = False
    drain: Drain | None = None


@dataclass(frozen=True)
class Judgement:
    """A verdict and the evidence for it, in words."""

    verdict: Verdict
    why: str


def find_repositories(root: Stack) -> list[StackRepository]:
    """Return the repositories that the stack and its nested stacks own, the outer ones first."""
    drains = dict(_drains(root))
    return [
        StackRepository(
            name=resource.physical_id,
            registry="private" if resource.type == PRIVATE else "public",
            logical_id=resource.logical_id,
            stack=stack.name,
            stack_id=stack.id,
            policy=_policy(resource),
            kept_by=holds.kept_by or _kept_by(resource, "its"),
            unreadable=holds.unreadable or _unreadable(resource, "its"),
            empty_on_delete=_property(stack, resource, "EmptyOnDelete") == "true",
            drain=drains.get(repository_arn(stack.id, resource.physical_id)),
        )
        for stack, holds in _held(root, _Hold())
        for resource in stack.resources
        if resource.type in {PRIVATE, PUBLIC} and resource.exists
    ]


def repository_names(root: Stack) -> frozenset[str]:
    """Return the names of the private repositories that the stacks of a tree list."""
    return frozenset(
        resource.physical_id
        for stack in root.walk()
        for resource in stack.resources
        if resource.type == PRIVATE
    )


def judge(repository: StackRepository, found: Survey) -> Judgement:
    """Say what the deletion of the stack does to a repository with these images."""
    drain = repository.drain
    never = drain is not None and drain.never
    dead = drain is not None and drain.dead
    by = drain.logical_id if drain else ""
    # The first row that holds decides.
    rows = (
        (not found.exists, Verdict.GONE, "there is no such repository any more"),
        (repository.kept_by, Verdict.KEPT, repository.kept_by),
        (repository.unreadable, Verdict.UNKNOWN, repository.unreadable),
        (repository.empty_on_delete, Verdict.NATIVE, "EmptyOnDelete"),
        (dead, Verdict.BLOCKS, f"the function of {by} is gone"),
        (drain and not never, Verdict.DRAINED, f"by {by}"),
        (found.images == 0, Verdict.NATIVE, "it is empty"),
        (never, Verdict.BLOCKS, f"{by} says OnDelete: Never"),
        (True, Verdict.BLOCKS, "it holds images, and no drain is attached"),
    )
    return next(Judgement(verdict, why) for holds, verdict, why in rows if holds)


def repository_arn(stack_id: str, name: str) -> str:
    """Return the ARN of a private repository in a stack's partition, region and account.

    It is the physical id of the drain attached to it.
    """
    _, partition, _, region, account, _ = stack_id.split(":", 5)
    return f"arn:{partition}:ecr:{region}:{account}:repository/{name}"


def is_drain(stack_id: str, resource: Resource, names: Container[str]) -> bool:
    """Tell whether a resource only empties a repository, so that nothing is lost without it.

    Args:
        stack_id: The stack that lists the resource.
        resource: The resource.
        names: The repositories that are resources of their own. A custom resource of another
            type may have a repository's ARN as its id because it is the repository.
    """
    if resource.type == DRAIN:
        return True
    prefix = repository_arn(stack_id, "")
    return (
        is_custom(resource)
        and resource.physical_id.startswith(prefix)
        and resource.physical_id.removeprefix(prefix) in names
    )


def is_custom(resource: Resource) -> bool:
    """Tell a custom resource by its type."""
    return resource.type.startswith("Custom::") or resource.type == _CUSTOM


@dataclass(frozen=True)
class _Hold:
    """What the nesting around a stack means for all that is in it."""

    kept_by: str = ""
    unreadable: str = ""


def _held(stack: Stack, hold: _Hold) -> Iterator[tuple[Stack, _Hold]]:
    """Yield each stack of the tree with what its nested stack resources say of keeping it."""
    yield stack, hold
    by_id = {resource.logical_id: resource for resource in stack.resources}
    for logical_id, nested in stack.nested.items():
        whose = f"nested stack {logical_id}'s"
        resource = by_id[logical_id]
        yield from _held(
            nested,
            _Hold(
                hold.kept_by or _kept_by(resource, whose),
                hold.unreadable or _unreadable(resource, whose),
            ),
        )


def _policy(resource: Resource) -> str | None:
    return resource.declared.deletion_policy if resource.declared else None


def _kept_by(resource: Resource, whose: str) -> str:
    policy = _policy(resource)
    return f"{whose} DeletionPolicy is {policy}" if policy in _KEEPING else ""


def _unreadable(resource: Resource, whose: str) -> str:
    if resource.declared is None:
        return f"the template no longer holds {resource.logical_id}"
    policy = resource.declared.deletion_policy
    if policy is None:
        return f"{whose} DeletionPolicy is not a literal"
    if policy not in {_DELETING, *_KEEPING}:
        return f"{whose} DeletionPolicy is {policy}"
    return ""


def _drains(root: Stack) -> Iterator[tuple[str, Drain]]:
    """Yield the drains that a deletion of the tree sets going, by the ARN that they empty."""
    names = repository_names(root)
    for stack, hold in _held(root, _Hold()):
        for resource in stack.resources:
            if hold.kept_by or _kept_by(resource, ""):
                continue
            if resource.exists and is_drain(stack.id, resource, names):
                never = _property(stack, resource, "OnDelete") == "never"
                yield resource.physical_id, Drain(resource.logical_id, stack.name, never)


def _property(stack: Stack, resource: Resource, name: str) -> str:
    """Return a property that is a literal or a parameter, in lower case; else ""."""
    value = resource.declared.properties.get(name) if resource.declared else None
    match value:
        case {"Ref": str(parameter)}:
            value = stack.parameters.get(parameter)
        case dict():
            value = None
    return "" if value is None else str(value).lower()
