"""Layers are kept and checked, and a manifest may refer only to what is there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import multi_platform_image, push, single_platform_image
from ecrdrain.lab.ecr.manifests import OCI_INDEX
from ecrdrain.lab.images import upload_blobs

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import BuiltImage

DIGEST = "sha256:" + "0" * 64
NO_UPLOAD = "00000000-0000-4000-8000-000000000000"


def _put(ecr: ECRClient, repository: str, image: BuiltImage, **arguments: str) -> None:
    ecr.put_image(
        repositoryName=repository,
        imageManifest=image.manifest.decode(),
        **arguments,
    )


def test_pushing_again_changes_nothing(ecr: ECRClient, repository: str) -> None:
    """The same image with the same tag has the same rows afterwards."""
    index = multi_platform_image("again")
    push(ecr, repository, index, tags=["t"])
    before = ecr.list_images(repositoryName=repository)["imageIds"]

    push(ecr, repository, index, tags=["t"])

    assert ecr.list_images(repositoryName=repository)["imageIds"] == before


def test_the_same_image_with_the_same_tag_is_refused(ecr: ECRClient, repository: str) -> None:
    """PutImage says ImageAlreadyExistsException; another tag for it is welcome."""
    image = single_platform_image("same")
    push(ecr, repository, image, tags=["t"])

    with pytest.raises(ecr.exceptions.ImageAlreadyExistsException):
        _put(ecr, repository, image, imageTag="t")
    _put(ecr, repository, image, imageTag="other")


def test_a_manifest_without_its_layers_is_refused(ecr: ECRClient, repository: str) -> None:
    """PutImage says LayersNotFoundException."""
    with pytest.raises(ecr.exceptions.LayersNotFoundException):
        _put(ecr, repository, single_platform_image("no layers"))


def test_an_index_without_its_children_is_refused(ecr: ECRClient, repository: str) -> None:
    """PutImage says ReferencedImagesNotFoundException."""
    with pytest.raises(ecr.exceptions.ReferencedImagesNotFoundException):
        _put(ecr, repository, multi_platform_image("no children"))


def test_a_manifest_under_a_wrong_digest_is_refused(ecr: ECRClient, repository: str) -> None:
    """PutImage says ImageDigestDoesNotMatchException."""
    with pytest.raises(ecr.exceptions.ImageDigestDoesNotMatchException):
        _put(ecr, repository, single_platform_image("wrong"), imageDigest=DIGEST)


@pytest.mark.parametrize(
    "manifest",
    ["no JSON", "[]", "{}", '{"config": {}, "layers": []}', '{"config": [], "layers": []}'],
)
def test_what_is_no_manifest_is_refused(ecr: ECRClient, repository: str, manifest: str) -> None:
    """PutImage says InvalidParameterException."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.put_image(repositoryName=repository, imageManifest=manifest)


def test_a_manifest_needs_a_media_type(ecr: ECRClient, repository: str) -> None:
    """It stands in the manifest or beside it, and the two must agree."""
    image = single_platform_image("silent")
    upload_blobs(ecr, repository, image.blobs)
    document = json.loads(image.manifest)
    del document["mediaType"]

    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.put_image(repositoryName=repository, imageManifest=json.dumps(document))
    ecr.put_image(
        repositoryName=repository,
        imageManifest=json.dumps(document),
        imageManifestMediaType=image.media_type,
    )
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        _put(ecr, repository, image, imageManifestMediaType=OCI_INDEX)


def test_a_tag_that_may_not_move_does_not(ecr: ECRClient, repository: str) -> None:
    """In an immutable repository PutImage says ImageTagAlreadyExistsException."""
    fixed = f"{repository}/fixed"
    ecr.create_repository(repositoryName=fixed, imageTagMutability="IMMUTABLE")
    push(ecr, fixed, single_platform_image("first"), tags=["t"])

    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        push(ecr, fixed, single_platform_image("second"), tags=["t"])


