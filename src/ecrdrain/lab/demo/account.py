"""The few things that the story does to the account, each with its end awaited."""

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from ecrdrain.lab.emulator import Lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

LONGEST_WAIT = 60.0
"""Seconds after which the story gives a stack up; the lab needs one or two."""


@dataclass(frozen=True)
class Ending:
    """How an operation on a stack ended: its status, and the reasons of what failed in it."""

    status: str
    reasons: tuple[str, ...]


class Account:
    """The lab's account, as a person at the AWS CLI would use it."""

    def __init__(self, lab: Lab) -> None:
        self.ecr: ECRClient = lab.client("ecr")
        self.s3: S3Client = lab.client("s3")
        self._stacks: CloudFormationClient = lab.client("cloudformation")
        self._functions: LambdaClient = lab.client("lambda")
        self._roles: IAMClient = lab.client("iam")
        self._logs: CloudWatchLogsClient = lab.client("logs")

    def create_stack(self, name: str, template: str, parameters: dict[str, str]) -> Ending:
        """Create a stack and wait until it ends."""
        self._stacks.create_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        )
        return self._await_end(name)

    def delete_stack(self, name: str, meanwhile: "Callable[[], object]" = lambda: None) -> Ending:
        """Delete a stack and wait until it ends, looking at something else again and again."""
        stack_id = self._stacks.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self._stacks.delete_stack(StackName=name)
        return self._await_end(stack_id, meanwhile)

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        found = self._stacks.describe_stacks(StackName=stack)["Stacks"][0]
        return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}

    def resources(self, stack: str) -> list[tuple[str, str, str]]:
        """Return (logical id, type, physical id) of a stack's resources."""
        summaries = self._stacks.list_stack_resources(StackName=stack)["StackResourceSummaries"]
        return [
            (
                summary["LogicalResourceId"],
                summary["ResourceType"],
                summary.get("PhysicalResourceId", ""),
            )
            for summary in summaries
        ]

    def images(self, repository: str) -> list[dict[str, Any]]:
        """Return what list-images sees: a row for each tag, or one for an untagged image."""
        pages = self.ecr.get_paginator("list_images").paginate(repositoryName=repository)
        return [dict(row) for page in pages for row in page["imageIds"]]

    def kinds(self, repository: str) -> Counter[str]:
        """Count the images by what their manifests are."""
        pages = self.ecr.get_paginator("describe_images").paginate(repositoryName=repository)
        return Counter(
            "index" if ".index." in detail.get("imageManifestMediaType", "") else "image manifest"
            for page in pages
            for detail in page["imageDetails"]
        )

    def log_lines(self, group: str) -> list[str]:
        """Return a log group's lines; none when the group is gone."""
        try:
            events = self._logs.filter_log_events(logGroupName=group)["events"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return []
            raise
        return [event["message"].rstrip() for event in events]

    def leftovers(self) -> list[str]:
        """Name every repository, function, role and log group that the account holds."""
        repositories = self.ecr.describe_repositories()["repositories"]
        functions = self._functions.list_functions()["Functions"]
        roles = self._roles.list_roles()["Roles"]
        groups = self._logs.describe_log_groups()["logGroups"]
        return [
            *(repository["repositoryArn"] for repository in repositories),
            *(function["FunctionArn"] for function in functions),
            *(role["Arn"] for role in roles),
            *(group["logGroupName"] for group in groups),
        ]

    def _await_end(self, stack: str, meanwhile: "Callable[[], object]" = lambda: None) -> Ending:
        deadline = time.monotonic() + LONGEST_WAIT
        while True:
            status = self._stacks.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
            meanwhile()
            if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
                break
            time.sleep(0.02)
        events = self._stacks.describe_stack_events(StackName=stack)["StackEvents"]
        reasons = [
            event.get("ResourceStatusReason", "")
            for event in events
            if event.get("ResourceStatus", "").endswith("_FAILED")
        ]
        return Ending(status, tuple(filter(None, reasons)))
