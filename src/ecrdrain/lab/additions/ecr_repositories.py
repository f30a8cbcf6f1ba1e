"""Repositories: they are deleted when they are empty, and hold ECR's images.

API_DeleteRepository (Amazon ECR API Reference). The emulator words a refused deletion in its
own way, which CloudFormation passes on to the user, and keeps the layers of what it deletes.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.ecr.operations import Operation
from ecrdrain.lab.ecr.repository import Repository, repository_not_found
from ecrdrain.lab.ecr.terms import EcrError, Json

Response = tuple[int, dict[str, str], bytes]
Function = Callable[..., Any]  # one of the emulator's own

# The emulator's tables have no public names. Each is keyed by the repository's name.
_RECORDS = ecr._repositories  # noqa: SLF001
_IMAGES = ecr._images  # noqa: SLF001 - all that reads it is replaced: it holds our repositories
_LAYERS = ecr._layer_blobs  # noqa: SLF001
_UPLOADS = ecr._uploads  # noqa: SLF001


def install() -> None:
    """Put the rules in place."""
    wrap(ecr, "_delete_repository", lambda plain: partial(respond, partial(_delete, plain)))


def find(name: str, registry_id: str | None = None) -> Repository:
    """Return the repository; raise EcrError with RepositoryNotFoundException."""
    record = _RECORDS.get(name)
    if record is None or registry_id not in (None, record["registryId"]):
        raise repository_not_found(name, registry_id or ecr.get_account_id())
    repository = _IMAGES.get(name)
    if not isinstance(repository, Repository):  # the emulator's own list, still empty
        repository = _IMAGES[name] = Repository(
            name=name,
            registry_id=record["registryId"],
            settings=record,
            layers=_LAYERS.setdefault(name, {}),
            uploads=_UPLOADS.setdefault(name, {}),
        )
    return repository


def respond(operation: Operation, request: Json) -> Response:
    """Answer a call in ECR's JSON protocol."""
    try:
        repository = find(request.get("repositoryName", ""), request.get("registryId"))
        response: Response = json_response(operation(repository, request))
    except EcrError as error:
        response = error_response_json(error.code, error.message)
    return response


def _delete(plain: Function, repository: Repository, request: Json) -> Json:
    if not request.get("force"):
        repository.check_empty()
    _, _, body = plain({**request, "force": True})
    for table in (_LAYERS, _UPLOADS):
        table.pop(repository.name, None)
    answer: Json = json.loads(body)
    return answer
