"""BatchDeleteImage: ECR's rules, and what the behaviour adds to them."""

from ecrdrain.lab.ecr import LARGEST_BATCH, Deletion, Failure, ImageId
from ecrdrain.lab.ecr.replication import replicate_deletion
from ecrdrain.lab.ecr.repository import PRIVATE
from ecrdrain.lab.ecr.terms import Json
from ecrdrain.lab.strict.behaviour import Pushes, Referrers
from ecrdrain.lab.strict.registry import Call, SeededRepository

_REFERENCED = "ImageReferencedByManifestList"


def batch_delete_image(call: Call) -> Json:
    """BatchDeleteImage."""
    repository, behaviour = call.repository(), call.behaviour
    image_ids = [ImageId.from_json(image_id) for image_id in call.request["imageIds"]]
    before = len(repository.images)
    injected = _injected(call, repository, image_ids)
    tried = [image_id for image_id in image_ids if image_id not in injected]
    outcome = repository.images.delete(tried, behaviour.same_call) if tried else Deletion([], [])
    if behaviour.referrers is Referrers.GO_WITH_SUBJECT:
        _delete_referrers(repository, outcome.deleted)
    if call.service == PRIVATE:
        replicas = call.replicas.of(repository.name, deletions=True)
        replicate_deletion(repository, outcome.deleted, replicas)
    repository.deleted += before - len(repository.images)
    if behaviour.pushes is not None:
        _push_meanwhile(repository, behaviour.pushes)
    failures = outcome.failures
    if not behaviour.name_parents:
        failures = [_without_parents(failure) for failure in failures]
    return Deletion(outcome.deleted, [*injected.values(), *failures]).to_json()


def _injected(
    call: Call, repository: SeededRepository, image_ids: list[ImageId]
) -> dict[ImageId, Failure]:
    """Return the failures that the behaviour injects; only images that exist have one."""
    failures: dict[ImageId, Failure] = {}
    if not call.behaviour.image_failures:
        return failures
    for image_id in image_ids:
        image = repository.images.find(image_id)
        if image is None:
            continue
        code = call.refusals.refuse(image.digest, call.behaviour.image_failures)
        if code is not None:
            failures[image_id] = Failure(image_id, code, f"The lab injects {code}")
    return failures


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
