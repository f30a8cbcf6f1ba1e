"""The parts of an image manifest that a registry reads."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX_TYPES = frozenset({OCI_INDEX, DOCKER_MANIFEST_LIST})


class ManifestError(ValueError):
    """The bytes are not an image manifest or an index."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest refers to: an index has children, an image has blobs (layers, config)."""

    children: tuple[str, ...] = ()
    blobs: tuple[str, ...] = ()
    size: int = 0
    """Bytes of the blobs together; 0 for an index."""
    artifact_type: str | None = None
    """The config's media type, unless the manifest names an artifact type itself."""
    media_type: str | None = None
    """What the manifest says of itself; OCI allows it to say nothing."""
    subject: str | None = None
    """The digest that a referrer, such as a signature, points to (OCI image specification 1.1)."""


def digest_of(content: bytes) -> str:
    """Return the digest of a manifest or a layer."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_manifest(text: str | bytes) -> Manifest:
    """Read a manifest or an index, Docker's or OCI's; raise ManifestError for anything else."""
    try:
        document = json.loads(text)
        if "manifests" in document:
            return Manifest(
                children=tuple(entry["digest"] for entry in document["manifests"]),
                artifact_type=document.get("artifactType"),
                media_type=document.get("mediaType"),
                subject=_subject(document),
            )
        return _read_image(document)
    except (ValueError, TypeError, KeyError) as error:
        raise ManifestError(f"not an image manifest: {error!r}") from error


def _read_image(document: Any) -> Manifest:  # noqa: ANN401 - parsed JSON, of any shape
    described = [document["config"], *document["layers"]]
    return Manifest(
        blobs=tuple(entry["digest"] for entry in described),
        size=sum(entry["size"] for entry in described),
        artifact_type=document.get("artifactType") or document["config"].get("mediaType"),
        media_type=document.get("mediaType"),
        subject=_subject(document),
    )


def _subject(document: Any) -> str | None:  # noqa: ANN401 - parsed JSON, of any shape
    return document["subject"]["digest"] if document.get("subject") else None
