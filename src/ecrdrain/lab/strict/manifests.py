"""The manifests of seeded images: real ones, whose digests are true."""

from typing import Any, NamedTuple

from ecrdrain.lab.ecr.manifests import Manifest, digest_of, encode, parse_manifest

OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"


class Blob(NamedTuple):
    """A config or a layer that a manifest names. Its content does not exist."""

    media_type: str
    name: str
    size: int

    def descriptor(self) -> dict[str, Any]:
        """Return the blob's descriptor; its digest is that of its name."""
        digest = digest_of(self.name.encode())
        return {"mediaType": self.media_type, "digest": digest, "size": self.size}


def image_manifest(
    config: Blob,
    layer: Blob,
    media_type: str,
    *,
    artifact_type: str | None = None,
    subject: Manifest | None = None,
) -> Manifest:
    """Return the manifest of an image or an artifact with one layer."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": config.descriptor(),
        "layers": [layer.descriptor()],
    }
    if artifact_type is not None:
        document["artifactType"] = artifact_type
    if subject is not None:
        document["subject"] = _descriptor(subject)
    return parse_manifest(document, encode(document))


def index_manifest(children: tuple[Manifest, ...], media_type: str, name: str) -> Manifest:
    """Return an index of the children; another name gives another digest."""
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [_descriptor(child) for child in children],
        "annotations": {"org.opencontainers.image.ref.name": name},
    }
    return parse_manifest(document, encode(document))


def _descriptor(manifest: Manifest) -> dict[str, Any]:
    size = len(manifest.text)  # in ASCII
    return {"mediaType": manifest.media_type, "digest": manifest.digest, "size": size}
