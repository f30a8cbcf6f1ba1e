"""Which operations of which services the server knows."""

PRIVATE = "ecr"
PUBLIC = "ecr-public"

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
