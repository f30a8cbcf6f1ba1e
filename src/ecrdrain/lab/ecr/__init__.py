"""Amazon ECR: its images and its operations, over plain data.

No HTTP and no emulator: both of the lab's registries, the emulator and the strict ECR server,
answer with the operations in here, so they cannot disagree.
"""

from ecrdrain.lab.ecr.images import LARGEST_BATCH, ImageStore
from ecrdrain.lab.ecr.terms import (
    Deletion,
    EcrError,
    Failure,
    Image,
    ImageId,
    ImageStatus,
    SameCall,
)

__all__ = [
    "LARGEST_BATCH",
    "Deletion",
    "EcrError",
    "Failure",
    "Image",
    "ImageId",
    "ImageStatus",
    "ImageStore",
    "SameCall",
]
