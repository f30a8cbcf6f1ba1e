"""Replication rules: PutReplicationConfiguration, DescribeRegistry, replicas, their deletion.

API_PutReplicationConfiguration, API_DescribeRegistry, API_DeleteReplication (Amazon ECR API
Reference). The emulator knows no rules and replicates nothing. Each account has a registry in each
region: a client sees a replica by signing for that region, with the account as its access key.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ministack.core import responses
from ministack.services import ecr

from ecrdrain.lab.additions.ecr_repositories import Response, find
from ecrdrain.lab.additions.ecr_requests import answer_requests
from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.ecr.operations import Operation
from ecrdrain.lab.ecr.replication import (
    Place,
    described,
    places,
    replicate_deletion,
    replicate_image,
)
from ecrdrain.lab.ecr.repository import Repository
from ecrdrain.lab.ecr.terms import ImageId, Json

_RULES = responses.AccountRegionScopedDict()
_KEY = "rules"


def install() -> None:
    """Put the operations on the registry in place."""
    answer_requests(
        {
            "DescribeRegistry": _describe_registry,
            "PutReplicationConfiguration": _put_replication_configuration,
        }
    )


def _describe_registry(_: Json) -> Response:
    answer = described(responses.get_account_id(), _RULES.get(_KEY, []))
    response: Response = responses.json_response(answer)
    return response


def _put_replication_configuration(request: Json) -> Response:
    configuration = request["replicationConfiguration"]
    _RULES[_KEY] = configuration["rules"]
    response: Response = responses.json_response({"replicationConfiguration": configuration})
    return response


def with_replicas(operation: Operation) -> Operation:
    """Let what PutImage puts and BatchDeleteImage deletes go on to the replicas."""

    def everywhere(repository: Repository, request: Json) -> Json:
        answer = operation(repository, request)
        if "image" in answer:
            digest = answer["image"]["imageId"]["imageDigest"]
            replicate_image(repository, digest, _replicas(repository))
        else:
            rows = [ImageId.from_json(row) for row in answer["imageIds"]]
            replicate_deletion(repository, rows, _replicas(repository, deletions=True))
        return answer

    return everywhere


def _replicas(repository: Repository, *, deletions: bool = False) -> Iterator[Repository]:
    """Yield the replicas; those that are missing are made for images, not for deletions."""
    rules = _RULES.get(_KEY, [])
    for place in list(places(rules, repository.name, deletions=deletions)):
        with _at(place):
            try:
                replica = find(repository.name)
            except EcrError:
                if deletions:
                    continue
                ecr._create_repository({"repositoryName": repository.name})  # noqa: SLF001
                replica = find(repository.name)
        yield replica


@contextmanager
def _at(place: Place) -> Iterator[None]:
    """Let the emulator's tables be those of another registry."""
    here = Place(responses.get_account_id(), responses.get_region())
    try:
        _go(place)
        yield
    finally:
        _go(here)


def _go(place: Place) -> None:
    responses.set_request_account_id(place.registry_id)
    responses.set_request_region(place.region)
