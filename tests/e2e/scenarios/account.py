"""Stacks, images and logs of a lab, as the scenarios handle and look at them."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ecrdrain.lab import push, push_many, single_platform_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

    from ecrdrain.lab import Answer, BuiltImage, Lab

Resources = dict[str, Any]

PATIENCE = 60  # seconds for an operation that takes one or two


class Account:
    """The lab's account, as its root sees it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.stacks: CloudFormationClient = lab.client("cloudformation")
        self.ecr: ECRClient = lab.client("ecr")
        self.functions: LambdaClient = lab.client("lambda")
        self.logs: CloudWatchLogsClient = lab.client("logs")
        self.s3: S3Client = lab.client("s3")
        self.bucket = "scenario-templates"
        self.s3.create_bucket(Bucket=self.bucket)

    def close(self) -> None:
        """Give the connections back."""
        for client in (self.stacks, self.ecr, self.functions, self.logs, self.s3):
            client.close()

    def create(
        self,
        stack: str,
        template: str | Resources,
        parameters: Mapping[str, str] | None = None,
        **request: Any,
    ) -> str:
        """Create a stack, wait until it settles, whatever as, and return its id."""
        stack_id = self.stacks.create_stack(
            StackName=stack,
            TemplateBody=as_template(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in (parameters or {}).items()
            ],
            **request,
        )["StackId"]
        self.settle(stack_id)
        return stack_id

    def update(
        self, stack_id: str, template: str | Resources, parameters: Mapping[str, str] | None = None
    ) -> None:
        """Update a stack and wait until it settles."""
        self.stacks.update_stack(
            StackName=stack_id,
            TemplateBody=as_template(template),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in (parameters or {}).items()
            ],
        )
        self.settle(stack_id)

    def delete(self, stack_id: str, *, retain: tuple[str, ...] = ()) -> None:
        """Delete a stack, except for what it shall retain, and wait until it settles."""
        self.stacks.delete_stack(StackName=stack_id, RetainResources=retain)
        self.settle(stack_id)

    def settle(self, stack_id: str) -> None:
        """Wait until nothing is in progress."""
        give_up = time.monotonic() + PATIENCE
        while self.status(stack_id).endswith("_IN_PROGRESS"):
            assert time.monotonic() < give_up, self.reasons(stack_id)
            time.sleep(0.02)  # the lab needs the processor more than this loop

    def status(self, stack_id: str) -> str:
        """Return a stack's status."""
        (found,) = self.stacks.describe_stacks(StackName=stack_id)["Stacks"]
        return found["StackStatus"]

    def outputs(self, stack_id: str) -> dict[str, str]:
        """Return a stack's outputs."""
        (found,) = self.stacks.describe_stacks(StackName=stack_id)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def reasons(self, stack_id: str) -> list[str]:
        """Return what the stack's events say of failures, oldest first."""
        events = self.stacks.describe_stack_events(StackName=stack_id)["StackEvents"]
        return [
            event["ResourceStatusReason"]
            for event in reversed(events)
            if "FAILED" in event["ResourceStatus"] and event.get("ResourceStatusReason")
        ]

    def family(self, prefix: str) -> list[str]:
        """Return the ids of all stacks, deleted ones too, whose names begin so."""
        pages = self.stacks.get_paginator("list_stacks").paginate()
        return [
            each["StackId"]
            for page in pages
            for each in page["StackSummaries"]
            if each["StackName"].startswith(prefix)
        ]

    def resource(self, stack_id: str, logical_id: str) -> str:
        """Return the physical id of a resource."""
        found = self.stacks.describe_stack_resources(StackName=stack_id)["StackResources"]
        return next(
            each["PhysicalResourceId"] for each in found if each["LogicalResourceId"] == logical_id
        )

    def functions_of(self, stack_id: str) -> list[str]:
        """Return the names of the functions in a stack."""
        found = self.stacks.describe_stack_resources(StackName=stack_id)["StackResources"]
        return [
            each["PhysicalResourceId"]
            for each in found
            if each["ResourceType"] == "AWS::Lambda::Function"
        ]

    def configure(
        self, function: str, *, timeout: int | None = None, environment: Mapping[str, str]
    ) -> None:
        """Change a function's time limit, and add to its environment variables."""
        found = self.functions.get_function_configuration(FunctionName=function)
        variables = found.get("Environment", {}).get("Variables", {})
        self.functions.update_function_configuration(
            FunctionName=function,
            Timeout=timeout or found["Timeout"],
            Environment={"Variables": {**variables, **environment}},
        )

    def upload(self, key: str, template: str | Resources) -> str:
        """Put a template into the bucket and return its address."""
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=as_template(template).encode())
        return f"{self.lab.endpoint_url}/{self.bucket}/{key}"

    def push(self, repository: str, count: int = 3, seed: str = "image") -> None:
        """Push images of one platform, tagged."""
        push_many(self.ecr, repository, count, seed=seed)

    def push_image(self, repository: str, image: BuiltImage | None = None) -> None:
        """Push one image, tagged `latest`."""
        push(self.ecr, repository, image or single_platform_image("one"), ["latest"])

    def archive(self, repository: str) -> None:
        """Archive all images of a repository."""
        for row in self.ecr.list_images(repositoryName=repository)["imageIds"]:
            self.ecr.update_image_storage_class(
                repositoryName=repository,
                imageId={"imageDigest": row["imageDigest"]},
                targetStorageClass="ARCHIVE",
            )

    def images(self, repository: str) -> int | None:
        """Count the images of a repository, archived ones too; None means that there is none."""
        pages = self.ecr.get_paginator("list_images").paginate(
            repositoryName=repository, filter={"imageStatus": "ANY"}
        )
        try:
            return len({row["imageDigest"] for page in pages for row in page["imageIds"]})
        except self.ecr.exceptions.RepositoryNotFoundException:
            return None

    def answers(self, prefix: str) -> list[Answer]:
        """Return the answers to the requests of all stacks whose names begin so."""
        return [each for each in self.lab.answers() if f":stack/{prefix}" in each.stack_id]

    def log_groups(self, part: str) -> list[str]:
        """Return the names of the log groups in whose name this stands."""
        pages = self.logs.get_paginator("describe_log_groups").paginate()
        names = [group["logGroupName"] for page in pages for group in page["logGroups"]]
        return [name for name in names if part in name]

    def log(self, groups: Iterable[str]) -> Iterator[str]:
        """Yield the lines of log groups; one that does not exist has none."""
        for group in groups:
            pages = self.logs.get_paginator("filter_log_events").paginate(logGroupName=group)
            try:
                yield from [event["message"] for page in pages for event in page["events"]]
            except self.logs.exceptions.ResourceNotFoundException:
                continue


def as_template(template: str | Resources) -> str:
    """Write resources, or a whole template, as JSON; text is a template already."""
    if isinstance(template, str):
        return template
    return json.dumps(template if "Resources" in template else {"Resources": template})


def parse_log(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the objects of a log of JSON lines; what else stands in it is left out."""
    found = []
    for line in lines:
        with suppress(ValueError):
            found.append(json.loads(line))
    return [each for each in found if isinstance(each, dict)]
