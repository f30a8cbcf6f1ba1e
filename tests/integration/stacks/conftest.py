"""Stacks made for one test, and the clients to work on them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from ecrdrain.lab import push_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_s3 import S3Client

    from ecrdrain.lab import Lab


@dataclass
class LabClients:
    """The lab's clients, as the code under test asks for them."""

    cloudformation: CloudFormationClient
    ecr: ECRClient
    draining_ecr: ECRClient
    functions: LambdaClient
    ecr_public: Any = None
    draining_ecr_public: Any = None


class StackMaker(Protocol):
    """Makes a stack and returns its name."""

    def __call__(
        self,
        resources: Mapping[str, Any],
        *,
        outputs: Mapping[str, Any] | None = None,
        more: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        protected: bool = False,
    ) -> str:
        """Create the stack and wait until it is there."""
        ...


@pytest.fixture(scope="session")
def clients(lab: Lab, cloudformation: CloudFormationClient, ecr: ECRClient) -> LabClients:
    """The lab's clients."""
    return LabClients(cloudformation, ecr, ecr, lab.client("lambda"))


@pytest.fixture
def make_stack(cloudformation: CloudFormationClient) -> StackMaker:
    """A maker of stacks with names that nobody else has."""

    def make(
        resources: Mapping[str, Any],
        *,
        outputs: Mapping[str, Any] | None = None,
        more: Mapping[str, Any] | None = None,
        parameters: Mapping[str, str] | None = None,
        protected: bool = False,
    ) -> str:
        name = f"test-{uuid.uuid4().hex[:10]}"
        template = {"Resources": resources, "Outputs": outputs or {}, **(more or {})}
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
            EnableTerminationProtection=protected,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value}
                for key, value in (parameters or {}).items()
            ],
        )
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
        )
        return name

    return make


@pytest.fixture
def nest(s3: S3Client) -> Any:
    """A maker of nested stack resources: it uploads the template and returns the resource."""
    bucket = f"test-{uuid.uuid4().hex[:10]}"
    s3.create_bucket(Bucket=bucket)

    def make(resources: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
        key = f"{uuid.uuid4().hex}.json"
        outputs = attributes.pop("outputs", {})
        more = attributes.pop("more", {})
        body = json.dumps({"Resources": resources, "Outputs": outputs, **more})
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
        properties = {
            "TemplateURL": f"https://s3.amazonaws.com/{bucket}/{key}",
            **attributes.pop("properties", {}),
        }
        return {"Type": "AWS::CloudFormation::Stack", "Properties": properties, **attributes}

    return make


@pytest.fixture
def image_name() -> str:
    """A name for a repository that nobody else has."""
    return f"test/{uuid.uuid4().hex[:10]}"


def repository(name: str, **attributes: Any) -> dict[str, Any]:
    """Return the resource of a repository."""
    properties = {"RepositoryName": name, **attributes.pop("properties", {})}
    return {"Type": "AWS::ECR::Repository", "Properties": properties, **attributes}


def drain(token: object, repository: object, **properties: Any) -> dict[str, Any]:
    """Return the resource of a drain."""
    return {
        "Type": "Custom::EcrDrain",
        "Properties": {"ServiceToken": token, "RepositoryName": repository, **properties},
    }


def fill(ecr: ECRClient, name: str, images: int = 3) -> None:
    """Push images into a repository."""
    push_many(ecr, name, images)


def digests(ecr: ECRClient, name: str) -> set[str]:
    """Return the images of a repository."""
    pages = ecr.get_paginator("list_images").paginate(repositoryName=name)
    return {row["imageDigest"] for page in pages for row in page["imageIds"]}
