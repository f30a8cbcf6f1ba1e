"""The manifests of seeded images: real ones, whose digests are true."""

import hashlib
import json
from typing import NamedTuple

OCI_EMPTY = "application/vnd.oci.empty.v1+json"
DOCKER_IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"

_ENCODER = json.JSONEncoder(separators=(",", ":"))


class SeedManifest(NamedTuple):
    """A manifest's text and what ECR reads out of it, known without reading it.

    `children` are the digests that an index lists; `subject` is the digest that a referrer
    points to. `size` is that of config and layers, in bytes; 0 for an index.
    """

    text: str
    digest: str
    media_type: str
    artifact_type: str | None
    children: tuple[str, ...]
    subject: str | None
    size: int

    def descriptor(self) -> dict[str, object]:
        """Return the descriptor by which an index or a referrer points to the manifest."""
        size = len(self.text)  # in ASCII
        return {"mediaType": self.media_type, "digest": self.digest, "size": size}


class Blob(NamedTuple):
    """A config or a layer that a manifest names. Its content does not exist."""

    media_type: str
    name: str
    size: int

    def descriptor(self) -> dict[str, object]:
        """Return the blob's descriptor; its digest is that of its name."""
        digest = f"sha256:{hashlib.sha256(self.name.encode()).hexdigest()}"
        return {"mediaType": self.media_type, "digest": digest, "size": self.size}


def image_manifest(
    config: Blob,
    layer: Blob,
    media_type: str,
    *,
    artifact_type: str | None = None,
    subject: SeedManifest | None = None,
) -> SeedManifest:
    """Return the manifest of an image or an artifact with one layer."""
    content = {
        "schemaVersion": 2,
        "mediaType": media_type,
        **({"artifactType": artifact_type} if artifact_type else {}),
        "config": config.descriptor(),
        "layers": [layer.descriptor()],
        **({"subject": subject.descriptor()} if subject else {}),
    }
    return _made(
        content,
        artifact_type=artifact_type or config.media_type,
        subject=subject.digest if subject else None,
        size=config.size + layer.size,
    )


def index_manifest(children: tuple[SeedManifest, ...], media_type: str, name: str) -> SeedManifest:
    """Return an index of the children; another name gives another digest."""
    content = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "manifests": [child.descriptor() for child in children],
        "annotations": {"org.opencontainers.image.ref.name": name},
    }
    return _made(content, children=tuple([child.digest for child in children]))


def _made(
    content: dict[str, object],
    *,
    artifact_type: str | None = None,
    children: tuple[str, ...] = (),
    subject: str | None = None,
    size: int = 0,
) -> SeedManifest:
    text = _ENCODER.encode(content)
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    media_type = str(content["mediaType"])
    return SeedManifest(text, digest, media_type, artifact_type, children, subject, size)
