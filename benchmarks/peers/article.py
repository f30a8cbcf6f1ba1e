"""The function that most people copy, for comparison: what it does, in words of our own.

It behaves as the public article's (awstut, fa-078) does: one ListImages call with its default
page, one BatchDeleteImage call with whatever came back, and an answer without a physical id. This
file is the whole function: deployed as it stands, and entered at `lambda_handler`.
"""

import json
import os
import urllib.request

import boto3

ecr = boto3.client("ecr")


def lambda_handler(event, context):  # noqa: ANN001, ANN201 - as such functions are written
    """Delete what one page shows, and answer."""
    registry = os.environ["ACCOUNT_ID"]
    repository = os.environ["ECR_REPOSITORY_NAME"]
    try:
        if event["RequestType"] == "Delete":
            page = ecr.list_images(registryId=registry, repositoryName=repository)
            if page["imageIds"]:
                print(
                    ecr.batch_delete_image(
                        registryId=registry, repositoryName=repository, imageIds=page["imageIds"]
                    )
                )
        send(event, context, "SUCCESS")
    except Exception as error:  # noqa: BLE001 - the article's does so
        print(error)
        send(event, context, "FAILED")


def send(event, context, status):  # noqa: ANN001, ANN201 - as such functions are written
    """Answer as `cfnresponse.send` does, the module that Lambda adds to inline code.

    Source: CloudFormation template reference, "cfn-response module" (crpg-ref-responses): the
    physical id defaults to the log stream's name, and address and body are printed.
    """
    reason = f"See the details in CloudWatch Log Stream: {context.log_stream_name}"
    body = json.dumps(
        {
            "Status": status,
            "Reason": reason,
            "PhysicalResourceId": context.log_stream_name,
            "StackId": event["StackId"],
            "RequestId": event["RequestId"],
            "LogicalResourceId": event["LogicalResourceId"],
            "NoEcho": False,
            "Data": {},
        }
    )
    print(event["ResponseURL"])
    print(body)
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own address
        event["ResponseURL"], body.encode(), method="PUT", headers={"Content-Type": ""}
    )
    try:
        with urllib.request.urlopen(request) as response:  # noqa: S310 - the same
            print("Status code:", response.status)
    except OSError as error:
        print("send(..) failed executing http.request(..):", error)
