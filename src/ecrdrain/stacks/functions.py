"""Whether the function behind a drain can still answer."""

import json

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.declared import resolve_property
from ecrdrain.stacks.events import newest_first
from ecrdrain.stacks.tree import DELETED, Resource, Stack

_FUNCTION = "AWS::Lambda::Function"

_GONE = ""
"""The token of a function that its stack or its exporter has deleted."""


def function_is_gone(clients: Clients, stack: Stack, drain: Resource) -> bool:
    """Return whether the function of a drain is certainly gone; when in doubt it is not."""
    token = _token_of_template(clients, stack, drain)
    if token is None:
        token = _token_of_events(clients, stack, drain)
    if token is None or (token.startswith("arn:") and ":lambda:" not in token):
        return False  # not to be found, or a topic of SNS, whose listeners are not known here
    return token == _GONE or not _function_exists(clients, token)


def _function_exists(clients: Clients, name_or_arn: str) -> bool:
    try:
        clients.functions.get_function_configuration(FunctionName=name_or_arn)
    except aws_errors() as error:
        if call_error(error).code != "ResourceNotFoundException":
            raise
        return False
    return True


def _token_of_template(clients: Clients, stack: Stack, drain: Resource) -> str | None:
    """Return the ServiceToken as the template gives it; None when it gives none."""
    match resolve_property(stack, drain.logical_id, "ServiceToken"):
        case str(token):
            return token
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            return _function_name(stack, logical_id)
        case {"Fn::GetAtt": str(attribute)} if attribute.endswith(".Arn"):
            return _function_name(stack, attribute.removesuffix(".Arn"))
        case {"Fn::ImportValue": str(name)}:
            return _exported(clients, name)
    return None


def _function_name(stack: Stack, logical_id: str) -> str | None:
    for resource in stack.resources:
        # A function that the stack retained still exists.
        exists = resource.status != DELETED and resource.physical_id
        if resource.logical_id == logical_id and exists:
            return resource.physical_id if resource.type == _FUNCTION else None
    return _GONE


def _exported(clients: Clients, name: str) -> str:
    """Return the value of an export."""
    for page in clients.cloudformation.get_paginator("list_exports").paginate():
        for export in page["Exports"]:
            if export["Name"] == name:
                return export["Value"]
    return _GONE


def _token_of_events(clients: Clients, stack: Stack, drain: Resource) -> str | None:
    """Return the ServiceToken with which the drain was created or last updated.

    Events hold a resource's properties as JSON (API_StackEvent, ResourceProperties).
    """
    for event in newest_first(clients.cloudformation, stack.id):
        if event.logical_id == drain.logical_id and event.properties:
            try:
                token = json.loads(event.properties).get("ServiceToken")
            except (ValueError, AttributeError):
                return None
            return token if isinstance(token, str) else None
    return None
