"""Functions as people build them on crhelper, and as AWS CDK ships one, in words of our own.

Both make an id once and answer with it ever after, and both empty the repository on Delete, page
by page (crhelper: `generate_physical_id` and `_cfn_response` in crhelper/resource_helper.py of
aws-cloudformation/custom-resource-helper). CDK's empties it only while the repository carries a
tag, here the one that TAG names (packages/@aws-cdk/custom-resource-handlers/lib/aws-ecr/
auto-delete-images-handler/index.ts of aws/aws-cdk). This file is the whole function.
"""

import json
import os
import urllib.request
from typing import Any

import boto3

ecr = boto3.client("ecr")


def lambda_handler(event: dict[str, Any], _context: object) -> None:
    """Empty the repository on Delete, and answer."""
    status, reason = "SUCCESS", ""
    try:
        if event["RequestType"] == "Delete":
            empty(event["ResourceProperties"]["RepositoryName"])
    except Exception as error:  # noqa: BLE001 - such functions do so
        status, reason = "FAILED", str(error)
    answer = {
        "Status": status,
        "Reason": reason,
        "PhysicalResourceId": event.get("PhysicalResourceId") or event["RequestId"],
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own address
        event["ResponseURL"], json.dumps(answer).encode(), method="PUT"
    )
    with urllib.request.urlopen(request):  # noqa: S310 - the same
        pass


def empty(repository: str) -> None:
    """Delete all images, or none where the tag is missing."""
    tag = os.environ.get("TAG")
    (found,) = ecr.describe_repositories(repositoryNames=[repository])["repositories"]
    tags = ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    if tag and {"Key": tag, "Value": "true"} not in tags:
        return
    for page in ecr.get_paginator("list_images").paginate(repositoryName=repository):
        if page["imageIds"]:
            ecr.batch_delete_image(repositoryName=repository, imageIds=page["imageIds"])
