"""ECR's operations on the images of a repository: each from a request to an answer.

An operation raises EcrError for a call that ECR refuses. That a request has the members that
its model requires is for the caller to see to. null counts as absent, as at AWS.
"""

import time
from collections.abc import Callable
from typing import Any

from ecrdrain.lab.ecr import layers
from ecrdrain.lab.ecr.manifests import Manifest, read_manifest
from ecrdrain.lab.ecr.pages import DEFAULT_PAGE, page_by_name, with_token
from ecrdrain.lab.ecr.repository import PRIVATE, Repository
from ecrdrain.lab.ecr.terms import (
    EcrError,
    Failure,
    Image,
    ImageId,
    ImageStatus,
    Json,
    SameCall,
    invalid,
)

_DEFAULT_REFERRERS = 20  # API_ListImageReferrers: maxResults
_STORAGE_CLASSES = ("STANDARD", "ARCHIVE")  # API_UpdateImageStorageClass: targetStorageClass


def list_images(repository: Repository, request: Json) -> Json:
    """ListImages: one row for each tag of an image, one for an image without tags."""
    rows, token = repository.images.rows(**_listing(repository, request))
    return with_token({"imageIds": [row.to_json() for row in rows]}, token)


def describe_images(repository: Repository, request: Json) -> Json:
    """DescribeImages: those named, or a page of all, each image once."""
    image_ids = request.get("imageIds")
    token = None
    if image_ids is None:
        images, token = repository.images.images(**_listing(repository, request))
    else:
        forbid(request, "imageIds", "nextToken", "maxResults")
        named = [_named(repository, ImageId.from_json(image_id)) for image_id in image_ids]
        images = list({image.digest: image for image in named}.values())
    return with_token({"imageDetails": [_detail(repository, image) for image in images]}, token)


def batch_delete_image(
    repository: Repository, request: Json, same_call: SameCall = SameCall.SNAPSHOT
) -> Json:
    """BatchDeleteImage."""
    image_ids = [ImageId.from_json(image_id) for image_id in request["imageIds"]]
    return repository.images.delete(image_ids, same_call).to_json()


def batch_get_image(repository: Repository, request: Json) -> Json:
    """BatchGetImage; whatever media types the client accepts, it gets the manifest as pushed."""
    found: list[Json] = []
    failures: list[Failure] = []
    for image_id in map(ImageId.from_json, request["imageIds"]):
        image = repository.images.find(image_id)
        if image is None:
            failures.append(Failure(image_id, "ImageNotFound", "Requested image not found"))
        elif image.status is not ImageStatus.ACTIVE:
            # Archived images cannot be pulled (user guide, archive-image); with which code
            # is not documented.
            reason = f"Requested image is {image.status}"
            failures.append(Failure(image_id, "ImageInaccessible", reason))
        else:
            found.append(_with_manifest(repository, image, image_id.tag))
    return {"images": found, "failures": [failure.to_json() for failure in failures]}


def put_image(repository: Repository, request: Json) -> Json:
    """PutImage."""
    manifest, tag = _read(request), request.get("imageTag")
    if request.get("imageDigest") not in (None, manifest.digest):
        raise EcrError(
            "ImageDigestDoesNotMatchException",
            f"The digest '{request['imageDigest']}' is not the manifest's, which is "
            f"'{manifest.digest}'",
        )
    image_id = ImageId(manifest.digest, tag)
    present = repository.images.find(image_id)
    # Putting an archived image again restores it (user guide, archive-image).
    if present is not None and present.status is ImageStatus.ACTIVE:
        raise EcrError(
            "ImageAlreadyExistsException",
            f"Image with digest '{manifest.digest}' and tag '{tag}' already exists in the "
            f"repository with name '{repository.name}' in registry with id "
            f"'{repository.registry_id}'",
        )
    repository.check_tag(image_id)
    if manifest.digest not in repository.images:  # seeded images have no layers
        repository.check_layers(manifest.blobs)
    image = manifest.image(pushed_at=time.time(), rank=repository.next_rank())
    repository.images.put(image, tag)
    repository.manifests[image.digest] = manifest.text
    return {"image": _with_manifest(repository, image, tag)}


def update_image_storage_class(repository: Repository, request: Json) -> Json:
    """UpdateImageStorageClass."""
    image_id, target = ImageId.from_json(request["imageId"]), request["targetStorageClass"]
    if target not in _STORAGE_CLASSES:
        raise invalid("targetStorageClass", f"Member must be one of {_STORAGE_CLASSES}")
    image = repository.images.update_storage_class(image_id, target)
    return {
        **repository.address,
        "imageId": ImageId(image.digest, image_id.tag).to_json(),
        "imageStatus": image.status,
    }


