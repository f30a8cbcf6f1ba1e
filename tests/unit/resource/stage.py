"""A function on a stage: the real handler, with AWS played by the lab's rules."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecrdrain.lab.ecr import Image, ImageId
from ecrdrain.lab.ecr import ImageStore as Rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:drain"
REPOSITORY_ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"
STACK_ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/1111"


def client_error(code: str, operation: str, status: int = 400) -> ClientError:
    """Make the error that boto3 raises for a code."""
    response: Any = {
        "Error": {"Code": code, "Message": f"{code} it is"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


def ignored(*_: object, **__: object) -> None:
    """Take what nobody will call: these clients send nothing."""


@dataclass
class Ecr:
    """ECR with one repository; `errors` holds what the next calls of an operation raise.

    Attributes:
        replication: The registry's replication rules.
    """

    rules: Rules | None = field(default_factory=Rules)
    errors: dict[str, list[Exception | None]] = field(default_factory=dict)
    refuse: dict[str, str] = field(default_factory=dict)
    replication: list[dict[str, Any]] = field(default_factory=list)
    before: Callable[[str], object] = lambda _operation: None
    meta: Any = field(
        default_factory=lambda: SimpleNamespace(
            region_name="eu-west-1",
            events=SimpleNamespace(register=ignored, register_last=ignored),
        )
    )

    def push(self, count: int) -> None:
        """Put so many images into the repository."""
        assert self.rules is not None
        for number in range(count):
            self.rules.put(Image(f"sha256:{number:064x}"))

    def list_images(self, **request: Any) -> dict[str, Any]:
        """Answer ListImages."""
        rules = self._enter("ListImages")
        rows, token = rules.rows(
            image_status="ANY",
            token=request.get("nextToken"),
            limit=request.get("maxResults", 100),
        )
        answer: dict[str, Any] = {"imageIds": [{"imageDigest": row.digest} for row in rows]}
        return {**answer, "nextToken": token} if token else answer

    def batch_delete_image(self, **request: Any) -> dict[str, Any]:
        """Answer BatchDeleteImage."""
        rules = self._enter("BatchDeleteImage")
        digests = [each["imageDigest"] for each in request["imageIds"]]
        failures = [
            {
                "imageId": {"imageDigest": digest},
                "failureCode": self.refuse[digest],
                "failureReason": "so it is set up",
            }
            for digest in digests
            if digest in self.refuse
        ]
        willing = [ImageId(digest) for digest in digests if digest not in self.refuse]
        outcome = rules.delete(willing) if willing else None
        failures += [
            {
                "imageId": {"imageDigest": each.image_id.digest},
                "failureCode": each.code,
                "failureReason": each.reason,
            }
            for each in (outcome.failures if outcome else [])
        ]
        return {"imageIds": [], "failures": failures}

    def describe_registry(self) -> dict[str, Any]:
        """Answer DescribeRegistry."""
        self._enter("DescribeRegistry")
        rules = {"rules": self.replication}
        return {"registryId": "123456789012", "replicationConfiguration": rules}

    def _enter(self, operation: str) -> Rules:
        self.before(operation)
        errors = self.errors.get(operation)
        error = errors.pop(0) if errors else None
        if error is not None:
            raise error
        if self.rules is None:
            raise client_error("RepositoryNotFoundException", operation)
        return self.rules


@dataclass
class Stacks:
    """CloudFormation with one stack.

    `denied` names the operations that IAM refuses, `broken` those that fail otherwise.

    Attributes:
        status: The stack's.
        held: Physical ids of the repositories that it lists.
        template: Its template.
    """

    status: str = "DELETE_IN_PROGRESS"
    held: tuple[str, ...] = ("team/app", "team/new")
    template: dict[str, Any] = field(
        default_factory=lambda: {"Resources": {"Repository": {"Type": "AWS::ECR::Repository"}}}
    )
    denied: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        """Answer DescribeStacks."""
        stack = {"StackId": STACK_ID, "StackName": "shop", "StackStatus": self.status}
        return self._answer("DescribeStacks", Stacks=[stack])

    def list_stack_resources(self, **_: Any) -> dict[str, Any]:
        """Answer ListStackResources."""
        rows = [
            {
                "LogicalResourceId": "Repository",
                "PhysicalResourceId": name,
                "ResourceType": "AWS::ECR::Repository",
                "ResourceStatus": "CREATE_COMPLETE",
            }
            for name in self.held
        ]
        return self._answer("ListStackResources", StackResourceSummaries=rows)

    def get_template(self, **_: Any) -> dict[str, Any]:
        """Answer GetTemplate."""
        return self._answer("GetTemplate", TemplateBody=self.template)

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        """Answer DescribeStackEvents."""
        return self._answer("DescribeStackEvents", StackEvents=[])

    def _answer(self, operation: str, **answer: Any) -> dict[str, Any]:
        if operation in self.denied:
            raise client_error("AccessDenied", operation, 403)
        if operation in self.broken:
            raise client_error("InternalFailure", operation, 500)
        return answer


@dataclass
class Stage:
    """Plays one function: `play` delivers a request to it.

    Attributes:
        module: The handler's module, or the rendered function.
        seconds: How long Lambda lets a run last.
    """

    module: ModuleType
    url: str
    ecr: Ecr = field(default_factory=Ecr)
    cloudformation: Stacks = field(default_factory=Stacks)
    seconds: float = 900.0

    def client(self, service: str) -> Any:
        """Return the client of a service, as the function's own would."""
        return {"ecr": self.ecr, "cloudformation": self.cloudformation}[service]

    def play(self, event: object) -> None:
        """Let the function run on an event."""
        self.module.lambda_handler(event, self)

    def request(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Make a request as CloudFormation does."""
        event: dict[str, Any] = {
            "RequestType": kind,
            "ResponseURL": self.url,
            "StackId": STACK_ID,
            "RequestId": "request-1",
            "ResourceType": "Custom::EcrDrain",
            "LogicalResourceId": "Drain",
            "ResourceProperties": {"ServiceToken": FUNCTION_ARN, "RepositoryName": "team/app"},
        }
        if kind != "Create":
            event["PhysicalResourceId"] = REPOSITORY_ARN
        return {**event, **fields}

    # What Lambda tells a function of itself.
    invoked_function_arn = FUNCTION_ARN
    log_group_name = "/aws/lambda/drain"
    log_stream_name = "2026/11/24/[$LATEST]0"

    def get_remaining_time_in_millis(self) -> int:
        """Return the same time each time, unless a test lets it pass."""
        return int(self.seconds * 1000)


def wait_for_threads() -> None:
    """Wait until no thread of a function that gave up is left."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(timeout=10)
