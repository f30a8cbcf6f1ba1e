"""The images that the lab builds are what registries and clients expect."""

import gzip
import hashlib
import io
import json
import tarfile

from ecrdrain.lab import multi_platform_image, nested_index, single_platform_image
from ecrdrain.lab.ecr.manifests import INDEX_TYPES, read_manifest


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def test_seeds_decide_over_digests() -> None:
    """The same seed gives the same image, another seed another one."""
    assert single_platform_image("a") == single_platform_image("a")
    assert single_platform_image("a").digest != single_platform_image("b").digest
    assert single_platform_image("a").digest != single_platform_image("a", "arm64").digest


def test_an_image_describes_its_blobs() -> None:
    """Manifest, config and layer agree on digests, sizes and the uncompressed layer."""
    image = single_platform_image("seed")
    config, layer = image.blobs
    manifest = json.loads(image.manifest)

    assert read_manifest(image.manifest.decode()).blobs == (_digest(config), _digest(layer))
    assert [manifest["config"]["size"], manifest["layers"][0]["size"]] == [
        len(config),
        len(layer),
    ]
    archive = gzip.decompress(layer)
    assert json.loads(config)["rootfs"]["diff_ids"] == [_digest(archive)]
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        assert files.getnames() == ["seed"]


def test_a_multi_platform_image_is_what_buildx_pushes() -> None:
    """Two platforms, and for each an attestation that names it (attestation-storage.md)."""
    index = multi_platform_image("seed")
    entries = json.loads(index.manifest)["manifests"]
    platforms, attestations = entries[:2], entries[2:]

    assert index.media_type in INDEX_TYPES
    assert [entry["digest"] for entry in entries] == [child.digest for child in index.children]
    assert [entry["platform"]["architecture"] for entry in platforms] == ["amd64", "arm64"]
    assert [entry["platform"] for entry in attestations] == [
        {"architecture": "unknown", "os": "unknown"}
    ] * 2
    assert [entry["annotations"] for entry in attestations] == [
        {
            "vnd.docker.reference.digest": entry["digest"],
            "vnd.docker.reference.type": "attestation-manifest",
        }
        for entry in platforms
    ]
    for child in index.children[2:]:
        (layer,) = json.loads(child.manifest)["layers"]
        assert layer["mediaType"] == "application/vnd.in-toto+json"


def test_a_nested_index_has_indexes_as_children() -> None:
    """Each level adds an index over the one below and an image beside it."""
    top = nested_index("seed", depth=3)

    assert [image.media_type in INDEX_TYPES for image in top.children] == [True, False]
    assert [image.media_type in INDEX_TYPES for image in top.children[0].children] == [
        True,
        False,
    ]
    assert len({image.digest for image in top.walk()}) == 9


def test_children_come_before_their_index() -> None:
    """Walking an image never meets an index before its children."""
    seen: set[str] = set()
    for image in nested_index("seed").walk():
        assert {child.digest for child in image.children} <= seen
        seen.add(image.digest)
