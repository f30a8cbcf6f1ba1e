"""Layers: uploaded in parts, checked against their digest, kept for those who pull.

API_InitiateLayerUpload, API_UploadLayerPart, API_CompleteLayerUpload and
API_BatchCheckLayerAvailability (Amazon ECR API Reference). The emulator answers these without
keeping anything.
"""

import base64
import hashlib
import uuid

from ministack.services import ecr

from ecrdrain.lab.additions import ecr_state
from ecrdrain.lab.additions.replacing import replace
from ecrdrain.lab.ecr_rules import EcrError

PART_SIZE = 10 * 1024 * 1024


def install() -> None:
    """Put the rules in place."""
    replace(ecr, "_batch_check_layer_availability", ecr_state.action(_check_availability))
    replace(ecr, "_initiate_layer_upload", ecr_state.action(_initiate))
    replace(ecr, "_upload_layer_part", ecr_state.action(_upload_part))
    replace(ecr, "_complete_layer_upload", ecr_state.action(_complete))


def _check_availability(name: str, request: ecr_state.Request) -> ecr_state.Request:
    held = ecr_state.LAYERS.get(name, {})
    return {
        "layers": [
            {
                "layerDigest": digest,
                "layerAvailability": "AVAILABLE",
                "layerSize": len(held[digest]),
            }
            if digest in held
            else {"layerDigest": digest, "layerAvailability": "UNAVAILABLE"}
            for digest in request["layerDigests"]
        ],
        "failures": [],
    }


def _initiate(name: str, request: ecr_state.Request) -> ecr_state.Request:
    del request
    upload_id = str(uuid.uuid4())
    ecr_state.UPLOADS.setdefault(name, {})[upload_id] = bytearray()
    return {"uploadId": upload_id, "partSize": PART_SIZE}


def _upload_part(name: str, request: ecr_state.Request) -> ecr_state.Request:
    received = _upload(name, request)
    part = base64.b64decode(request["layerPartBlob"])
    first, last = request["partFirstByte"], request["partLastByte"]
    if first != len(received) or last != first + len(part) - 1:
        raise EcrError(
            f"The part {first}-{last} does not follow byte {len(received) - 1}",
            code="InvalidLayerPartException",
        )
    received += part
    return {
        "registryId": ecr_state.REPOSITORIES[name]["registryId"],
        "repositoryName": name,
        "uploadId": request["uploadId"],
        "lastByteReceived": len(received) - 1,
    }


def _complete(name: str, request: ecr_state.Request) -> ecr_state.Request:
    received = bytes(_upload(name, request))
    digest = "sha256:" + hashlib.sha256(received).hexdigest()
    if not received:
        raise EcrError("The upload holds no part", code="EmptyUploadException")
    if digest not in request["layerDigests"]:
        raise EcrError(f"The layer's digest is {digest}", code="InvalidLayerException")
    layers = ecr_state.LAYERS.setdefault(name, {})
    if digest in layers:
        raise EcrError(f"The layer {digest} exists", code="LayerAlreadyExistsException")
    layers[digest] = received
    del ecr_state.UPLOADS[name][request["uploadId"]]
    return {
        "registryId": ecr_state.REPOSITORIES[name]["registryId"],
        "repositoryName": name,
        "uploadId": request["uploadId"],
        "layerDigest": digest,
    }


def _upload(name: str, request: ecr_state.Request) -> bytearray:
    received: bytearray | None = ecr_state.UPLOADS.get(name, {}).get(request["uploadId"])
    if received is None:
        raise EcrError(f"No upload {request['uploadId']}", code="UploadNotFoundException")
    return received
