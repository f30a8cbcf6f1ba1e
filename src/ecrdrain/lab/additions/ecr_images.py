"""ECR's operations on images: all of `ecrdrain.lab.ecr.operations` in place of the emulator's.

The emulator answers listings in one page, a row for each image with the tag that it got last,
and knows no image status; it takes any number of ids, deletes an image by any of its tags, and
children before their index; it takes any text as a manifest, keeps no layer that came through
ECR's API, and has no archive.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial

from ministack.services import ecr

from ecrdrain.lab.additions.ecr_replication import with_replicas
from ecrdrain.lab.additions.ecr_repositories import Response, respond
from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.ecr.operations import OPERATIONS, Operation, batch_delete_image, put_image

_PREFIX = "AmazonEC2ContainerRegistry_V20150921."


def install(same_call: SameCall) -> None:
    """Put the operations in place."""
    delete = partial(batch_delete_image, same_call=same_call)
    operations: dict[str, Operation] = {
        **OPERATIONS,
        "BatchDeleteImage": with_replicas(delete),
        "PutImage": with_replicas(put_image),
    }

    def answering(plain: Callable[..., Awaitable[Response]]) -> Callable[..., Awaitable[Response]]:
        async def handle_request(
            method: str,
            path: str,
            headers: dict[str, str],
            body: bytes,
            query_params: dict[str, list[str]],
        ) -> Response:
            operation = operations.get(headers.get("x-amz-target", "").removeprefix(_PREFIX))
            if operation is None:
                return await plain(method, path, headers, body, query_params)
            return respond(operation, json.loads(body))

        return handle_request

    wrap(ecr, "handle_request", answering)
