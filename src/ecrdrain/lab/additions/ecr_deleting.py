"""BatchDeleteImage: at most 100 ids, tags one by one, no child before its index.

API_BatchDeleteImage and API_ImageFailure (Amazon ECR API Reference). The emulator takes any
number of ids, deletes an image by any of its tags, and children before their index. Clients of
the registry protocol meet the same refusal (ECR user guide: troubleshooting artifact deletion).
"""

from functools import partial

from ministack.services import ecr

from ecrdrain.lab.additions import ecr_state
from ecrdrain.lab.additions.replacing import replace, wrap
from ecrdrain.lab.ecr_rules import ImageId, SameCall


def install(same_call: SameCall) -> None:
    """Put the rules in place."""
    replace(ecr, "_batch_delete_image", ecr_state.action(partial(_batch_delete, same_call)))
    wrap(ecr, "_v2_delete_manifest", lambda plain: partial(_delete_manifest, plain))


def _batch_delete(same_call: SameCall, name: str, request: ecr_state.Request) -> ecr_state.Request:
    repository = ecr_state.load(name)
    image_ids = [ecr_state.read_id(image_id) for image_id in request.get("imageIds", [])]
    outcome = repository.delete(image_ids, same_call)
    ecr_state.store(name, repository)
    return {
        "imageIds": [ecr_state.write_id(row) for row in outcome.deleted],
        "failures": [
            {
                "imageId": ecr_state.write_id(failure.image_id),
                "failureCode": failure.code,
                "failureReason": failure.reason,
            }
            for failure in outcome.failures
        ],
    }


def _delete_manifest(plain: ecr_state.Function, name: str, reference: str) -> ecr_state.Response:
    if name in ecr_state.REPOSITORIES and reference.startswith("sha256:"):
        for failure in ecr_state.load(name).delete([ImageId(reference)]).failures:
            if failure.code == "ImageReferencedByManifestList":
                return ecr_state.registry_error("UNSUPPORTED", failure.reason)
    response: ecr_state.Response = plain(name, reference)
    return response
