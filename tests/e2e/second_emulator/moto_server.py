"""moto's server, and the few things about it that are worked round.

What moto's ECR and CloudFormation do otherwise than AWS's, and what that means for these tests.
`test_differences.py` holds what shows in answers, so that it is noticed when moto learns.

| AWS | moto 5.2.5 | here |
| --- | --- | --- |
| a manifest's digest is its SHA-256 | that of its layers' digests alone; of an index, one of 101 drawn by chance; or the one that PutImage is told | `Moto.ecr` tells it |
| calls at once do not tear each other | images are deleted by their place in a list that other calls change meanwhile | one deletion at a time |
| DeleteStack takes a while, and the stack is DELETE_IN_PROGRESS | over when the call returns, and no status in between | `Moto.begin_deletion` sets it |
| custom resources get a Delete | they get none, and a Create only with Docker | tests send the function its requests |
| a stack whose deletion fails is DELETE_FAILED | it is forgotten | tests delete it once |

What moto lacks cannot be tried on it: pages (`maxResults`, `nextToken`), archived images
(`imageStatus`, UpdateImageStorageClass), the limit of 100 images a call, the refusal of what an
index lists, nested stacks (they have no ParentId), resources' own statuses and events, throttling,
the registry protocol. The lab and the strict ECR server have these.
"""  # noqa: E501 - a table

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from moto.cloudformation.models import cloudformation_backends
from moto.ecr.models import ECRBackend
from moto.server import ThreadedMotoServer

from ecrdrain.lab.clients import ACCOUNT_ID, REGION, Credentials, make_client
from ecrdrain.lab.ecr.manifests import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

KEY = "moto"


@dataclass(frozen=True)
class Moto:
    """A running moto.

    Attributes:
        endpoint_url: Where it listens.
        ecr: Its ECR, which is told the digest of each manifest that is put.
        plain_ecr: Its ECR as it is.
        cloudformation: Its CloudFormation.
    """

    endpoint_url: str
    ecr: ECRClient
    plain_ecr: ECRClient
    cloudformation: CloudFormationClient

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that point the SDK at it."""
        return {
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def set_status(self, stack_id: str, status: str) -> None:
        """Let a stack have a status."""
        cloudformation_backends[ACCOUNT_ID][REGION].stacks[stack_id].status = status

    def begin_deletion(self, stack_id: str) -> None:
        """Let a stack be one that CloudFormation is deleting, up to its first resource."""
        self.set_status(stack_id, "DELETE_IN_PROGRESS")

    def images(self, repository: str) -> int:
        """Count the images of a repository."""
        rows = self.ecr.list_images(repositoryName=repository)["imageIds"]
        return len({row["imageDigest"] for row in rows})

    def repositories(self) -> set[str]:
        """Name all repositories."""
        found = self.ecr.describe_repositories()["repositories"]
        return {each["repositoryName"] for each in found}


def running_moto() -> Iterator[Moto]:
    """Start moto on a free port of the loopback interface, and stop it in the end."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    credentials = Credentials(KEY, KEY)
    ecr = make_client("ecr", url, credentials)
    ecr.meta.events.register("provide-client-params.ecr.PutImage", _tell_digest)
    plain_ecr = make_client("ecr", url, credentials)
    cloudformation = make_client("cloudformation", url, credentials)
    with pytest.MonkeyPatch.context() as patch:
        _delete_one_at_a_time(patch)
        yield Moto(url, ecr, plain_ecr, cloudformation)
    for client in (ecr, plain_ecr, cloudformation):
        client.close()
    server.stop()


def _tell_digest(params: dict[str, Any], **_: object) -> dict[str, Any]:
    return {**params, "imageDigest": digest_of(params["imageManifest"].encode())}


def _delete_one_at_a_time(patch: pytest.MonkeyPatch) -> None:
    lock, delete = threading.Lock(), ECRBackend.batch_delete_image

    def locked(*arguments: Any, **named: Any) -> dict[str, Any]:
        with lock:
            return delete(*arguments, **named)

    patch.setattr(ECRBackend, "batch_delete_image", locked)
