"""A stack with its nested stacks, and the reading of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.evidence import HELD, STACK_TYPE
from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.names import is_pattern

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_cloudformation.type_defs import StackTypeDef

DELETED: Final = "DELETE_COMPLETE"
DELETE_FAILED: Final = "DELETE_FAILED"

# A stack that waits for its first change set: nothing is under way.
_IDLE = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True)
class Resource:
    """A resource that a stack lists.

    Attributes:
        physical_id: The name or ARN in its service; "" while it has none.
        reason: CloudFormation's reason for the status; "" when it gives none.
    """

    logical_id: str
    type: str
    physical_id: str
    status: str
    reason: str = ""

    @property
    def held(self) -> bool:
        """Return whether the stack holds it, so that the stack's end is its own."""
        return self.status.startswith(HELD) and bool(self.physical_id)


@dataclass(frozen=True)
class Stack:
    """A stack and, below it, its nested stacks.

    Attributes:
        reason: CloudFormation's reason for the status; "" when it gives none.
        created: When its creation began; None when that was not read.
        protected: Whether termination protection is on.
        parent_id: The stack that nests it; None for one that stands alone.
        root_id: The outermost stack above it; None as well.
        exports: The names of its exports.
        parameters: The values of its parameters.
        template: Its template, transforms carried out: YAML as text, JSON as an object.
        nested: The nested stacks by their logical ids.
    """

    id: str
    name: str
    status: str
    reason: str = ""
    created: datetime | None = None
    protected: bool = False
    parent_id: str | None = None
    root_id: str | None = None
    exports: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    template: object = None
    nested: Mapping[str, "Stack"] = field(default_factory=dict)

    @property
    def busy(self) -> bool:
        """Return whether an operation is under way."""
        return is_busy(self.status)

    def walk(self) -> Iterator["Stack"]:
        """Yield this stack and all below it, the outer before the inner."""
        yield self
        for stack in self.nested.values():
            yield from stack.walk()


def is_busy(status: str) -> bool:
    """Return whether a stack of that status is in the middle of an operation."""
    return status.endswith("_IN_PROGRESS") and status != _IDLE


def read_stack(client: "CloudFormationClient", name: str, *, even_gone: bool = False) -> Stack:
    """Read a stack, by name or id, with everything below it.

    Args:
        client: A boto3 client for CloudFormation.
        name: The name, or the id, which deleted stacks have for 90 days more.
        even_gone: Whether stacks that are deleted are read with what they held.

    Raises:
        UnknownNameError: There is no such stack in the client's region.
    """
    return _read(client, describe(client, name), even_gone=even_gone)


def describe(client: "CloudFormationClient", name: str) -> "StackTypeDef":
    """Return CloudFormation's description of one stack.

    Raises:
        UnknownNameError: There is no such stack.
    """
    try:
        return client.describe_stacks(StackName=name)["Stacks"][0]
    except aws_errors() as error:
        # With a name as the only argument it is the one thing that can be wrong.
        if call_error(error).code != "ValidationError":
            raise
        raise UnknownNameError("stack", name, _stack_names(client)) from error


def find_deleted(client: "CloudFormationClient", name: str) -> Stack | None:
    """Return the stack of that name that was deleted last; None when there was none.

    CloudFormation remembers deleted stacks for 90 days (API_ListStacks).
    """
    for page in client.get_paginator("list_stacks").paginate(StackStatusFilter=[DELETED]):
        for summary in page["StackSummaries"]:
            if name in {summary["StackName"], summary.get("StackId")}:
                return Stack(summary.get("StackId", ""), summary["StackName"], DELETED)
    return None


def match_stacks(client: "CloudFormationClient", names: Iterable[str]) -> list[str]:
    """Return the stacks meant, each once; in a pattern * stands for any characters.

    Raises:
        UnknownNameError: A pattern matches nothing.
    """
    chosen: dict[str, None] = {}
    known: list[str] | None = None
    for name in names:
        if not is_pattern(name):
            chosen[name] = None
            continue
        known = _stack_names(client) if known is None else known
        matches = [each for each in known if fnmatchcase(each, name)]
        if not matches:
            raise UnknownNameError("stack matching", name)
        chosen.update(dict.fromkeys(sorted(matches)))
    return list(chosen)


def _stack_names(client: "CloudFormationClient") -> list[str]:
    """Return the names of the region's stacks; none when listing them is not allowed."""
    try:
        pages = list(client.get_paginator("list_stacks").paginate())
    except aws_errors():
        return []  # only a hint is lost
    return [
        stack["StackName"]
        for page in pages
        for stack in page["StackSummaries"]
        if stack["StackStatus"] != DELETED and "ParentId" not in stack
    ]


def _read(client: "CloudFormationClient", described: "StackTypeDef", *, even_gone: bool) -> Stack:
    identity = described["StackId"]
    status = described["StackStatus"]
    resources: tuple[Resource, ...] = ()
    template: object = None
    if status != DELETED or even_gone:
        # Processed: transforms (SAM, language extensions) have made literals of what they could.
        answer = client.get_template(StackName=identity, TemplateStage="Processed")
        template = answer["TemplateBody"]
        resources = read_resources(client, identity)
    return Stack(
        id=identity,
        name=described["StackName"],
        status=status,
        reason=described.get("StackStatusReason", ""),
        created=described.get("CreationTime"),
        protected=described.get("EnableTerminationProtection", False),
        parent_id=described.get("ParentId"),
        root_id=described.get("RootId"),
        exports=tuple(
            output["ExportName"]
            for output in described.get("Outputs", [])
            if output.get("ExportName")
        ),
        parameters={
            parameter["ParameterKey"]: (
                parameter.get("ResolvedValue") or parameter.get("ParameterValue", "")
            )
            for parameter in described.get("Parameters", [])
        },
        resources=resources,
        template=template,
        nested=dict(_nested(client, resources, even_gone=even_gone)),
    )


def _nested(
    client: "CloudFormationClient", resources: Iterable[Resource], *, even_gone: bool
) -> Iterator[tuple[str, Stack]]:
    for resource in resources:
        there = resource.held or (even_gone and resource.physical_id)
        if resource.type != STACK_TYPE or not there:
            continue
        try:
            described = describe(client, resource.physical_id)
        except UnknownNameError:
            continue  # deleted on its own, so long ago that CloudFormation has forgotten it
        yield resource.logical_id, _read(client, described, even_gone=even_gone)


def read_resources(client: "CloudFormationClient", stack_id: str) -> tuple[Resource, ...]:
    """Return what a stack lists, without what its nested stacks do."""
    return tuple(
        Resource(
            logical_id=resource["LogicalResourceId"],
            type=resource["ResourceType"],
            physical_id=resource.get("PhysicalResourceId", ""),
            status=resource["ResourceStatus"],
            reason=resource.get("ResourceStatusReason", ""),
        )
        for page in client.get_paginator("list_stack_resources").paginate(StackName=stack_id)
        for resource in page["StackResourceSummaries"]
    )
