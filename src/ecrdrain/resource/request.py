"""What CloudFormation asks of a custom resource.

Source: CloudFormation user guide, "Custom resource request objects" (crpg-ref-requests).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONTINUATION = "EcrDrain"
"""The key under which a continuation carries its progress, in the request it goes on with."""

REPOSITORY_ARN = re.compile(r"arn:([^:]+):ecr:([^:]+):(\d{12}):repository/(.+)")
FUNCTION_ARN = re.compile(r"arn:([^:]+):lambda:([^:]+):(\d{12}):function:.+")


@dataclass(frozen=True)
class Target:
    """A private repository, by all that its ARN says."""

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """The repository's ARN: the resource's PhysicalResourceId."""
        return f"arn:{self.partition}:ecr:{self.region}:{self.account}:repository/{self.name}"


def parse_target(arn: str) -> Target | None:
    """Read a repository's ARN; None means that it is not one."""
    match = REPOSITORY_ARN.fullmatch(arn)
    return Target(*match.groups()) if match else None


@dataclass(frozen=True)
class Home:
    """Where the function runs; its repositories are in the same account and region."""

    partition: str
    region: str
    account: str


def parse_home(function_arn: str) -> Home:
    """Read a function's ARN, with or without version or alias.

    Raises:
        ValueError: It is not the ARN of a function.
    """
    match = FUNCTION_ARN.fullmatch(function_arn)
    if match is None:
        raise ValueError(f"{function_arn!r} is not the ARN of a Lambda function")
    return Home(*match.groups())


@dataclass(frozen=True)
class Request:
    """One request, with what it lacks as empty text: an answer is owed to each.

    Attributes:
        type: "Create", "Update" or "Delete", or whatever was sent instead.
        physical_id: The resource's identity so far; empty on Create.
        properties: The resource's properties; every scalar arrives as a string.
        progress: What the runs before this one did; empty on the first.
    """

    type: str
    stack_id: str
    request_id: str
    logical_id: str
    physical_id: str
    properties: Mapping[str, Any]
    progress: Mapping[str, Any]


def parse_request(event: Mapping[str, Any]) -> Request:
    """Read a request, whatever is missing in it."""
    properties = event.get("ResourceProperties")
    progress = event.get(CONTINUATION)
    return Request(
        type=str(event.get("RequestType", "")),
        stack_id=str(event.get("StackId", "")),
        request_id=str(event.get("RequestId", "")),
        logical_id=str(event.get("LogicalResourceId", "")),
        physical_id=str(event.get("PhysicalResourceId") or ""),
        properties=properties if isinstance(properties, dict) else {},
        progress=progress if isinstance(progress, dict) else {},
    )
