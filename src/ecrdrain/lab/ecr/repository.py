"""One repository: its images, and what else ECR keeps of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ecrdrain.lab.ecr.images import ImageStore
from ecrdrain.lab.ecr.terms import EcrError, ImageId, Json

PRIVATE = "ecr"
PUBLIC = "ecr-public"


def repository_not_found(name: str, registry_id: str) -> EcrError:
    """Return the error for a repository that the registry does not hold."""
    return EcrError(
        "RepositoryNotFoundException",
        f"The repository with name '{name}' does not exist in the registry "
        f"with id '{registry_id}'",
    )


@dataclass(slots=True, kw_only=True)
class Repository:
    """What the operations work on.

    `service` is the registry's name in botocore. `settings` are those of CreateRepository, by
    its names. `manifests` and `layers` are by digest, `uploads` by upload id. `next_rank` is
    called for each image that is put.
    """

    name: str
    registry_id: str
    service: str = PRIVATE
    settings: Mapping[str, Any] = field(default_factory=dict)
    images: ImageStore = field(default_factory=ImageStore)
    manifests: dict[str, str] = field(default_factory=dict)
    layers: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, bytearray] = field(default_factory=dict)
    next_rank: Callable[[], int] = int

    @property
    def address(self) -> Json:
        """The members by which answers name the repository."""
        return {"registryId": self.registry_id, "repositoryName": self.name}

    @property
    def tag_mutability(self) -> str:
        """MUTABLE or one of ECR's other settings; only IMMUTABLE changes what PutImage does."""
        return str(self.settings.get("imageTagMutability", "MUTABLE"))

    def check_layers(self, digests: tuple[str, ...]) -> None:
        """Raise LayersNotFoundException unless all layers of an image are here."""
        missing = [digest for digest in digests if digest not in self.layers]
        if missing:
            raise EcrError("LayersNotFoundException", f"Layers not found: {', '.join(missing)}")

    def check_tag(self, image_id: ImageId) -> None:
        """Raise ImageTagAlreadyExistsException for a tag that may not move to this image."""
        if self.tag_mutability != "IMMUTABLE" or image_id.tag is None:
            return
        tagged = self.images.find(ImageId(tag=image_id.tag))
        if tagged is not None and tagged.digest != image_id.digest:
            raise EcrError(
                "ImageTagAlreadyExistsException",
                f"The image tag '{image_id.tag}' already exists in the '{self.name}' repository "
                "and cannot be overwritten because the repository is immutable",
            )

    def check_empty(self) -> None:
        """Raise RepositoryNotEmptyException while images are here, archived ones included.

        In AWS's words, as quoted in brentley/appmeshworkshop #31 and
        aws-cloudformation/cloudformation-coverage-roadmap #2046.
        """
        if len(self.images):
            raise EcrError(
                "RepositoryNotEmptyException",
                f"The repository with name '{self.name}' in registry with id "
                f"'{self.registry_id}' cannot be deleted because it still contains images",
            )
