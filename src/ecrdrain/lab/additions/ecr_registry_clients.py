"""Manifests over the registry protocol, which docker and skopeo speak, by the same rules.

OCI distribution specification: paths, statuses and error codes. An archived image cannot be
pulled (ECR user guide: archive-image), and an image that an index lists cannot be deleted (ECR
user guide: troubleshooting artifact deletion).
"""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from ministack.services import ecr

from ecrdrain.lab.additions.ecr_replication import with_replicas
from ecrdrain.lab.additions.ecr_repositories import Response, find
from ecrdrain.lab.additions.replacing import replace
from ecrdrain.lab.ecr import EcrError, ImageId, ImageStatus
from ecrdrain.lab.ecr.manifests import digest_of
from ecrdrain.lab.ecr.operations import batch_delete_image, put_image
from ecrdrain.lab.ecr.repository import Repository

# OCI distribution specification: error codes. Any other refusal of a manifest: MANIFEST_INVALID.
_REFUSALS = {
    "ImageDigestDoesNotMatchException": "DIGEST_INVALID",
    "ImageTagAlreadyExistsException": "TAG_INVALID",
    "LayersNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "ReferencedImagesNotFoundException": "MANIFEST_BLOB_UNKNOWN",
}


def install() -> None:
    """Put the rules in place."""
    replace(ecr, "_resolve_manifest", _resolve_manifest)
    replace(ecr, "_v2_put_manifest", _for_repository(_put_manifest))
    replace(ecr, "_v2_delete_manifest", _for_repository(_delete_manifest))
    replace(ecr, "_v2_list_tags", _for_repository(_list_tags))


def _for_repository(function: Callable[..., Response]) -> Callable[..., Response]:
    """Give the function the repository instead of its name; without one the status is 404."""

    @wraps(function)
    def handle(name: str, *arguments: object) -> Response:
        try:
            repository = find(name)
        except EcrError as error:
            return _refuse(HTTPStatus.NOT_FOUND, "NAME_UNKNOWN", error.message)
        return function(repository, *arguments)

    return handle


def _resolve_manifest(name: str, reference: str) -> tuple[str | None, bytes | None, str | None]:
    repository = find(name)
    image = repository.images.find(_read_reference(reference))
    if image is None or image.status is not ImageStatus.ACTIVE:
        return None, None, None
    return image.digest, repository.manifests[image.digest].encode(), image.media_type


def _put_manifest(
    repository: Repository, reference: str, headers: dict[str, str], body: bytes
) -> Response:
    try:
        with_replicas(put_image)(
            repository,
            {
                **_read_reference(reference).to_json(),
                "imageManifest": body.decode(errors="replace"),
                "imageManifestMediaType": headers.get("content-type"),
            },
        )
    except EcrError as error:
        if error.code != "ImageAlreadyExistsException":  # pushing again is no error here
            code = _REFUSALS.get(error.code, "MANIFEST_INVALID")
            return _refuse(HTTPStatus.BAD_REQUEST, code, error.message)
    digest = digest_of(body)
    location = f"/v2/{repository.name}/manifests/{digest}"
    return _accept(HTTPStatus.CREATED, {"Location": location, "Docker-Content-Digest": digest})


def _delete_manifest(repository: Repository, reference: str) -> Response:
    image_id = _read_reference(reference)
    if image_id.digest is None:
        return _refuse(HTTPStatus.BAD_REQUEST, "UNSUPPORTED", "delete by digest, not by tag")
    answer = with_replicas(batch_delete_image)(repository, {"imageIds": [image_id.to_json()]})
    for failure in answer["failures"]:
        reason = failure["failureReason"]
        if failure["failureCode"] == "ImageReferencedByManifestList":
            return _refuse(HTTPStatus.METHOD_NOT_ALLOWED, "UNSUPPORTED", reason)
        return _refuse(HTTPStatus.NOT_FOUND, "MANIFEST_UNKNOWN", reason)
    return _accept(HTTPStatus.ACCEPTED, {})


def _list_tags(repository: Repository, query: dict[str, list[str]]) -> Response:
    (last,), (limit,) = query.get("last", [""]), query.get("n", [None])
    tags = sorted(tag for image in repository.images for tag in image.tags if tag > last)
    if limit is not None:
        tags = tags[: int(limit)]
    body = json.dumps({"name": repository.name, "tags": tags}).encode()
    return _accept(HTTPStatus.OK, {"Content-Type": "application/json"}, body)


def _read_reference(reference: str) -> ImageId:
    """Read what stands last in the path of a manifest: a digest or a tag."""
    return ImageId(digest=reference) if ":" in reference else ImageId(tag=reference)


def _accept(status: HTTPStatus, headers: dict[str, str], body: bytes = b"") -> Response:
    response: Response = ecr._registry_ok(status, headers, body)  # noqa: SLF001
    return response


def _refuse(status: HTTPStatus, code: str, message: str) -> Response:
    response: Response = ecr._registry_error(status, code, message)  # noqa: SLF001
    return response
