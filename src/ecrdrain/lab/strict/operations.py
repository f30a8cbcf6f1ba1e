"""The operations on repositories, and the table of all operations."""

from collections.abc import Callable
from typing import Any

from ecrdrain.lab.clients import ACCOUNT_ID
from ecrdrain.lab.ecr_rules import DEFAULT_PAGE
from ecrdrain.lab.strict import deletion, images
from ecrdrain.lab.strict.call import Call, Json, page_by_name
from ecrdrain.lab.strict.errors import AwsError
from ecrdrain.lab.strict.registry import HeldRepository, Seed
from ecrdrain.lab.strict.services import PRIVATE


def create_repository(call: Call) -> Json:
    """CreateRepository."""
    name = call.request["repositoryName"]
    if (call.service, name) in call.registry.repositories:
        raise AwsError(
            "RepositoryAlreadyExistsException",
            f"The repository with name '{name}' already exists in the registry "
            f"with id '{ACCOUNT_ID}'",
        )
    held = HeldRepository(Seed(repository=name, service=call.service), call.request)
    call.registry.repositories[call.service, name] = held
    return {"repository": _described(held)}


def delete_repository(call: Call) -> Json:
    """DeleteRepository: with `force` the images go along, in this one call."""
    held = call.repository()
    if len(held.images) and not call.request.get("force"):
        raise AwsError(
            "RepositoryNotEmptyException",
            f"The repository with name '{held.name}' in registry with id '{ACCOUNT_ID}' "
            "cannot be deleted because it still contains images",
        )
    del call.registry.repositories[held.service, held.name]
    return {"repository": _described(held)}


def describe_repositories(call: Call) -> Json:
    """DescribeRepositories: those named, or a page of all, by name."""
    names = call.request.get("repositoryNames")
    if names is None:
        every = sorted(
            name for service, name in call.registry.repositories if service == call.service
        )
        names, token = page_by_name(call.request, every, DEFAULT_PAGE)
    else:
        call.forbid("repositoryNames", "nextToken", "maxResults")
        token = None
    found = [_described(call.repository(name)) for name in names]
    return {"repositories": found, **({"nextToken": token} if token else {})}


def list_tags_for_resource(call: Call) -> Json:
    """ListTagsForResource: the tags that CreateRepository was given."""
    arn = call.request["resourceArn"]
    held = call.repository(arn.partition(":repository/")[2])
    if held.arn != arn:
        raise AwsError(
            "InvalidParameterException", f"Invalid parameter at 'resourceArn': no {held.arn}"
        )
    return {"tags": held.settings.get("tags") or []}


HANDLERS: dict[str, Callable[[Call], Json]] = {
    "BatchCheckLayerAvailability": images.batch_check_layer_availability,
    "BatchDeleteImage": deletion.batch_delete_image,
    "BatchGetImage": images.batch_get_image,
    "CreateRepository": create_repository,
    "DeleteRepository": delete_repository,
    "DescribeImages": images.describe_images,
    "DescribeRepositories": describe_repositories,
    "ListImageReferrers": images.list_image_referrers,
    "ListImages": images.list_images,
    "ListTagsForResource": list_tags_for_resource,
    "PutImage": images.put_image,
    "UpdateImageStorageClass": images.update_image_storage_class,
}


def _described(held: HeldRepository) -> Json:
    described: dict[str, Any] = {
        "repositoryArn": held.arn,
        "registryId": ACCOUNT_ID,
        "repositoryName": held.name,
        "repositoryUri": held.uri,
        "createdAt": held.created_at,
    }
    if held.service == PRIVATE:
        described |= {
            "imageTagMutability": held.tag_mutability,
            "imageScanningConfiguration": held.settings.get(
                "imageScanningConfiguration", {"scanOnPush": False}
            ),
            "encryptionConfiguration": held.settings.get(
                "encryptionConfiguration", {"encryptionType": "AES256"}
            ),
        }
    return described
