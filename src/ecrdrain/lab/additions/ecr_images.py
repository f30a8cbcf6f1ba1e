"""ECR's operations on images: all of `ecrdrain.lab.ecr.operations` in place of the emulator's.

The emulator answers listings in one page, a row for each image with the tag that it got last,
and knows no image status; it takes any number of ids, deletes an image by any of its tags, and
children before their index; it takes any text as a manifest, keeps no layer that came through
ECR's API, and has no archive.
"""

from functools import partial

from ecrdrain.lab.additions.ecr_replication import with_replicas
from ecrdrain.lab.additions.ecr_repositories import respond
from ecrdrain.lab.additions.ecr_requests import answer_requests
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.ecr.operations import OPERATIONS, Operation, batch_delete_image, put_image


def install(same_call: SameCall) -> None:
    """Put the operations in place."""
    delete = partial(batch_delete_image, same_call=same_call)
    operations: dict[str, Operation] = {
        **OPERATIONS,
        "BatchDeleteImage": with_replicas(delete),
        "PutImage": with_replicas(put_image),
    }
    answer_requests({name: partial(respond, each) for name, each in operations.items()})
