"""The provider's stack: which one it is, and what belongs to it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ecrdrain.stacks.change_sets import Change, existing_stack
from ecrdrain.stacks.declared import declares_export
from ecrdrain.stacks.errors import StacksError
from ecrdrain.stacks.imports import find_export

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

SERVICE_TOKEN = "ecrdrain-ServiceToken"  # noqa: S105 - the name of an export
"""The export that drains import: an account and region has one at the most."""

PARTS: Mapping[str, str] = {
    "Function": "AWS::Lambda::Function",
    "LogGroup": "AWS::Logs::LogGroup",
    "Role": "AWS::IAM::Role",
}
"""What the provider's template declares, by logical id; a test compares them."""


def is_provider(client: "CloudFormationClient", stack_id: str) -> bool:
    """Return whether a stack's template declares the provider's export."""
    template = client.get_template(StackName=stack_id)["TemplateBody"]
    return declares_export(template, SERVICE_TOKEN)


def check_place(client: "CloudFormationClient", name: str) -> None:
    """See that a stack of that name is the provider, or that there is no provider yet.

    Raises:
        StacksError: It is somebody else's stack, or the provider has another name.
    """
    existing = existing_stack(client, name)
    if existing is None:
        export = find_export(client, SERVICE_TOKEN)
        if export is not None:
            holder = export["ExportingStackId"].split("/")[1]
            raise StacksError(
                f"the provider is there already, as stack {holder}: "
                f"ecrdrain install --stack-name {holder} --update updates it"
            )
    elif not is_provider(client, existing["StackId"]):
        raise StacksError(
            f"stack {name} is not the provider: it has no export {SERVICE_TOKEN}; nothing was "
            "changed. --stack-name gives the provider a name of its own"
        )


def lost_to(changes: Iterable[Change]) -> list[Change]:
    """Return the changes that remove or replace what is no part of the provider."""
    return [
        change
        for change in changes
        if PARTS.get(change.logical_id) != change.type
        and (change.action == "Remove" or change.replacement in {"True", "Conditional"})
    ]
