"""Small, valid container images, built from bytes and pushed with ECR's own API.

Nothing here knows the lab: `push` works the same against Amazon ECR. No Docker is needed.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecrdrain.lab.ecr.manifests import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    digest_of,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from types_boto3_ecr import ECRClient

_IN_TOTO = "application/vnd.in-toto+json"
_PLATFORMS = (("linux", "amd64"), ("linux", "arm64"))
_LARGEST_CHECK = 100  # API_BatchCheckLayerAvailability: layerDigests
_PUSHERS = 8  # below botocore's ten connections a client


@dataclass(frozen=True, slots=True)
class BuiltImage:
    """An image or an index with all that it refers to, ready to be pushed."""

    media_type: str
    manifest: bytes
    blobs: tuple[bytes, ...] = ()
    children: tuple[BuiltImage, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the manifest, which is the image's identity."""
        return digest_of(self.manifest)

    def walk(self) -> Iterator[BuiltImage]:
        """Yield all images below this one, then itself: the order in which they are pushed."""
        for child in self.children:
            yield from child.walk()
        yield self


def single_platform_image(seed: str, architecture: str = "amd64") -> BuiltImage:
    """Build an image with one layer; another seed gives another digest."""
    contents = f"{seed} {architecture}\n".encode()
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        entry = tarfile.TarInfo("seed")
        entry.size = len(contents)
        archive.addfile(entry, io.BytesIO(contents))
    layer = gzip.compress(tar.getvalue(), mtime=0)
    return _image(OCI_LAYER, layer, ("linux", architecture), digest_of(tar.getvalue()))


def multi_platform_image(seed: str) -> BuiltImage:
    """Build what `docker buildx build --platform linux/amd64,linux/arm64 --push` pushes.

    An index over two platform images and an attestation for each of them, in the layout of
    BuildKit's documentation (docs/attestations/attestation-storage.md).
    """
    images = [single_platform_image(seed, architecture) for _, architecture in _PLATFORMS]
    attestations = [_attestation(image) for image in images]
    return _index(
        [
            *(
                (image, {"platform": {"architecture": architecture, "os": system}})
                for image, (system, architecture) in zip(images, _PLATFORMS, strict=True)
            ),
            *(
                (
                    attestation,
                    {
                        "annotations": {
                            "vnd.docker.reference.digest": image.digest,
                            "vnd.docker.reference.type": "attestation-manifest",
                        },
                        "platform": {"architecture": "unknown", "os": "unknown"},
                    },
                )
                for image, attestation in zip(images, attestations, strict=True)
            ),
        ]
    )


def nested_index(seed: str, depth: int = 2) -> BuiltImage:
    """Build an index of indexes: `depth` indexes above one another, the lowest multi-platform."""
    image = multi_platform_image(seed)
    for level in range(1, depth):
        beside = single_platform_image(f"{seed} beside level {level}")
        image = _index([(image, {}), (beside, {})])
    return image


def push(ecr: ECRClient, repository: str, image: BuiltImage, tags: Iterable[str] = ()) -> str:
    """Push the image as buildx does and return its digest.

    Layers first, then the manifests from the bottom up, those of children without a tag. What
    the repository holds already is left as it is.
    """
    parts = list({part.digest: part for part in image.walk()}.values())
    upload_blobs(ecr, repository, (blob for part in parts for blob in part.blobs))
    for part in parts[:-1]:
        _put(ecr, repository, part, None)
    names: list[str | None] = [*tags] or [None]
    for name in names:
        _put(ecr, repository, image, name)
    return image.digest


def push_many(
    ecr: ECRClient, repository: str, count: int, *, seed: str = "many", tagged: bool = True
) -> list[str]:
    """Push `count` distinct single-platform images that share their layer; return the digests.

    Tags are `SEED-1` to `SEED-COUNT`, or none at all.
    """
    base = single_platform_image(seed)
    upload_blobs(ecr, repository, base.blobs)

    def push_one(number: int) -> str:
        document = json.loads(base.manifest)
        document["annotations"] = {"org.opencontainers.image.version": str(number)}
        image = BuiltImage(base.media_type, _encode(document), base.blobs)
        _put(ecr, repository, image, f"{seed}-{number}" if tagged else None)
        return image.digest

    with ThreadPoolExecutor(_PUSHERS) as pool:
        return list(pool.map(push_one, range(1, count + 1)))


