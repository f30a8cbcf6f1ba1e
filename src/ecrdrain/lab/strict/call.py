"""One call of an operation, as its handler sees it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ecrdrain.lab.ecr_rules import ImageId
from ecrdrain.lab.strict.behaviour import Behaviour
from ecrdrain.lab.strict.errors import AwsError
from ecrdrain.lab.strict.faults import Refusals
from ecrdrain.lab.strict.registry import HeldRepository, Registry

Json = dict[str, Any]


@dataclass(slots=True)
class Call:
    """A request that the model finds valid, and all that may answer it."""

    service: str
    request: Json
    registry: Registry
    behaviour: Behaviour
    refusals: Refusals

    def repository(self, name: str | None = None) -> HeldRepository:
        """Return the repository named here or in the request.

        Raises AwsError with RepositoryNotFoundException.
        """
        return self.registry.find(
            self.service, name or self.request["repositoryName"], self.request.get("registryId")
        )

    def forbid(self, given: str, *others: str) -> None:
        """Raise InvalidParameterException for members that cannot stand beside the given one."""
        for other in others:
            if self.request.get(other) is not None:
                raise invalid(other, f"This option cannot be used with {given}")


def read_id(image_id: Json) -> ImageId:
    """Return the id as the rules have it; an empty string is a value, null is none."""
    return ImageId(image_id.get("imageDigest"), image_id.get("imageTag"))


def write_id(image_id: ImageId) -> Json:
    """Return the id as answers have it."""
    digest, tag = image_id
    if tag is None:
        return {} if digest is None else {"imageDigest": digest}
    return {"imageTag": tag} if digest is None else {"imageDigest": digest, "imageTag": tag}


def page_by_name(
    request: Json, names: Sequence[str], default: int
) -> tuple[list[str], str | None]:
    """Return the page of sorted names that the request asks for, and the next page's token.

    The token is the last name of the page before.
    """
    first = bisect_right(names, request.get("nextToken") or "")
    last = first + (request.get("maxResults") or default)
    return list(names[first:last]), names[last - 1] if last < len(names) else None


def invalid(member: str, constraint: str) -> AwsError:
    """Return the error for a value that the operation itself refuses."""
    return AwsError(
        "InvalidParameterException",
        f"Invalid parameter at '{member}' failed to satisfy constraint: '{constraint}'",
    )
