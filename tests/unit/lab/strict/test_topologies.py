"""What a seeded repository holds."""

import hashlib
from collections import Counter

import pytest

from ecrdrain.lab.ecr import ImageStatus
from ecrdrain.lab.ecr.manifests import INDEX_TYPES, read_manifest
from ecrdrain.lab.strict.topologies import TOPOLOGIES, SeedImage, push, pushes

every_topology = pytest.mark.parametrize("topology", TOPOLOGIES)


def _images(topology: str, images: int, seed: int = 0) -> list[SeedImage]:
    return [image for _, pushed in pushes(topology, images, seed) for image in pushed]


@every_topology
def test_there_are_exactly_as_many_images_as_asked_for(topology: str) -> None:
    """Whatever a push holds, the number of distinct digests is the number asked for."""
    for images in (0, 1, 2, 7, 100, 101):
        digests = {image.manifest.digest for image in _images(topology, images)}
        assert len(digests) == images


@every_topology
def test_the_same_seed_gives_the_same_images(topology: str) -> None:
    """A topology is a pure function of its seed; another seed shares no digest with it."""
    first = _images(topology, 50, seed=1)

    assert _images(topology, 50, seed=1) == first
    digests = {image.manifest.digest for image in first}
    assert digests.isdisjoint(image.manifest.digest for image in _images(topology, 50, seed=2))


@every_topology
def test_no_tag_is_used_twice(topology: str) -> None:
    """Every tag of a seeded repository belongs to one image."""
    tags = Counter(tag for image in _images(topology, 200) for tag in image.tags)

    assert set(tags.values()) == {1}


@every_topology
def test_digests_and_facts_are_those_of_real_manifests(topology: str) -> None:
    """A manifest hashes to its digest, and reading it tells what the topology says of it."""
    for manifest, _, _ in _images(topology, 60):
        assert manifest.digest == f"sha256:{hashlib.sha256(manifest.text.encode()).hexdigest()}"
        read = read_manifest(manifest.text)
        assert (read.media_type, read.artifact_type) == (
            manifest.media_type,
            manifest.artifact_type,
        )
        assert (read.children, read.subject, read.size) == (
            manifest.children,
            manifest.subject,
            manifest.size,
        )
        assert bool(manifest.children) == (manifest.media_type in INDEX_TYPES)


@every_topology
def test_what_an_image_refers_to_was_pushed_before(topology: str) -> None:
    """Children come before their index and subjects before their referrers, as in real pushes."""
    seen: set[str] = set()
    for image in _images(topology, 200):
        manifest = image.manifest
        assert seen.issuperset(manifest.children)
        assert manifest.subject is None or manifest.subject in seen
        seen.add(manifest.digest)


@pytest.mark.parametrize(
    ("topology", "images", "indexes", "children", "tagged"),
    [
        ("single", 1, 0, 0, 1),
        ("multi-tag", 1, 0, 0, 1),
        ("buildx", 5, 1, 4, 1),
        ("untagged-indexes", 3, 1, 2, 0),
        ("nested", 7, 3, 6, 1),
        ("shared-children", 5, 3, 2, 1),
        ("archived", 6, 1, 2, 3),
        ("referrers", 3, 0, 0, 1),
    ],
)
def test_each_push_has_its_shape(
    topology: str, images: int, indexes: int, children: int, tagged: int
) -> None:
    """A push of each topology holds so many images, indexes, distinct children and tagged ones."""
    pushed = push(topology, 0)

    assert len(pushed) == images
    assert sum(bool(image.manifest.children) for image in pushed) == indexes
    assert len({child for image in pushed for child in image.manifest.children}) == children
    assert sum(bool(image.tags) for image in pushed) == tagged


def test_the_archived_topology_has_every_status() -> None:
    """Active, archived and activating images are there, and archived ones inside an index."""
    pushed = push("archived", 0)

    assert {image.status for image in pushed} == set(ImageStatus)
    index = next(image for image in pushed if image.manifest.children)
    assert index.status is ImageStatus.ARCHIVED


def test_mixed_holds_every_other_topology() -> None:
    """One round of the mixed topology is one push of each other topology."""
    others = [name for name in TOPOLOGIES if name != "mixed"]

    for number, name in enumerate(others):
        assert push("mixed", number) == push(name, number)