def upload_blobs(ecr: ECRClient, repository: str, blobs: Iterable[bytes]) -> None:
    """Upload those layers and configs that the repository does not hold yet."""
    wanted = {digest_of(blob): blob for blob in blobs}
    digests = list(wanted)
    for start in range(0, len(digests), _LARGEST_CHECK):
        answer = ecr.batch_check_layer_availability(
            repositoryName=repository, layerDigests=digests[start : start + _LARGEST_CHECK]
        )
        for layer in answer["layers"]:
            if layer["layerAvailability"] != "AVAILABLE":
                _upload(ecr, repository, layer["layerDigest"], wanted[layer["layerDigest"]])


def write_oci_layout(image: BuiltImage, directory: Path, tag: str) -> None:
    """Write the image as an OCI image layout, which skopeo and others read."""
    blobs = directory / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    for part in image.walk():
        for blob in (part.manifest, *part.blobs):
            (blobs / digest_of(blob).removeprefix("sha256:")).write_bytes(blob)
    entry = _describe(image.media_type, image.manifest)
    entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
    (directory / "index.json").write_bytes(_encode({"schemaVersion": 2, "manifests": [entry]}))
    (directory / "oci-layout").write_bytes(_encode({"imageLayoutVersion": "1.0.0"}))


def _attestation(image: BuiltImage) -> BuiltImage:
    statement = _encode(
        {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://slsa.dev/provenance/v0.2",
            "subject": [{"digest": {"sha256": image.digest.removeprefix("sha256:")}}],
            "predicate": {},
        }
    )
    return _image(
        _IN_TOTO,
        statement,
        ("unknown", "unknown"),
        digest_of(statement),
        annotations={"in-toto.io/predicate-type": "https://slsa.dev/provenance/v0.2"},
    )


def _image(
    layer_type: str,
    layer: bytes,
    platform: tuple[str, str],
    diff_id: str,
    annotations: dict[str, str] | None = None,
) -> BuiltImage:
    """Build an image of one layer; `diff_id` is the digest of the layer uncompressed."""
    system, architecture = platform
    config = _encode(
        {
            "architecture": architecture,
            "os": system,
            "config": {},
            "rootfs": {"type": "layers", "diff_ids": [diff_id]},
        }
    )
    layer_entry = _describe(layer_type, layer)
    if annotations:
        layer_entry["annotations"] = annotations
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _describe(OCI_CONFIG, config),
        "layers": [layer_entry],
    }
    return BuiltImage(OCI_MANIFEST, _encode(manifest), (config, layer))


def _index(entries: Sequence[tuple[BuiltImage, dict[str, Any]]]) -> BuiltImage:
    """Build an index over images, each with what its entry says besides the descriptor."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_INDEX,
        "manifests": [
            {**_describe(image.media_type, image.manifest), **more} for image, more in entries
        ],
    }
    return BuiltImage(OCI_INDEX, _encode(manifest), children=tuple(image for image, _ in entries))


def _put(ecr: ECRClient, repository: str, image: BuiltImage, tag: str | None) -> None:
    try:
        ecr.put_image(
            repositoryName=repository,
            imageManifest=image.manifest.decode(),
            imageManifestMediaType=image.media_type,
            **({} if tag is None else {"imageTag": tag}),
        )
    except ecr.exceptions.ImageAlreadyExistsException:
        return  # the very same manifest with the very same tag


def _upload(ecr: ECRClient, repository: str, digest: str, blob: bytes) -> None:
    upload = ecr.initiate_layer_upload(repositoryName=repository)
    part_size = upload["partSize"]
    for first in range(0, len(blob), part_size):
        part = blob[first : first + part_size]
        ecr.upload_layer_part(
            repositoryName=repository,
            uploadId=upload["uploadId"],
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    try:
        ecr.complete_layer_upload(
            repositoryName=repository, uploadId=upload["uploadId"], layerDigests=[digest]
        )
    except ecr.exceptions.LayerAlreadyExistsException:
        return  # somebody else has uploaded it meanwhile


def _describe(media_type: str, content: bytes) -> dict[str, Any]:
    """Return the descriptor with which a manifest refers to content."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def _encode(document: dict[str, Any]) -> bytes:
    return encode(document).encode()
