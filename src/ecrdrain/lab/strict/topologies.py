"""What a seeded repository holds: named topologies, pure and the same for the same seed.

A repository grows by pushes. Each push is a small group of images in the order in which a
client sends them: children before their index, a subject before its referrers.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ecrdrain.lab.ecr import ImageStatus
from ecrdrain.lab.ecr.manifests import (
    DOCKER_MANIFEST_LIST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Manifest,
)
from ecrdrain.lab.strict.manifests import (
    DOCKER_CONFIG,
    DOCKER_IMAGE,
    DOCKER_LAYER,
    OCI_EMPTY,
    Blob,
    image_manifest,
    index_manifest,
)

_IN_TOTO = "application/vnd.in-toto+json"
_PLATFORMS = ("amd64", "arm64")


class SeedImage(NamedTuple):
    """One image of a push, before it lies in a repository."""

    manifest: Manifest
    tags: tuple[str, ...] = ()
    status: ImageStatus = ImageStatus.ACTIVE


Push = list[SeedImage]


def push(topology: str, number: int, seed: int = 0) -> Push:
    """Return the images of one push; `topology` is a name in TOPOLOGIES."""
    return TOPOLOGIES[topology](_Source(seed, number))


def pushes(topology: str, images: int, seed: int = 0) -> Iterator[tuple[str, Push]]:
    """Yield pushes with their topology, numbered from 0, until there are this many images.

    Where the last push does not fit any more, single images fill up.
    """
    left, number = images, 0
    while len(made := push(topology, number, seed)) <= left:
        yield topology, made
        left -= len(made)
        number += 1
    for extra in range(number, number + left):
        yield "single", push("single", extra, seed)


class _Source:
    """Makes the parts of one push; what it makes depends on seed and push number alone."""

    def __init__(self, seed: int, number: int) -> None:
        self.number = number
        self.tag = f"build-{number:06d}"
        self._name = f"{seed}/{number}"

    def image(self, role: str) -> Manifest:
        """Return the OCI manifest of a single-platform image."""
        config = self._blob(OCI_CONFIG, role, 1_469)
        layer = self._blob(OCI_LAYER, role, 5_000_000 + self.number)
        return image_manifest(config, layer, OCI_MANIFEST)

    def docker_image(self, role: str) -> Manifest:
        """Return the Docker manifest of a single-platform image."""
        config = self._blob(DOCKER_CONFIG, role, 1_469)
        layer = self._blob(DOCKER_LAYER, role, 5_000_000 + self.number)
        return image_manifest(config, layer, DOCKER_IMAGE)

    def attestation(self, role: str) -> Manifest:
        """Return the manifest in which docker buildx stores provenance beside a platform."""
        config = self._blob(OCI_CONFIG, role, 241)
        return image_manifest(config, self._blob(_IN_TOTO, role, 9_000), OCI_MANIFEST)

    def referrer(self, subject: Manifest, artifact_type: str) -> Manifest:
        """Return an OCI 1.1 artifact, such as a signature, that points to its subject."""
        return image_manifest(
            Blob(OCI_EMPTY, "{}", 2),
            self._blob(artifact_type, "artifact", 700),
            OCI_MANIFEST,
            artifact_type=artifact_type,
            subject=subject,
        )

    def index(self, *children: Manifest, kind: str = OCI_INDEX, name: str = "index") -> Manifest:
        """Return an index; `name` tells indexes of the same children apart."""
        return index_manifest(children, kind, f"{self._name}/{name}")

    def _blob(self, media_type: str, role: str, size: int) -> Blob:
        return Blob(media_type, f"{self._name}/{role}/{media_type}", size)


def _single(source: _Source) -> Push:
    """One tagged image."""
    return [SeedImage(source.image("image"), (source.tag,))]


def _multi_tag(source: _Source) -> Push:
    """One image with three tags: three rows of a listing."""
    tags = (source.tag, f"{source.tag}-slim", f"release-{source.number}")
    return [SeedImage(source.image("image"), tags)]


def _buildx(source: _Source) -> Push:
    """A docker buildx push: a tagged index, two platforms and two attestations, untagged."""
    platforms = [source.image(name) for name in _PLATFORMS]
    attestations = [source.attestation(f"attestation-{name}") for name in _PLATFORMS]
    return [
        *map(SeedImage, platforms + attestations),
        SeedImage(source.index(*platforms, *attestations), (source.tag,)),
    ]


def _untagged_indexes(source: _Source) -> Push:
    """What a moved tag leaves behind: an untagged Docker manifest list and two platforms."""
    platforms = [source.docker_image(name) for name in _PLATFORMS]
    return [
        *map(SeedImage, platforms),
        SeedImage(source.index(*platforms, kind=DOCKER_MANIFEST_LIST)),
    ]


def _nested(source: _Source) -> Push:
    """A tagged index of two indexes of two platforms each: seven images, three levels."""
    platforms = [source.image(f"{half}-{name}") for half in "ab" for name in _PLATFORMS]
    halves = [source.index(*platforms[:2]), source.index(*platforms[2:])]
    outer = source.index(*halves)
    return [*map(SeedImage, platforms + halves), SeedImage(outer, (source.tag,))]


def _shared_children(source: _Source) -> Push:
    """Three indexes of the same two platforms, one of them tagged: a child has three parents."""
    platforms = [source.image(name) for name in _PLATFORMS]
    indexes = [source.index(*platforms, name=name) for name in ("first", "second", "third")]
    return [*map(SeedImage, platforms + indexes[:2]), SeedImage(indexes[2], (source.tag,))]


def _archived(source: _Source) -> Push:
    """An active, an archived and an activating image, and an archived index of two platforms."""
    platforms = [source.image(name) for name in _PLATFORMS]
    return [
        SeedImage(source.image("active"), (f"{source.tag}-active",)),
        SeedImage(source.image("archived"), (f"{source.tag}-old",), ImageStatus.ARCHIVED),
        SeedImage(source.image("activating"), (f"{source.tag}-back",), ImageStatus.ACTIVATING),
        *(SeedImage(platform, (), ImageStatus.ARCHIVED) for platform in platforms),
        SeedImage(source.index(*platforms), (), ImageStatus.ARCHIVED),
    ]


def _referrers(source: _Source) -> Push:
    """A tagged image with a signature and an SBOM that name it as their subject, untagged."""
    image = source.image("image")
    return [
        SeedImage(image, (source.tag,)),
        SeedImage(source.referrer(image, "application/vnd.cncf.notary.signature")),
        SeedImage(source.referrer(image, "application/spdx+json")),
    ]


def _mixed(source: _Source) -> Push:
    """Each other topology in turn."""
    builders = [builder for builder in TOPOLOGIES.values() if builder is not _mixed]
    return builders[source.number % len(builders)](source)


TOPOLOGIES: dict[str, Callable[[_Source], Push]] = {
    "single": _single,
    "multi-tag": _multi_tag,
    "buildx": _buildx,
    "untagged-indexes": _untagged_indexes,
    "nested": _nested,
    "shared-children": _shared_children,
    "archived": _archived,
    "referrers": _referrers,
    "mixed": _mixed,
}
