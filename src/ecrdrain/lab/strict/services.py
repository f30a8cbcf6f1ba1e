"""Which operations of which services the server knows."""

from ecrdrain.lab.ecr.operations import OPERATIONS as ON_IMAGES
from ecrdrain.lab.ecr.repository import PRIVATE, PUBLIC

__all__ = ["OPERATIONS", "PRIVATE", "PUBLIC", "SERVED"]

_ON_REPOSITORIES = (
    "CreateRepository",
    "DeleteRepository",
    "DescribeRepositories",
    "ListTagsForResource",
)
_ON_REGISTRIES = ("DescribeRegistry", "PutReplicationConfiguration")
_PRIVATE_ALONE = (
    *_ON_REGISTRIES,
    *("BatchGetImage", "ListImageReferrers", "ListImages", "UpdateImageStorageClass"),
)

OPERATIONS = tuple(sorted((*ON_IMAGES, *_ON_REPOSITORIES, *_ON_REGISTRIES)))

# By the services' names in botocore.
SERVED: dict[str, tuple[str, ...]] = {
    PRIVATE: OPERATIONS,
    PUBLIC: tuple(name for name in OPERATIONS if name not in _PRIVATE_ALONE),
}
