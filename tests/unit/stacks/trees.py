"""Stack trees written down, for decisions that need no AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ecrdrain.stacks.inspection import InspectedRepository, Inspection
from ecrdrain.stacks.repositories import StackRepository, judge
from ecrdrain.stacks.survey import Survey
from ecrdrain.stacks.tree import Resource, Stack


@dataclass(frozen=True)
class Declared(Resource):
    """A resource, and what its template declares of it."""

    attributes: dict[str, Any] = field(default_factory=dict)


def stack_id(name: str) -> str:
    """Return the id of a stack."""
    return f"arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/0f"


def arn(name: str) -> str:
    """Return the ARN of a repository, which is the physical id of its drain."""
    return f"arn:aws:ecr:eu-west-1:111122223333:repository/{name}"


def resource(
    logical_id: str,
    type_: str = "AWS::ECR::Repository",
    physical_id: str = "",
    *,
    policy: object = None,
    status: str = "CREATE_COMPLETE",
    **properties: Any,
) -> Declared:
    """Return a resource as its stack lists it, its name like its logical id unless given."""
    attributes: dict[str, Any] = {"Type": type_, "Properties": properties}
    if policy is not None:
        attributes["DeletionPolicy"] = policy
    physical_id = physical_id or logical_id.lower()
    return Declared(logical_id, type_, physical_id, status, attributes=attributes)


def drain(logical_id: str, repository: str, **properties: Any) -> Declared:
    """Return a drain attached to a repository."""
    return resource(logical_id, "Custom::EcrDrain", arn(repository), **properties)


def stack(name: str, *resources: Resource, **attributes: Any) -> Stack:
    """Return a stack; nested ones are given by logical id, and need a resource of that name."""
    declared = {
        each.logical_id: each.attributes for each in resources if isinstance(each, Declared)
    }
    return Stack(
        id=stack_id(name),
        name=name,
        status=attributes.pop("status", "CREATE_COMPLETE"),
        resources=resources,
        template=attributes.pop("template", {"Resources": declared}),
        **attributes,
    )


def nested(logical_id: str, policy: object = None) -> Declared:
    """Return the resource of a nested stack."""
    return resource(
        logical_id, "AWS::CloudFormation::Stack", stack_id(logical_id.lower()), policy=policy
    )


def inspected(name: str = "app", images: int = 1, **attributes: Any) -> InspectedRepository:
    """Return a repository of the stack "web" with so many images."""
    repository = StackRepository(
        name=name,
        registry="private",
        logical_id="Repository",
        stack="web",
        stack_id=stack_id("web"),
        **attributes,
    )
    found = Survey(images=images)
    return InspectedRepository(repository, found, judge(repository, found))


def inspection(name: str, *repositories: InspectedRepository, **attributes: Any) -> Inspection:
    """Return what is known of a stack."""
    importers = attributes.pop("importers", {})
    return Inspection(stack(name, **attributes), repositories, importers)
