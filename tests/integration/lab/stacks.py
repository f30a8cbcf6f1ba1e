"""Small stacks on a lab, and a custom resource that answers as its properties say."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecrdrain.lab import Lab

_BUCKET = "templates"
_PATIENCE = 60  # seconds for a stack operation, which takes less than one

# Answers once for each of `Answers`: with the text itself, or with a good answer in which the
# members of a mapping are replaced. A Delete is answered with `DeleteAnswer` alone. What it
# sees of the stacks named in `Look` goes to the bucket, under its physical id.
_FUNCTION = """
import json, urllib.request
import boto3

def look(names):
    cloudformation = boto3.client("cloudformation")
    return [
        cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        for name in names
    ]

def handler(event, context):
    properties = event["ResourceProperties"]
    physical_id = properties.get("Id", "id")
    good = {"Status": "SUCCESS", "PhysicalResourceId": physical_id}
    for name in ("StackId", "RequestId", "LogicalResourceId"):
        good[name] = event[name]
    answers = properties.get("Answers", [{}])
    if event["RequestType"] == "Delete":
        answers = [properties.get("DeleteAnswer", {})]
        if "Look" in properties:
            boto3.client("s3").put_object(
                Bucket="templates", Key=physical_id, Body=json.dumps(look(properties["Look"]))
            )
    for answer in answers:
        body = answer if isinstance(answer, str) else json.dumps({**good, **answer})
        request = urllib.request.Request(event["ResponseURL"], body.encode(), method="PUT")
        urllib.request.urlopen(request)
"""


class Stacks:
    """Creates, updates and deletes stacks of a lab, and waits for each to settle."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.cloudformation = lab.client("cloudformation")
        self.s3 = lab.client("s3")
        self.s3.create_bucket(Bucket=_BUCKET)
        self.provider = _make_provider(lab)

    def close(self) -> None:
        """Give the connections back."""
        self.cloudformation.close()
        self.s3.close()

    def create(self, resources: dict[str, Any]) -> str:
        """Create a stack with a name of its own and return its id."""
        answer = self.cloudformation.create_stack(
            StackName=new_name(), TemplateBody=_template(resources)
        )
        stack_id: str = answer["StackId"]
        self.settle(stack_id)
        return stack_id

    def update(self, stack_id: str, resources: dict[str, Any]) -> None:
        """Give the stack these resources."""
        self.cloudformation.update_stack(StackName=stack_id, TemplateBody=_template(resources))
        self.settle(stack_id)

    def delete(self, stack_id: str) -> None:
        """Delete the stack, as far as it can be deleted."""
        self.cloudformation.delete_stack(StackName=stack_id)
        self.settle(stack_id)

    def settle(self, stack_id: str) -> None:
        """Wait until nothing is in progress."""
        deadline = time.monotonic() + _PATIENCE
        while self.status(stack_id).endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, self.events(stack_id)

    def describe(self, stack_id: str) -> dict[str, Any]:
        """Return what DescribeStacks says of one stack."""
        found: dict[str, Any] = self.cloudformation.describe_stacks(StackName=stack_id)["Stacks"][
            0
        ]
        return found

    def status(self, stack_id: str) -> str:
        """Return the stack's status."""
        status: str = self.describe(stack_id)["StackStatus"]
        return status

    def events(self, stack_id: str) -> list[tuple[str, str, str]]:
        """Return logical id, status and reason of the stack's events, oldest first."""
        answer = self.cloudformation.describe_stack_events(StackName=stack_id)
        return [
            (
                event["LogicalResourceId"],
                event["ResourceStatus"],
                event.get("ResourceStatusReason", ""),
            )
            for event in reversed(answer["StackEvents"])
        ]

    def children(self, stack_id: str) -> dict[str, str]:
        """Return the physical ids of the stack's resources by their logical ids."""
        answer = self.cloudformation.describe_stack_resources(StackName=stack_id)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for resource in answer["StackResources"]
        }

    def nested(self, resources: dict[str, Any], **attributes: Any) -> dict[str, Any]:
        """Return a nested stack that holds these resources."""
        key = new_name()
        self.s3.put_object(Bucket=_BUCKET, Key=key, Body=_template(resources).encode())
        return {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": f"{self.lab.endpoint_url}/{_BUCKET}/{key}"},
            **attributes,
        }

    def custom_resource(self, **properties: Any) -> dict[str, Any]:
        """Return a custom resource that answers as its properties say."""
        return {
            "Type": "Custom::Probe",
            "Properties": {"ServiceToken": self.provider, **properties},
        }

    def seen(self, physical_id: str) -> list[str]:
        """Return the statuses that the custom resource saw while it was deleted."""
        with self.s3.get_object(Bucket=_BUCKET, Key=physical_id)["Body"] as body:
            statuses: list[str] = json.load(body)
        return statuses


def repository(name: str, **attributes: Any) -> dict[str, Any]:
    """Return a repository of this name."""
    return {
        "Type": "AWS::ECR::Repository",
        "Properties": {"RepositoryName": name},
        **attributes,
    }


def new_name() -> str:
    """Return a name for a stack, a repository or an object that nothing else has."""
    return f"probe-{uuid.uuid4().hex[:12]}"


def _template(resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": resources})


def _make_provider(lab: Lab) -> str:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", _FUNCTION)
    functions = lab.client("lambda")
    answer = functions.create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Handler="index.handler",
        Role=f"arn:aws:iam::{lab.account_id}:role/none",
        Code={"ZipFile": archive.getvalue()},
        Timeout=30,
    )
    functions.close()
    arn: str = answer["FunctionArn"]
    return arn