def list_image_referrers(repository: Repository, request: Json) -> Json:
    """ListImageReferrers: the artifacts whose subject an image is, by digest."""
    wanted = request.get("filter") or {}
    status = wanted.get("artifactStatus") or ImageStatus.ACTIVE
    types = wanted.get("artifactTypes")
    referrers = {
        image.digest: image
        for image in repository.images.referrers(request["subjectId"]["imageDigest"])
        if status in ("ANY", image.status) and (not types or image.artifact_type in types)
    }
    digests, token = page_by_name(request, list(referrers), _DEFAULT_REFERRERS)
    answer = {"referrers": [_referrer(repository, referrers[digest]) for digest in digests]}
    return with_token(answer, token)


Operation = Callable[[Repository, Json], Json]

OPERATIONS: dict[str, Operation] = {
    "BatchCheckLayerAvailability": layers.batch_check_layer_availability,
    "BatchDeleteImage": batch_delete_image,
    "BatchGetImage": batch_get_image,
    "CompleteLayerUpload": layers.complete_layer_upload,
    "DescribeImages": describe_images,
    "InitiateLayerUpload": layers.initiate_layer_upload,
    "ListImageReferrers": list_image_referrers,
    "ListImages": list_images,
    "PutImage": put_image,
    "UpdateImageStorageClass": update_image_storage_class,
    "UploadLayerPart": layers.upload_layer_part,
}


def forbid(request: Json, given: str, *others: str) -> None:
    """Raise InvalidParameterException for members that cannot stand beside the given one."""
    for other in others:
        if request.get(other) is not None:
            raise invalid(other, f"This option cannot be used with {given}")


def _read(request: Json) -> Manifest:
    """Return the manifest that a client puts.

    Where it has no mediaType field, ECR demands the parameter (API_PutImage).
    """
    manifest = read_manifest(request["imageManifest"])
    given = request.get("imageManifestMediaType")
    media_type = manifest.media_type or given
    if media_type is None or given not in (None, media_type):
        raise invalid("imageManifestMediaType", f"The manifest says {manifest.media_type}")
    return manifest._replace(media_type=media_type)


def _listing(repository: Repository, request: Json) -> dict[str, Any]:
    """Return which page the request asks for, as arguments of the image store."""
    wanted = request.get("filter") or {}
    # ecr-public has neither filters nor archived images.
    every = ImageStatus.ACTIVE if repository.service == PRIVATE else "ANY"
    limit = request.get("maxResults")
    return {
        "tag_status": wanted.get("tagStatus") or "ANY",
        "image_status": wanted.get("imageStatus") or every,
        "token": request.get("nextToken"),
        "limit": DEFAULT_PAGE if limit is None else limit,
    }


def _named(repository: Repository, image_id: ImageId) -> Image:
    """Return the image that DescribeImages names, which has to exist."""
    if image_id == (None, None):
        raise invalid("imageIds", "Both imageDigest and imageTag are missing")
    image = repository.images.find(image_id)
    if image is None:
        raise EcrError(
            "ImageNotFoundException",
            f"The image with imageId {{imageDigest:'{image_id.digest or 'null'}', "
            f"imageTag:'{image_id.tag or 'null'}'}} does not exist within the repository with "
            f"name '{repository.name}' in the registry with id '{repository.registry_id}'",
        )
    return image


def _detail(repository: Repository, image: Image) -> Json:
    detail = {
        **repository.address,
        "imageDigest": image.digest,
        "imageSizeInBytes": repository.images.size_of(image),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.media_type,
    }
    if image.tags:
        detail["imageTags"] = sorted(image.tags)
    if image.artifact_type:
        detail["artifactMediaType"] = image.artifact_type
    if repository.service == PRIVATE:
        detail["imageStatus"] = image.status
        if image.subject:
            detail["subjectManifestDigest"] = image.subject
    return detail


def _referrer(repository: Repository, image: Image) -> Json:
    return {
        "digest": image.digest,
        "mediaType": image.media_type,
        "artifactType": image.artifact_type,
        "size": len(repository.manifests[image.digest].encode()),
        "artifactStatus": image.status,
    }


def _with_manifest(repository: Repository, image: Image, tag: str | None) -> Json:
    return {
        **repository.address,
        "imageId": ImageId(image.digest, tag).to_json(),
        "imageManifest": repository.manifests[image.digest],
        "imageManifestMediaType": image.media_type,
    }
