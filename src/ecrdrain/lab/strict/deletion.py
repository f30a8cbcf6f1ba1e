"""BatchDeleteImage: ECR's rules, and what the behaviour adds to them."""

from ecrdrain.lab.ecr import LARGEST_BATCH, Deletion, Failure, ImageId
from ecrdrain.lab.ecr.terms import Json
from ecrdrain.lab.strict.behaviour import Behaviour, Pushes, Referrers
from ecrdrain.lab.strict.faults import Refusals
from ecrdrain.lab.strict.registry import SeededRepository

_REFERENCED = "ImageReferencedByManifestList"


def batch_delete_image(
    repository: SeededRepository, request: Json, behaviour: Behaviour, refusals: Refusals
) -> Json:
    """BatchDeleteImage."""
    image_ids = [ImageId.from_json(image_id) for image_id in request["imageIds"]]
    before = len(repository.images)
    refused = _refused(repository, image_ids, behaviour, refusals)
    tried = [image_id for image_id in image_ids if image_id not in refused]
    outcome = repository.images.delete(tried, behaviour.same_call) if tried else Deletion([], [])
    if behaviour.referrers is Referrers.GO_WITH_SUBJECT:
        _delete_referrers(repository, outcome.deleted)
    repository.deleted += before - len(repository.images)
    if behaviour.pushes is not None:
        _push_meanwhile(repository, behaviour.pushes)
    failures = outcome.failures
    if not behaviour.name_parents:
        failures = [_without_parents(failure) for failure in failures]
    return Deletion(outcome.deleted, [*refused.values(), *failures]).to_json()


def _refused(
    repository: SeededRepository,
    image_ids: list[ImageId],
    behaviour: Behaviour,
    refusals: Refusals,
) -> dict[ImageId, Failure]:
    """Return the failures that the behaviour injects; only images that exist are refused."""
    rules = behaviour.image_failures
    if not rules:
        return {}
    refused: dict[ImageId, Failure] = {}
    for image_id in image_ids:
        image = repository.images.find(image_id)
        code = None if image is None else refusals.refuse(image.digest, rules)
        if code is not None:
            refused[image_id] = Failure(image_id, code, f"The lab injects {code}")
    return refused


def _without_parents(failure: Failure) -> Failure:
    if failure.code != _REFERENCED:
        return failure
    return failure._replace(reason=failure.reason.partition(":")[0])


def _delete_referrers(repository: SeededRepository, deleted: list[ImageId]) -> None:
    """Delete what refers to images that are gone, and what refers to that in turn."""
    gone = [digest for digest, _ in deleted if digest and digest not in repository.images]
    while gone:
        referrers = [
            image.digest for digest in gone for image in repository.images.referrers(digest)
        ]
        for first in range(0, len(referrers), LARGEST_BATCH):
            batch = referrers[first : first + LARGEST_BATCH]
            repository.images.delete([ImageId(digest) for digest in batch])
        gone = [digest for digest in referrers if digest not in repository.images]


def _push_meanwhile(repository: SeededRepository, pushes: Pushes) -> None:
    """Let the pushes arrive that are due after so many deleted images."""
    due = min(repository.deleted // pushes.every * pushes.images, pushes.limit)
    while repository.pushed_meanwhile < due:
        repository.push_again()
