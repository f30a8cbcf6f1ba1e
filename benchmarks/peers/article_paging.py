"""The article's function with the paging that the article itself says is missing.

ECR's default page of 100 rows is one full batch.
"""

import os
from typing import Any

from benchmarks.peers.article import ecr, send


def lambda_handler(event: dict[str, Any], context: Any) -> None:  # noqa: ANN401 - Lambda's
    """Delete what every page shows, and answer."""
    names = {
        "registryId": os.environ["ACCOUNT_ID"],
        "repositoryName": os.environ["ECR_REPOSITORY_NAME"],
    }
    try:
        if event["RequestType"] == "Delete":
            for page in ecr.get_paginator("list_images").paginate(**names):
                if page["imageIds"]:
                    print(ecr.batch_delete_image(**names, imageIds=page["imageIds"]))
        send(event, context, "SUCCESS")
    except Exception as error:  # noqa: BLE001 - the article's does so
        print(error)
        send(event, context, "FAILED")
