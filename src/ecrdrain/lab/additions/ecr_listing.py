"""ListImages and DescribeImages: pages, filters, a row for each tag.

API_ListImages, API_ListImagesFilter, API_DescribeImages, API_DescribeImagesFilter,
API_ImageDetail (Amazon ECR API Reference). The emulator answers everything in one page, a row
for each image with the tag that it got last, and knows no image status.
"""

from typing import Any

from ministack.services import ecr

from ecrdrain.lab.additions import ecr_state
from ecrdrain.lab.additions.replacing import replace
from ecrdrain.lab.ecr_rules import (
    DEFAULT_PAGE,
    Image,
    ImageNotFoundError,
    ImageStatus,
    InvalidParameterError,
    Repository,
)


def install() -> None:
    """Put the rules in place."""
    replace(ecr, "_list_images", ecr_state.action(_list_images))
    replace(ecr, "_describe_images", ecr_state.action(_describe_images))


def _list_images(name: str, request: ecr_state.Request) -> ecr_state.Request:
    rows, token = ecr_state.load(name).rows(**_listing(request))
    return {"imageIds": [ecr_state.write_id(row) for row in rows], **_next(token)}


def _describe_images(name: str, request: ecr_state.Request) -> ecr_state.Request:
    repository = ecr_state.load(name)
    token: str | None = None
    if "imageIds" in request:
        if "nextToken" in request or "maxResults" in request:
            raise InvalidParameterError("imageIds goes with neither nextToken nor maxResults")
        images = [_named(repository, image_id) for image_id in request["imageIds"]]
    else:
        images, token = repository.images(**_listing(request))
    details = [_detail(name, repository, image) for image in images]
    return {"imageDetails": details, **_next(token)}


def _listing(request: ecr_state.Request) -> dict[str, Any]:
    wanted = request.get("filter", {})
    return {
        "tag_status": wanted.get("tagStatus", "ANY"),
        "image_status": wanted.get("imageStatus", ImageStatus.ACTIVE),
        "token": request.get("nextToken"),
        "limit": request.get("maxResults", DEFAULT_PAGE),
    }


def _next(token: str | None) -> ecr_state.Request:
    return {} if token is None else {"nextToken": token}


def _named(repository: Repository, image_id: ecr_state.Request) -> Image:
    image = repository.find(ecr_state.read_id(image_id))
    if image is None:
        raise ImageNotFoundError(f"The image with imageId {image_id} does not exist")
    return image


def _detail(name: str, repository: Repository, image: Image) -> ecr_state.Request:
    detail = {
        "registryId": ecr_state.REPOSITORIES[name]["registryId"],
        "repositoryName": name,
        "imageDigest": image.digest,
        "imageTags": sorted(image.tags),
        "imageSizeInBytes": repository.size_of(image),
        "imagePushedAt": image.pushed_at,
        "imageManifestMediaType": image.media_type,
        "artifactMediaType": image.artifact_type,
        "subjectManifestDigest": image.subject,
        "imageStatus": image.status,
    }
    return {key: value for key, value in detail.items() if value not in (None, [])}
