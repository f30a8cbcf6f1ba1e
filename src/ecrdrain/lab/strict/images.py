"""The operations on images, except for their deletion."""

import hashlib
import time
from typing import Any

from ecrdrain.lab.clients import ACCOUNT_ID
from ecrdrain.lab.ecr_rules import DEFAULT_PAGE, Image, ImageId, ImageStatus
from ecrdrain.lab.manifests import Manifest, ManifestError, read_manifest
from ecrdrain.lab.strict.call import Call, Json, invalid, page_by_name, read_id, write_id
from ecrdrain.lab.strict.errors import AwsError
from ecrdrain.lab.strict.registry import HeldRepository
from ecrdrain.lab.strict.services import PRIVATE

_DEFAULT_REFERRERS = 20  # API_ListImageReferrers: maxResults


def list_images(call: Call) -> Json:
    """ListImages: one row for each tag of an image, one for an image without tags."""
    rows, token = call.repository().images.rows(**_listing(call))
    answer: Json = {"imageIds": [write_id(row) for row in rows]}
    return answer if token is None else {**answer, "nextToken": token}


def describe_images(call: Call) -> Json:
    """DescribeImages: those named, or a page of all, each image once."""
    held = call.repository()
    image_ids = call.request.get("imageIds")
    token = None
    if image_ids is None:
        images, token = held.images.images(**_listing(call))
    else:
        call.forbid("imageIds", "nextToken", "maxResults")
        named = [_named(held, image_id) for image_id in image_ids]
        images = list({image.digest: image for image in named}.values())
    answer: Json = {"imageDetails": [_described(held, image) for image in images]}
    return answer if token is None else {**answer, "nextToken": token}


def batch_get_image(call: Call) -> Json:
    """BatchGetImage; whatever media types the client accepts, it gets the manifest as pushed."""
    held = call.repository()
    found: list[Json] = []
    failures: list[Json] = []
    for image_id in map(read_id, call.request["imageIds"]):
        image = held.images.find(image_id)
        if image is None:
            failures.append(_failure(image_id, "ImageNotFound", "Requested image not found"))
        elif image.status is not ImageStatus.ACTIVE:
            # Archived images cannot be pulled (user guide, archive-image); with which code
            # is not documented.
            reason = f"Requested image is {image.status}"
            failures.append(_failure(image_id, "ImageInaccessible", reason))
        else:
            found.append(_with_manifest(held, image, image_id.tag))
    return {"images": found, "failures": failures}


def put_image(call: Call) -> Json:
    """PutImage. The server keeps no layers, so it never misses one."""
    held = call.repository()
    request = call.request
    text, tag = request["imageManifest"], request.get("imageTag")
    manifest, media_type = _read(text, request.get("imageManifestMediaType"))
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    if request.get("imageDigest") not in (None, digest):
        raise AwsError(
            "ImageDigestDoesNotMatchException",
            f"The digest '{request['imageDigest']}' is not the manifest's, which is '{digest}'",
        )
    present = held.images.find(ImageId(digest, tag))
    # Putting an archived image again restores it (user guide, archive-image).
    if present is not None and present.status is not ImageStatus.ARCHIVED:
        raise AwsError(
            "ImageAlreadyExistsException",
            f"Image with digest '{digest}' and tag '{tag}' already exists in the "
            f"repository with name '{held.name}' in registry with id '{ACCOUNT_ID}'",
        )
    if held.tag_mutability == "IMMUTABLE" and held.images.find(ImageId(tag=tag or "")):
        raise AwsError(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{held.name}' repository and "
            "cannot be overwritten because the repository is immutable",
        )
    image = Image(
        digest=digest,
        children=manifest.children,
        media_type=media_type,
        artifact_type=manifest.artifact_type,
        size=manifest.size,
        pushed_at=time.time(),
        subject=manifest.subject,
    )
    held.put(image, text, tag)
    return {"image": _with_manifest(held, image, tag)}


def update_image_storage_class(call: Call) -> Json:
    """UpdateImageStorageClass."""
    held = call.repository()
    image_id = read_id(call.request["imageId"])
    image = held.images.update_storage_class(image_id, call.request["targetStorageClass"])
    return {
        "registryId": ACCOUNT_ID,
        "repositoryName": held.name,
        "imageId": {**write_id(image_id), "imageDigest": image.digest},
        "imageStatus": image.status,
    }


