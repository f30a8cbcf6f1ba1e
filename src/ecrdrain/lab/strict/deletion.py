"""BatchDeleteImage: ECR's rules, and what the behaviour adds to them."""

from ecrdrain.lab.ecr_rules import LARGEST_BATCH, Deletion, Failure, ImageId
from ecrdrain.lab.strict.behaviour import Referrers
from ecrdrain.lab.strict.call import Call, Json, read_id, write_id
from ecrdrain.lab.strict.registry import HeldRepository

_REFERENCED = "ImageReferencedByManifestList"


def batch_delete_image(call: Call) -> Json:
    """BatchDeleteImage."""
    held = call.repository()
    image_ids = [read_id(image_id) for image_id in call.request["imageIds"]]
    before = len(held.images)
    refused = _refused(call, held, image_ids)
    tried = [image_id for image_id in image_ids if image_id not in refused]
    outcome = held.images.delete(tried, call.behaviour.same_call) if tried else Deletion([], [])
    if call.behaviour.referrers is Referrers.GO_WITH_SUBJECT:
        _delete_referrers(held, outcome.deleted)
    held.deleted += before - len(held.images)
    _push_meanwhile(call, held)
    failures = [
        *refused.values(),
        *(_worded(failure, call.behaviour.name_parents) for failure in outcome.failures),
    ]
    return {
        "imageIds": [write_id(image_id) for image_id in outcome.deleted],
        "failures": [
            {
                "imageId": write_id(failure.image_id),
                "failureCode": failure.code,
                "failureReason": failure.reason,
            }
            for failure in failures
        ],
    }


def _refused(call: Call, held: HeldRepository, image_ids: list[ImageId]) -> dict[ImageId, Failure]:
    """Return the failures that the behaviour injects; only images that exist are refused."""
    rules = call.behaviour.image_failures
    if not rules:
        return {}
    refused: dict[ImageId, Failure] = {}
    for image_id in image_ids:
        image = held.images.find(image_id)
        code = None if image is None else call.refusals.refuse(image.digest, rules)
        if code is not None:
            refused[image_id] = Failure(image_id, code, f"The lab was told to fail with {code}")
    return refused


def _worded(failure: Failure, name_parents: bool) -> Failure:  # noqa: FBT001 - a setting's value
    if name_parents or failure.code != _REFERENCED:
        return failure
    return failure._replace(reason=failure.reason.partition(":")[0])


def _delete_referrers(held: HeldRepository, deleted: list[ImageId]) -> None:
    """Delete what refers to images that are gone, and what refers to that in turn."""
    gone = [digest for digest, _ in deleted if digest and digest not in held.images]
    while gone:
        referrers = [image.digest for digest in gone for image in held.images.referrers(digest)]
        for first in range(0, len(referrers), LARGEST_BATCH):
            batch = referrers[first : first + LARGEST_BATCH]
            held.images.delete([ImageId(digest) for digest in batch])
        gone = [digest for digest in referrers if digest not in held.images]


def _push_meanwhile(call: Call, held: HeldRepository) -> None:
    """Let the pushes arrive that are due after so many deleted images."""
    pushes = call.behaviour.pushes
    if pushes is None:
        return
    due = min(held.deleted // pushes.every * pushes.images, pushes.limit)
    while held.pushed_meanwhile < due:
        held.push_again()