def test_a_layer_is_uploaded_part_by_part(ecr: ECRClient, repository: str) -> None:
    """Parts that follow one another make the layer whose digest was given."""
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    for first, part in ((0, b"he"), (2, b"llo")):
        answer = ecr.upload_layer_part(
            repositoryName=repository,
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
        assert answer["lastByteReceived"] == first + len(part) - 1
    # sha256 of "hello"
    digest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    ecr.complete_layer_upload(repositoryName=repository, uploadId=upload, layerDigests=[digest])

    layers = ecr.batch_check_layer_availability(
        repositoryName=repository, layerDigests=[digest, DIGEST]
    )["layers"]

    assert [layer["layerAvailability"] for layer in layers] == ["AVAILABLE", "UNAVAILABLE"]


def test_wrong_uploads_are_refused(ecr: ECRClient, repository: str) -> None:
    """A gap between parts, a wrong digest, no part at all and no upload have each their code."""
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    whole = {"repositoryName": repository, "uploadId": upload}

    with pytest.raises(ecr.exceptions.EmptyUploadException):
        ecr.complete_layer_upload(**whole, layerDigests=[DIGEST])
    with pytest.raises(ecr.exceptions.InvalidLayerPartException):
        ecr.upload_layer_part(**whole, partFirstByte=5, partLastByte=6, layerPartBlob=b"ab")
    ecr.upload_layer_part(**whole, partFirstByte=0, partLastByte=1, layerPartBlob=b"ab")
    with pytest.raises(ecr.exceptions.InvalidLayerException):
        ecr.complete_layer_upload(**whole, layerDigests=[DIGEST])
    with pytest.raises(ecr.exceptions.UploadNotFoundException):
        ecr.complete_layer_upload(
            repositoryName=repository, uploadId=NO_UPLOAD, layerDigests=[DIGEST]
        )


def test_a_layer_is_not_taken_twice(ecr: ECRClient, repository: str) -> None:
    """Completing an upload of what is there says LayerAlreadyExistsException."""
    image = single_platform_image("layer")
    upload_blobs(ecr, repository, image.blobs)
    layer = image.blobs[1]
    upload = ecr.initiate_layer_upload(repositoryName=repository)["uploadId"]
    ecr.upload_layer_part(
        repositoryName=repository,
        uploadId=upload,
        partFirstByte=0,
        partLastByte=len(layer) - 1,
        layerPartBlob=layer,
    )
    digest = json.loads(image.manifest)["layers"][0]["digest"]

    with pytest.raises(ecr.exceptions.LayerAlreadyExistsException):
        ecr.complete_layer_upload(
            repositoryName=repository, uploadId=upload, layerDigests=[digest]
        )


def test_referrers_name_their_subject_and_are_found_by_it(ecr: ECRClient, repository: str) -> None:
    """A signature's description holds its subject; ListImageReferrers finds it from there."""
    image = single_platform_image("signed")
    subject = {"mediaType": image.media_type, "digest": image.digest, "size": len(image.manifest)}
    push(ecr, repository, image, tags=["t"])
    referrers = []
    for kind in ("application/spdx+json", "application/vnd.cncf.notary.signature"):
        manifest = json.dumps(
            {**json.loads(image.manifest), "artifactType": kind, "subject": subject}
        )
        put = ecr.put_image(repositoryName=repository, imageManifest=manifest)
        referrers.append(put["image"]["imageId"]["imageDigest"])
    asked: Any = {"repositoryName": repository, "subjectId": {"imageDigest": image.digest}}

    everything = ecr.list_image_referrers(**asked)["referrers"]
    first = ecr.list_image_referrers(**asked, maxResults=1)
    second = ecr.list_image_referrers(**asked, maxResults=1, nextToken=first["nextToken"])
    signature = ecr.list_image_referrers(
        **asked, filter={"artifactTypes": ["application/vnd.cncf.notary.signature"]}
    )["referrers"]
    archived = ecr.list_image_referrers(**asked, filter={"artifactStatus": "ARCHIVED"})
    details = ecr.describe_images(repositoryName=repository)["imageDetails"]

    assert [found["digest"] for found in everything] == sorted(referrers)
    assert everything == first["referrers"] + second["referrers"]
    assert "nextToken" not in second
    assert [found["digest"] for found in signature] == [referrers[1]]
    assert archived["referrers"] == []
    subjects = {detail["imageDigest"]: detail.get("subjectManifestDigest") for detail in details}
    assert subjects == {image.digest: None, referrers[0]: image.digest, referrers[1]: image.digest}


def test_a_repository_takes_its_layers_along(ecr: ECRClient, repository: str) -> None:
    """One that is created again under its name has none of them."""
    image = single_platform_image("layers")
    push(ecr, repository, image)
    ecr.delete_repository(repositoryName=repository, force=True)
    ecr.create_repository(repositoryName=repository)

    with pytest.raises(ecr.exceptions.LayersNotFoundException):
        _put(ecr, repository, image)
