"""The function behind a drain: which one it is, whether it can still answer, where it logs."""

import json

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.clients import Clients
from ecrdrain.stacks.declared import resolve_property
from ecrdrain.stacks.events import newest_first
from ecrdrain.stacks.imports import find_export
from ecrdrain.stacks.tree import DELETED, Resource, Stack

_FUNCTION = "AWS::Lambda::Function"

_LOGS = "/aws/lambda/"
"""What the name of a function's log group begins with, unless it is configured otherwise."""

GONE = ""
"""The token of a function that its stack or its exporter has deleted."""


def function_is_gone(clients: Clients, stack: Stack, drain: Resource) -> bool:
    """Return whether the function of a drain is certainly gone; when in doubt it is not."""
    token = find_function(clients, stack, drain)
    return token is not None and (token == GONE or not _function_exists(clients, token))


def find_function(
    clients: Clients, stack: Stack, drain: Resource, *, even_gone: bool = False
) -> str | None:
    """Return the name or ARN of the function that a drain asks.

    Args:
        clients: The AWS clients.
        stack: The stack that lists the drain.
        drain: The drain.
        even_gone: Whether a function that the stack has deleted is named, too.

    Returns:
        GONE for a function that is certainly gone; None when it cannot be found.
    """
    token = _token_of_template(clients, stack, drain, even_gone=even_gone)
    if token is None:
        token = _token_of_events(clients, stack, drain)
    if token is not None and token.startswith("arn:") and ":lambda:" not in token:
        return None  # a topic of SNS, whose listeners are not known here
    return token


def find_log_group(clients: Clients, name_or_arn: str) -> str:
    """Return where a function logs; for one that is gone, where functions usually do."""
    try:
        found = clients.functions.get_function_configuration(FunctionName=name_or_arn)
    except aws_errors() as error:
        if call_error(error).code != "ResourceNotFoundException":
            raise
        return _LOGS + _plain_name(name_or_arn)
    return found.get("LoggingConfig", {}).get("LogGroup") or _LOGS + found["FunctionName"]


def _plain_name(name_or_arn: str) -> str:
    """Return the name in an ARN, which may go on with a version: arn:...:function:NAME:1."""
    _, arn, name = name_or_arn.rpartition(":function:")
    return name.partition(":")[0] if arn else name_or_arn


def _function_exists(clients: Clients, name_or_arn: str) -> bool:
    try:
        clients.functions.get_function_configuration(FunctionName=name_or_arn)
    except aws_errors() as error:
        if call_error(error).code != "ResourceNotFoundException":
            raise
        return False
    return True


def _token_of_template(
    clients: Clients, stack: Stack, drain: Resource, *, even_gone: bool
) -> str | None:
    """Return the ServiceToken as the template gives it; None when it gives none."""
    match resolve_property(stack, drain.logical_id, "ServiceToken"):
        case str(token):
            return token
        case {"Fn::GetAtt": [str(logical_id), "Arn"]}:
            return _function_name(stack, logical_id, even_gone=even_gone)
        case {"Fn::GetAtt": str(attribute)} if attribute.endswith(".Arn"):
            logical_id = attribute.removesuffix(".Arn")
            return _function_name(stack, logical_id, even_gone=even_gone)
        case {"Fn::ImportValue": str(name)}:
            export = find_export(clients.cloudformation, name)
            return export["Value"] if export else GONE
    return None


def _function_name(stack: Stack, logical_id: str, *, even_gone: bool) -> str | None:
    for resource in stack.resources:
        # A function that the stack retained still exists.
        exists = (even_gone or resource.status != DELETED) and resource.physical_id
        if resource.logical_id == logical_id and exists:
            return resource.physical_id if resource.type == _FUNCTION else None
    return GONE


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
