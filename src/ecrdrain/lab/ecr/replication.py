"""Replication: what is pushed to a registry goes to others, and so may what is deleted.

Amazon ECR User Guide, "Private image replication": a repository keeps its name and is made where
it is missing; only what is pushed once a rule exists is replicated. "Replicating image deletions":
where the rule says so, an image deleted by its digest goes with all its tags, and a tag removed is
removed. Replicas do not replicate in turn. All of that takes no time here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ecrdrain.lab.ecr.images import LARGEST_BATCH
from ecrdrain.lab.ecr.repository import Repository
from ecrdrain.lab.ecr.terms import ImageId, Json, SameCall


class Place(NamedTuple):
    """A registry in one region."""

    registry_id: str
    region: str


def described(registry_id: str, rules: Sequence[Json]) -> Json:
    """Return the answer of DescribeRegistry."""
    return {"registryId": registry_id, "replicationConfiguration": {"rules": list(rules)}}


def places(rules: Iterable[Json], name: str, *, deletions: bool = False) -> Iterator[Place]:
    """Yield where a repository's images are replicated to, or their deletions, each place once."""
    seen: set[Place] = set()
    for rule in rules:
        prefixes = [each["filter"] for each in rule.get("repositoryFilters") or ()]
        if prefixes and not name.startswith(tuple(prefixes)):
            continue
        if deletions and not (rule.get("deleteReplication") or {}).get("enabled", False):
            continue
        for destination in rule["destinations"]:
            place = Place(destination["registryId"], destination["region"])
            if place not in seen:
                seen.add(place)
                yield place


def replicate_image(source: Repository, digest: str, replicas: Iterable[Repository]) -> None:
    """Put an image of a repository into its replicas, with its tags and its layers."""
    image = source.images.find(ImageId(digest))
    if image is None:
        return
    for replica in replicas:
        replica.layers.update(source.layers)
        if all(child in replica.images for child in image.children):  # else from before the rule
            replica.manifests[digest] = source.manifests[digest]
            copy = replace(image, tags=set(image.tags), rank=replica.next_rank())
            replica.images.put(copy)


def replicate_deletion(
    source: Repository, rows: Sequence[ImageId], replicas: Iterable[Repository]
) -> None:
    """Delete from the replicas what a call has just deleted from a repository."""
    named = dict.fromkeys(
        row if row.digest in source.images else ImageId(row.digest) for row in rows
    )
    image_ids = list(named)
    for replica in replicas:
        for first in range(0, len(image_ids), LARGEST_BATCH):
            # In the order in which the source let them go: parents before children.
            batch = image_ids[first : first + LARGEST_BATCH]
            replica.images.delete(batch, SameCall.REQUEST_ORDER)
