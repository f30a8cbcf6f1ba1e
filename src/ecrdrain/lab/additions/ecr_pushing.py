"""PutImage, and pushes by registry clients: what a manifest refers to must be there.

API_PutImage (Amazon ECR API Reference): LayersNotFoundException,
ReferencedImagesNotFoundException, ImageDigestDoesNotMatchException,
ImageAlreadyExistsException. The emulator takes any text as a manifest, and keeps it where
registry clients cannot pull it.
"""

import hashlib
import json
from functools import partial
from http import HTTPStatus

from ministack.services import ecr

from ecrdrain.lab.additions import ecr_state
from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.ecr_rules import EcrError, ImageId, ImageStatus, InvalidParameterError
from ecrdrain.lab.manifests import Manifest, ManifestError, read_manifest

# OCI distribution specification, error codes.
_REGISTRY_CODES = {
    "InvalidParameterException": "MANIFEST_INVALID",
    "LayersNotFoundException": "MANIFEST_BLOB_UNKNOWN",
    "ReferencedImagesNotFoundException": "MANIFEST_BLOB_UNKNOWN",
}


def install() -> None:
    """Put the rules in place."""
    wrap(ecr, "_put_image", lambda plain: ecr_state.action(partial(_put_image, plain)))
    wrap(ecr, "_v2_put_manifest", lambda plain: partial(_put_manifest, plain))


def _put_image(
    plain: ecr_state.Function, name: str, request: ecr_state.Request
) -> ecr_state.Request:
    text = request["imageManifest"]
    digest = _digest(text.encode())
    if request.get("imageDigest", digest) != digest:
        raise EcrError(
            f"The manifest's digest is {digest}", code="ImageDigestDoesNotMatchException"
        )
    manifest = _check_references(name, text)
    media_type = request.get("imageManifestMediaType") or manifest.media_type
    if media_type is None:
        raise InvalidParameterError("The manifest has no mediaType: give imageManifestMediaType")
    _check_new(name, ImageId(digest, request.get("imageTag")))
    status, _, body = plain({**request, "imageManifestMediaType": media_type})
    answer: ecr_state.Request = json.loads(body)
    if status != HTTPStatus.OK:
        raise EcrError(answer["message"], code=answer["__type"])
    ecr_state.MANIFESTS.setdefault(name, {})[digest] = text.encode()
    ecr_state.pushed(name, digest)
    return answer


def _put_manifest(
    plain: ecr_state.Function, name: str, reference: str, headers: dict[str, str], body: bytes
) -> ecr_state.Response:
    if name in ecr_state.REPOSITORIES:
        try:
            _check_references(name, body)
        except EcrError as error:
            return ecr_state.registry_error(_REGISTRY_CODES[error.code], str(error))
    response: ecr_state.Response = plain(name, reference, headers, body)
    ecr_state.pushed(name, _digest(body))
    return response


def _check_references(name: str, text: str | bytes) -> Manifest:
    """Read a manifest; raise EcrError unless all that it refers to is in the repository."""
    try:
        manifest = read_manifest(text)
    except ManifestError as error:
        raise InvalidParameterError(f"Invalid parameter at 'ImageManifest': {error}") from error
    held = ecr_state.LAYERS.get(name, {})
    missing = [blob for blob in manifest.blobs if blob not in held]
    if missing:
        raise EcrError(f"Layers not found: {', '.join(missing)}", code="LayersNotFoundException")
    if manifest.children:
        ecr_state.load(name).check_children(manifest.children)
    return manifest


def _check_new(name: str, image_id: ImageId) -> None:
    """Refuse the same manifest with the same tag, or again without one, unless it restores."""
    for record in ecr_state.IMAGES[name]:
        if (
            record["imageDigest"] == image_id.digest
            and ecr_state.status(record) is ImageStatus.ACTIVE
            and (image_id.tag is None or image_id.tag in record["imageTags"])
        ):
            raise EcrError(f"Image {image_id} exists", code="ImageAlreadyExistsException")


def _digest(manifest: bytes) -> str:
    return "sha256:" + hashlib.sha256(manifest).hexdigest()
