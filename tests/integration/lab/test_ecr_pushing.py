"""Layers are kept and checked, and a manifest may refer only to what is there."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config

from ecrdrain.lab import multi_platform_image, push, single_platform_image
from ecrdrain.lab.images import upload_blobs

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import BuiltImage, Lab

DIGEST = "sha256:" + "0" * 64


def _get(lab: Lab, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(lab.endpoint_url.removeprefix("http://"))
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body


def _put(ecr: ECRClient, repository: str, image: BuiltImage, **arguments: str) -> None:
    ecr.put_image(
        repositoryName=repository,
        imageManifest=image.manifest.decode(),
        **arguments,
    )


def test_a_pushed_image_can_be_pulled(lab: Lab, ecr: ECRClient, repository: str) -> None:
    """Manifests and blobs that came through ECR's API are there for registry clients."""
    index = multi_platform_image("pull")
    push(ecr, repository, index, tags=["t"])

    assert _get(lab, f"/v2/{repository}/manifests/t") == (200, index.manifest)
    for child in index.children:
        assert _get(lab, f"/v2/{repository}/manifests/{child.digest}") == (200, child.manifest)
        for entry in json.loads(child.manifest)["layers"]:
            status, blob = _get(lab, f"/v2/{repository}/blobs/{entry['digest']}")
            assert (status, len(blob)) == (200, entry["size"])


def test_the_plain_emulator_keeps_no_layer(
    plain_lab: Lab, plain_ecr: ECRClient, plain_repository: str
) -> None:
    """Without the addition a layer that was uploaded cannot be pulled."""
    image = single_platform_image("pull")
    push(plain_ecr, plain_repository, image)
    digest = json.loads(image.manifest)["layers"][0]["digest"]

    assert _get(plain_lab, f"/v2/{plain_repository}/blobs/{digest}")[0] == 404


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


@pytest.mark.parametrize("manifest", ["no JSON", "[]", "{}", '{"config": {}, "layers": []}'])
def test_what_is_no_manifest_is_refused(ecr: ECRClient, repository: str, manifest: str) -> None:
    """PutImage says InvalidParameterException."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.put_image(repositoryName=repository, imageManifest=manifest)


def test_a_manifest_needs_a_media_type(ecr: ECRClient, repository: str) -> None:
    """Where the manifest does not say it, PutImage must be told."""
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


def test_a_tag_that_may_not_move_does_not(ecr: ECRClient, repository: str) -> None:
    """In an immutable repository PutImage says ImageTagAlreadyExistsException."""
    ecr.put_image_tag_mutability(repositoryName=repository, imageTagMutability="IMMUTABLE")
    push(ecr, repository, single_platform_image("first"), tags=["t"])

    with pytest.raises(ecr.exceptions.ImageTagAlreadyExistsException):
        push(ecr, repository, single_platform_image("second"), tags=["t"])


def test_the_plain_emulator_takes_anything_as_a_manifest(
    plain_ecr: ECRClient, plain_repository: str
) -> None:
    """Without the addition neither layers nor children nor sense are asked for."""
    _put(plain_ecr, plain_repository, single_platform_image("no layers"))
    _put(plain_ecr, plain_repository, multi_platform_image("no children"))
    plain_ecr.put_image(repositoryName=plain_repository, imageManifest="no JSON")


def test_a_registry_client_meets_the_same_rules(lab: Lab, repository: str) -> None:
    """Over the registry protocol an index without its children is MANIFEST_BLOB_UNKNOWN."""
    connection = http.client.HTTPConnection(lab.endpoint_url.removeprefix("http://"))
    index = multi_platform_image("no children")
    connection.request(
        "PUT",
        f"/v2/{repository}/manifests/t",
        body=index.manifest,
        headers={"Content-Type": index.media_type},
    )
    response = connection.getresponse()
    error = json.loads(response.read())["errors"][0]
    connection.close()

    assert (response.status, error["code"]) == (400, "MANIFEST_BLOB_UNKNOWN")


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


def test_wrong_uploads_are_refused(lab: Lab, repository: str) -> None:
    """A gap between parts, a wrong digest, no part at all and no upload have each their code."""
    ecr = lab.client("ecr", config=Config(parameter_validation=False))
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
            repositoryName=repository, uploadId=DIGEST, layerDigests=[DIGEST]
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


def test_an_unknown_repository_is_named(ecr: ECRClient) -> None:
    """Each action says RepositoryNotFoundException."""
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.initiate_layer_upload(repositoryName="no/such")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.list_images(repositoryName="no/such")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.batch_delete_image(repositoryName="no/such", imageIds=[{"imageTag": "t"}])
