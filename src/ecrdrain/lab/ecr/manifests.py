"""The parts of an image manifest that a registry reads."""

import hashlib
import json
from typing import Any, NamedTuple

from ecrdrain.lab.ecr.terms import Image, ImageStatus, invalid

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
DOCKER_MANIFEST_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX_TYPES = frozenset({OCI_INDEX, DOCKER_MANIFEST_LIST})

encode = json.JSONEncoder(separators=(",", ":")).encode
"""Return the text of a manifest or a config, in ASCII."""


class Manifest(NamedTuple):
    """A manifest, and what ECR reads of it."""

    text: str
    digest: str
    media_type: str | None
    """What the manifest says of itself; OCI allows it to say nothing."""
    artifact_type: str | None
    """The config's media type, unless the manifest names an artifact type itself."""
    children: tuple[str, ...]
    """The digests that an index lists."""
    blobs: tuple[str, ...]
    """The digests of an image's config and layers."""
    size: int
    """Bytes of the blobs together; 0 for an index."""
    subject: str | None
    """The digest that a referrer, such as a signature, points to (OCI image specification 1.1)."""

    def image(
        self,
        *,
        pushed_at: float,
        rank: int,
        tags: tuple[str, ...] = (),
        status: ImageStatus = ImageStatus.ACTIVE,
    ) -> Image:
        """Return the image that the manifest describes, as a repository holds it."""
        return Image(
            self.digest,
            self.children,
            set(tags),
            status,
            self.media_type or OCI_MANIFEST,
            self.artifact_type,
            self.size,
            pushed_at,
            self.subject,
            rank,
        )


def digest_of(content: bytes) -> str:
    """Return the digest of a manifest or a layer."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_manifest(text: str) -> Manifest:
    """Read a manifest or an index, Docker's or OCI's.

    Raises InvalidParameterException for anything else.
    """
    try:
        return parse_manifest(json.loads(text), text)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise invalid("imageManifest", f"not an image manifest: {error!r}") from error


def parse_manifest(document: dict[str, Any], text: str) -> Manifest:
    """Return the manifest with this text, whose JSON is the document."""
    if "manifests" in document:
        entries, content, config_type = document["manifests"], [], None
    else:
        config = document["config"]
        entries, content, config_type = [], [config, *document["layers"]], config.get("mediaType")
    subject = document.get("subject")
    return Manifest(
        text,
        digest_of(text.encode()),
        document.get("mediaType"),
        document.get("artifactType") or config_type,
        children=tuple([entry["digest"] for entry in entries]),
        blobs=tuple([entry["digest"] for entry in content]),
        size=sum([entry["size"] for entry in content]),
        subject=subject["digest"] if subject else None,
    )
