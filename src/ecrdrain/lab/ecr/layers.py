"""Layers: uploaded in parts, checked against their digest, kept for those who pull.

API_InitiateLayerUpload, API_UploadLayerPart, API_CompleteLayerUpload and
API_BatchCheckLayerAvailability (Amazon ECR API Reference).
"""

import base64
import uuid

from ecrdrain.lab.ecr.manifests import digest_of
from ecrdrain.lab.ecr.repository import Repository
from ecrdrain.lab.ecr.terms import EcrError, Json

_PART_SIZE = 10 * 1024 * 1024


def batch_check_layer_availability(repository: Repository, request: Json) -> Json:
    """BatchCheckLayerAvailability."""
    answer: list[Json] = []
    for digest in request["layerDigests"]:
        layer = repository.layers.get(digest)
        if layer is None:
            answer.append({"layerDigest": digest, "layerAvailability": "UNAVAILABLE"})
        else:
            found = {"layerAvailability": "AVAILABLE", "layerSize": len(layer)}
            answer.append({"layerDigest": digest, **found})
    return {"layers": answer, "failures": []}


def initiate_layer_upload(repository: Repository, _request: Json) -> Json:
    """InitiateLayerUpload."""
    upload_id = str(uuid.uuid4())
    repository.uploads[upload_id] = bytearray()
    return {"uploadId": upload_id, "partSize": _PART_SIZE}


def upload_layer_part(repository: Repository, request: Json) -> Json:
    """UploadLayerPart: each part follows the one before."""
    received = _upload(repository, request)
    part = base64.b64decode(request["layerPartBlob"])
    first, last = request["partFirstByte"], request["partLastByte"]
    if first != len(received) or last != first + len(part) - 1:
        raise EcrError(
            "InvalidLayerPartException",
            f"The part {first}-{last} does not follow byte {len(received) - 1}",
        )
    received += part
    return {
        **repository.address,
        "uploadId": request["uploadId"],
        "lastByteReceived": len(received) - 1,
    }


def complete_layer_upload(repository: Repository, request: Json) -> Json:
    """CompleteLayerUpload."""
    received = bytes(_upload(repository, request))
    digest = digest_of(received)
    if not received:
        raise EcrError("EmptyUploadException", "The upload holds no part")
    if digest not in request["layerDigests"]:
        raise EcrError("InvalidLayerException", f"The layer's digest is {digest}")
    if digest in repository.layers:
        raise EcrError("LayerAlreadyExistsException", f"The layer {digest} exists")
    repository.layers[digest] = received
    del repository.uploads[request["uploadId"]]
    return {**repository.address, "uploadId": request["uploadId"], "layerDigest": digest}


def _upload(repository: Repository, request: Json) -> bytearray:
    received = repository.uploads.get(request["uploadId"])
    if received is None:
        raise EcrError("UploadNotFoundException", f"No upload {request['uploadId']}")
    return received
