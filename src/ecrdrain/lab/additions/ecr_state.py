"""The emulator's own ECR records, read as a `Repository` of the rules and written back."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import ecr

from ecrdrain.lab.ecr_rules import EcrError, Image, ImageId, ImageStatus, Repository
from ecrdrain.lab.manifests import read_manifest

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]
Function = Callable[..., Any]  # one of the emulator's own

# The emulator's tables have no public names. Each is keyed by the repository's name; the last
# three then by digest or by upload id.
REPOSITORIES = ecr._repositories  # noqa: SLF001
IMAGES = ecr._images  # noqa: SLF001
LAYERS = ecr._layer_blobs  # noqa: SLF001
MANIFESTS = ecr._manifest_blobs  # noqa: SLF001
UPLOADS = ecr._uploads  # noqa: SLF001

_STATUS = "imageStatus"


def action(rule: Callable[[str, Request], Request]) -> Callable[[Request], Response]:
    """Make an action of ECR's JSON protocol out of a rule over (repository name, request)."""

    def handle(request: Request) -> Response:
        name = request.get("repositoryName", "")
        if name not in REPOSITORIES:
            return _refuse(
                "RepositoryNotFoundException", f"The repository with name '{name}' does not exist"
            )
        try:
            response: Response = json_response(rule(name, request))
        except EcrError as error:
            response = _refuse(error.code, str(error))
        return response

    return handle


def load(name: str) -> Repository:
    """Read what the emulator holds in a repository."""
    repository = Repository()
    for record in IMAGES.get(name, []):
        repository.put(_image(record))
    return repository


def store(name: str, repository: Repository) -> None:
    """Write tags, statuses and disappearances back; what is gone can no longer be pulled."""
    held = {image.digest: image for image in repository}
    records = []
    for record in IMAGES.get(name, []):
        image = held.get(record["imageDigest"])
        if image is None:
            MANIFESTS.get(name, {}).pop(record["imageDigest"], None)
            continue
        record["imageTags"] = [tag for tag in record["imageTags"] if tag in image.tags]
        record[_STATUS] = image.status
        records.append(record)
    IMAGES[name] = records
    _refresh_ids(name)


def pushed(name: str, digest: str) -> None:
    """Finish a push: the image is active again, and a tag that moved is gone elsewhere."""
    for record in IMAGES.get(name, []):
        if record["imageDigest"] == digest:
            record[_STATUS] = ImageStatus.ACTIVE
    _refresh_ids(name)


def status(record: Request) -> ImageStatus:
    """Return the status that the additions keep in an image's record."""
    return ImageStatus(record.get(_STATUS, ImageStatus.ACTIVE))


def registry_error(code: str, message: str) -> Response:
    """Answer a client of the registry protocol with an error of the OCI specification."""
    number = HTTPStatus.METHOD_NOT_ALLOWED if code == "UNSUPPORTED" else HTTPStatus.BAD_REQUEST
    response: Response = ecr._registry_error(number, code, message)  # noqa: SLF001
    return response


def _refresh_ids(name: str) -> None:
    """Let each record's id name a tag that it has: the emulator leaves moved tags behind."""
    for record in IMAGES.get(name, []):
        record["imageId"] = {"imageDigest": record["imageDigest"]}
        if record["imageTags"]:
            record["imageId"]["imageTag"] = record["imageTags"][-1]


def read_id(image_id: Request) -> ImageId:
    """Read an ImageIdentifier of a request."""
    return ImageId(image_id.get("imageDigest"), image_id.get("imageTag"))


def write_id(image_id: ImageId) -> Request:
    """Write an ImageIdentifier of a response."""
    members = {"imageDigest": image_id.digest, "imageTag": image_id.tag}
    return {name: value for name, value in members.items() if value is not None}


def _refuse(code: str, message: str) -> Response:
    response: Response = error_response_json(code, message)
    return response


def _image(record: Request) -> Image:
    manifest = read_manifest(record["imageManifest"])  # checked when it was pushed
    return Image(
        digest=record["imageDigest"],
        children=manifest.children,
        tags=set(record["imageTags"]),
        status=status(record),
        media_type=record["imageManifestMediaType"],
        artifact_type=manifest.artifact_type,
        size=manifest.size,
        pushed_at=record["imagePushedAt"],
        subject=manifest.subject,
    )
