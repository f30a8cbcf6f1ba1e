"""UpdateImageStorageClass: images move to the archive and back.

API_UpdateImageStorageClass (Amazon ECR API Reference) and the user guide's "Archiving an
image": an archived image cannot be pulled. The emulator does not know the action.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial

from ministack.services import ecr

from ecrdrain.lab.additions import ecr_state
from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.ecr_rules import ImageStatus, InvalidParameterError

_TARGET = "AmazonEC2ContainerRegistry_V20150921.UpdateImageStorageClass"


def install() -> None:
    """Put the rules in place."""
    wrap(ecr, "handle_request", lambda plain: partial(_handle_request, plain))
    wrap(ecr, "_resolve_manifest", lambda plain: partial(_resolve_manifest, plain))


@ecr_state.action
def _update_storage_class(name: str, request: ecr_state.Request) -> ecr_state.Request:
    target = request.get("targetStorageClass")
    if target not in ("STANDARD", "ARCHIVE"):
        raise InvalidParameterError(f"Invalid parameter at 'targetStorageClass': {target}")
    repository = ecr_state.load(name)
    image = repository.update_storage_class(ecr_state.read_id(request["imageId"]), target)
    ecr_state.store(name, repository)
    return {
        "registryId": ecr_state.REPOSITORIES[name]["registryId"],
        "repositoryName": name,
        "imageId": request["imageId"],
        "imageStatus": image.status,
    }


async def _handle_request(  # noqa: PLR0913, PLR0917 - the emulator's signature
    plain: Callable[..., Awaitable[ecr_state.Response]],
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
) -> ecr_state.Response:
    if headers.get("x-amz-target") == _TARGET:
        return _update_storage_class(json.loads(body))
    return await plain(method, path, headers, body, query_params)


def _resolve_manifest(
    plain: ecr_state.Function, name: str, reference: str
) -> tuple[str | None, bytes | None, str | None]:
    digest, manifest, media_type = plain(name, reference)
    for record in ecr_state.IMAGES.get(name, []):
        if record["imageDigest"] == digest and ecr_state.status(record) is not ImageStatus.ACTIVE:
            return None, None, None
    return digest, manifest, media_type
