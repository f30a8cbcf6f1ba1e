"""Which operations of which services the server knows."""

from ecrdrain.lab.ecr.repository import PRIVATE, PUBLIC

__all__ = ["OPERATIONS", "PRIVATE", "PUBLIC", "SERVED"]

# By the services' names in botocore.
SERVED: dict[str, tuple[str, ...]] = {
    PRIVATE: (
        "BatchCheckLayerAvailability",
        "BatchDeleteImage",
        "BatchGetImage",
        "CreateRepository",
        "DeleteRepository",
        "DescribeImages",
        "DescribeRepositories",
        "ListImageReferrers",
        "ListImages",
        "ListTagsForResource",
        "PutImage",
        "UpdateImageStorageClass",
    ),
    PUBLIC: (
        "BatchCheckLayerAvailability",
        "BatchDeleteImage",
        "CreateRepository",
        "DeleteRepository",
        "DescribeImages",
        "DescribeRepositories",
        "ListTagsForResource",
        "PutImage",
    ),
}

OPERATIONS = tuple(sorted({name for names in SERVED.values() for name in names}))
