"""The operations of the server: ECR's own on images, and those on repositories."""

from collections.abc import Callable
from functools import partial

from ecrdrain.lab.clients import ACCOUNT_ID
from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.ecr.operations import OPERATIONS as ON_IMAGES
from ecrdrain.lab.ecr.operations import Operation, forbid
from ecrdrain.lab.ecr.pages import DEFAULT_PAGE, page_by_name, with_token
from ecrdrain.lab.ecr.replication import described, replicate_image
from ecrdrain.lab.ecr.repository import PRIVATE
from ecrdrain.lab.ecr.terms import Json, invalid
from ecrdrain.lab.strict.deletion import batch_delete_image
from ecrdrain.lab.strict.registry import Call, Seed, SeededRepository


def create_repository(call: Call) -> Json:
    """CreateRepository."""
    name = call.request["repositoryName"]
    if (call.service, name) in call.repositories:
        raise EcrError(
            "RepositoryAlreadyExistsException",
            f"The repository with name '{name}' already exists in the registry "
            f"with id '{ACCOUNT_ID}'",
        )
    repository = SeededRepository(Seed(repository=name, service=call.service), call.request)
    call.repositories[call.service, name] = repository
    return {"repository": _described(repository)}


def delete_repository(call: Call) -> Json:
    """DeleteRepository: with `force` the images go along, in this one call."""
    repository = call.repository()
    if not call.request.get("force"):
        repository.check_empty()
    del call.repositories[repository.service, repository.name]
    return {"repository": _described(repository)}


def describe_repositories(call: Call) -> Json:
    """DescribeRepositories: those named, or a page of all, by name."""
    names = call.request.get("repositoryNames")
    if names is None:
        every = sorted(name for service, name in call.repositories if service == call.service)
        names, token = page_by_name(call.request, every, DEFAULT_PAGE)
    else:
        forbid(call.request, "repositoryNames", "nextToken", "maxResults")
        token = None
    found = [_described(call.repository(name)) for name in names]
    return with_token({"repositories": found}, token)


def list_tags_for_resource(call: Call) -> Json:
    """ListTagsForResource: the tags that CreateRepository was given."""
    arn = call.request["resourceArn"]
    repository = call.repository(arn.partition(":repository/")[2])
    if repository.arn != arn:
        raise invalid("resourceArn", f"must be {repository.arn}")
    return {"tags": repository.settings.get("tags") or []}


def put_image(call: Call) -> Json:
    """PutImage: a private image goes to the replicas as well."""
    repository = call.repository()
    answer = ON_IMAGES["PutImage"](repository, call.request)
    if call.service == PRIVATE:
        digest = answer["image"]["imageId"]["imageDigest"]
        replicate_image(repository, digest, call.replicas.of(repository.name))
    return answer


def describe_registry(call: Call) -> Json:
    """DescribeRegistry."""
    return described(ACCOUNT_ID, call.replicas.rules)


def put_replication_configuration(call: Call) -> Json:
    """PutReplicationConfiguration: the rules in place of those before."""
    configuration: Json = call.request["replicationConfiguration"]
    call.replicas.rules[:] = configuration["rules"]
    return {"replicationConfiguration": configuration}


def _on_images(operation: Operation, call: Call) -> Json:
    return operation(call.repository(), call.request)


HANDLERS: dict[str, Callable[[Call], Json]] = {
    **{name: partial(_on_images, operation) for name, operation in ON_IMAGES.items()},
    "BatchDeleteImage": batch_delete_image,
    "CreateRepository": create_repository,
    "DeleteRepository": delete_repository,
    "DescribeRegistry": describe_registry,
    "DescribeRepositories": describe_repositories,
    "ListTagsForResource": list_tags_for_resource,
    "PutImage": put_image,
    "PutReplicationConfiguration": put_replication_configuration,
}


def _described(repository: SeededRepository) -> Json:
    described: Json = {
        **repository.address,
        "repositoryArn": repository.arn,
        "repositoryUri": repository.uri,
        "createdAt": repository.created_at,
    }
    if repository.service == PRIVATE:
        described |= {
            "imageTagMutability": repository.tag_mutability,
            "imageScanningConfiguration": repository.settings.get(
                "imageScanningConfiguration", {"scanOnPush": False}
            ),
            "encryptionConfiguration": repository.settings.get(
                "encryptionConfiguration", {"encryptionType": "AES256"}
            ),
        }
    return described
