"""CloudFormation in memory, behind a real boto3 client: its pages and errors are botocore's."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

PAGE = 2
HOME = "arn:aws:cloudformation:eu-west-1:111122223333:stack"
REPOSITORY, STACK = "AWS::ECR::Repository", "AWS::CloudFormation::Stack"


def arn(name: str) -> str:
    """Return the id of a stack."""
    return f"{HOME}/{name}/5e1f"


@dataclass
class Stack:
    """A stack: rows are (logical id, type, physical id, status), events newest first."""

    status: str
    rows: list[tuple[str, str, str, str]] = field(default_factory=list)
    parent: str | None = None
    template: object = None
    events: list[tuple[str, str, str]] = field(default_factory=list)
    retain_except_on_create: bool = False

    def __post_init__(self) -> None:
        """Declare what is listed, unless the template says otherwise."""
        if self.template is None:
            declared = {logical_id: {"Type": kind} for logical_id, kind, _, _ in self.rows}
            self.template = {"Resources": declared}


@cache
def shared_client() -> "CloudFormationClient":
    """Return a client: making one takes longer than any test here."""
    return boto3.client(
        "cloudformation",
        region_name="eu-west-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


def _http(status: int) -> AWSResponse:
    return AWSResponse("http://aws", status, HTTPHeaders(), None)


class CloudFormation:
    """Stacks by name, and what goes wrong with which call on which."""

    def __init__(self, **stacks: Stack) -> None:
        self.stacks = {arn(name): stack for name, stack in stacks.items()}
        self.errors: dict[tuple[str, str], str | Exception] = {}
        self.calls: list[tuple[str, str]] = []
        self.client = shared_client()
        events: Any = self.client.meta.events  # whose types know no handler that answers
        events.unregister("before-call.cloudformation", unique_id="memory")
        events.register("before-call.cloudformation", self._answer, unique_id="memory")

    def fail(self, action: str, name: str, code: str | Exception = "AccessDenied") -> None:
        """Let an action on a stack fail from now on."""
        self.errors[action, arn(name)] = code

    def _answer(self, params: dict[str, Any], **_: object) -> tuple[AWSResponse, dict[str, Any]]:
        asked = params["body"]
        action, stack_id = asked["Action"], asked["StackName"]
        if "NextToken" not in asked:
            self.calls.append((action, stack_id.split("/")[1]))
        code = self.errors.get((action, stack_id))
        if code is None and stack_id not in self.stacks:
            code = "ValidationError"
        if isinstance(code, Exception):
            raise code
        if code is not None:
            failure = {"Error": {"Code": code, "Message": "a message"}, "ResponseMetadata": {}}
            return _http(403), failure
        answer = getattr(self, f"_{action}")(stack_id, self.stacks[stack_id])
        for member, rows in answer.items():
            if isinstance(rows, list):
                start = int(asked.get("NextToken", 0))
                answer = {member: rows[start : start + PAGE]}
                if rows[start + PAGE :]:
                    answer["NextToken"] = str(start + PAGE)
        return _http(200), answer | {"ResponseMetadata": {}}

    def _DescribeStacks(self, stack_id: str, stack: Stack) -> dict[str, Any]:  # noqa: N802 - AWS's
        described: dict[str, Any] = {"StackId": stack_id, "StackStatus": stack.status}
        if stack.retain_except_on_create:
            described["RetainExceptOnCreate"] = True
        if stack.parent:
            described["ParentId"] = arn(stack.parent)
        return {"Stacks": [described]}

    def _ListStackResources(self, _: str, stack: Stack) -> dict[str, Any]:  # noqa: N802 - AWS's
        names = ("LogicalResourceId", "ResourceType", "PhysicalResourceId", "ResourceStatus")
        rows = [dict(zip(names, row, strict=True)) for row in stack.rows]
        return {"StackResourceSummaries": [{k: v for k, v in row.items() if v} for row in rows]}

    def _GetTemplate(self, _: str, stack: Stack) -> dict[str, Any]:  # noqa: N802 - AWS's name
        body = stack.template
        return {"TemplateBody": body if isinstance(body, str) else json.dumps(body)}

    def _DescribeStackEvents(  # noqa: N802 - AWS's name
        self, _: str, stack: Stack
    ) -> dict[str, Any]:
        names = ("LogicalResourceId", "PhysicalResourceId", "ResourceStatus")
        events = [dict(zip(names, event, strict=True)) for event in stack.events]
        return {"StackEvents": [{k: v for k, v in event.items() if v} for event in events]}