def list_image_referrers(call: Call) -> Json:
    """ListImageReferrers: the artifacts whose subject an image is, by digest."""
    held = call.repository()
    wanted = call.request.get("filter") or {}
    status = wanted.get("artifactStatus") or ImageStatus.ACTIVE
    types = wanted.get("artifactTypes")
    referrers = {
        image.digest: image
        for image in held.images.referrers(call.request["subjectId"]["imageDigest"])
        if status in ("ANY", image.status) and (not types or image.artifact_type in types)
    }
    digests, token = page_by_name(call.request, list(referrers), _DEFAULT_REFERRERS)
    answer: Json = {"referrers": [_referrer(held, referrers[digest]) for digest in digests]}
    return answer if token is None else {**answer, "nextToken": token}


def batch_check_layer_availability(call: Call) -> Json:
    """BatchCheckLayerAvailability: every layer is there, so that clients upload none."""
    call.repository()
    return {
        "layers": [
            {"layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": 1}
            for digest in call.request["layerDigests"]
        ],
        "failures": [],
    }


def _read(text: str, media_type: str | None) -> tuple[Manifest, str]:
    """Return the manifest that a client puts, and its media type.

    Where the manifest has no mediaType field, ECR demands the parameter (API_PutImage).
    """
    try:
        manifest = read_manifest(text)
    except ManifestError as error:
        raise invalid("imageManifest", str(error)) from None
    kind = manifest.media_type or media_type
    if kind is None or media_type not in (None, kind):
        raise invalid("imageManifestMediaType", f"The manifest says {manifest.media_type}")
    return manifest, kind


def _listing(call: Call) -> dict[str, Any]:
    """Return what the request says of the page it wants, in the rules' words."""
    request = call.request
    wanted = request.get("filter") or {}
    # ecr-public has neither filters nor archived images.
    every = ImageStatus.ACTIVE if call.service == PRIVATE else "ANY"
    return {
        "tag_status": wanted.get("tagStatus") or "ANY",
        "image_status": wanted.get("imageStatus") or every,
        "token": request.get("nextToken"),
        "limit": request.get("maxResults") or DEFAULT_PAGE,
    }


def _named(held: HeldRepository, image_id: Json) -> Image:
    """Return the image that DescribeImages names, which has to exist."""
    wanted = read_id(image_id)
    if wanted == (None, None):
        raise invalid("imageIds", "Both imageDigest and imageTag are missing")
    image = held.images.find(wanted)
    if image is None:
        raise AwsError(
            "ImageNotFoundException",
            f"The image with imageId {{imageDigest:'{wanted.digest or 'null'}', "
            f"imageTag:'{wanted.tag or 'null'}'}} does not exist within the repository "
            f"with name '{held.name}' in the registry with id '{ACCOUNT_ID}'",
        )
    return image


def _described(held: HeldRepository, image: Image) -> Json:
    described: Json = {
        "registryId": ACCOUNT_ID,
        "repositoryName": held.name,
        "imageDigest": image.digest,
        "imageSizeInBytes": held.images.size_of(image),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.media_type,
    }
    if image.tags:
        described["imageTags"] = sorted(image.tags)
    if image.artifact_type:
        described["artifactMediaType"] = image.artifact_type
    if held.service == PRIVATE:
        described["imageStatus"] = image.status
        if image.subject:
            described["subjectManifestDigest"] = image.subject
    return described


def _referrer(held: HeldRepository, image: Image) -> Json:
    return {
        "digest": image.digest,
        "mediaType": image.media_type,
        "artifactType": image.artifact_type,
        "size": len(held.manifest(image.digest).encode()),
        "artifactStatus": image.status,
    }


def _with_manifest(held: HeldRepository, image: Image, tag: str | None) -> Json:
    return {
        "registryId": ACCOUNT_ID,
        "repositoryName": held.name,
        "imageId": write_id(ImageId(image.digest, tag)),
        "imageManifest": held.manifest(image.digest),
        "imageManifestMediaType": image.media_type,
    }


def _failure(image_id: ImageId, code: str, reason: str) -> Json:
    return {"imageId": write_id(image_id), "failureCode": code, "failureReason": reason}
