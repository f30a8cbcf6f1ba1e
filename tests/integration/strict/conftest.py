"""What the tests of the strict ECR server share."""

import http.client
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

TARGETS = {
    "ecr": "AmazonEC2ContainerRegistry_V20150921",
    "ecr-public": "SpencerFrontendService",
}

Start = Callable[..., StrictEcr]
Send = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers in this process; they end with the test."""
    servers: list[StrictEcr] = []

    def start_one(**settings: Any) -> StrictEcr:
        servers.append(StrictEcr.start(in_process=True, **settings))
        return servers[-1]

    yield start_one
    for server in servers:
        server.stop()


@pytest.fixture
def server(start: Start) -> StrictEcr:
    """A prompt and faultless server with an empty repository `lab`."""
    return start()


@pytest.fixture
def ecr(server: StrictEcr) -> Iterator["ECRClient"]:
    """A client of the server's private registry."""
    client = server.client("ecr")
    yield client
    client.close()


@pytest.fixture
def ecr_public(server: StrictEcr) -> Iterator["ECRPublicClient"]:
    """A client of the server's public registry."""
    client = server.client("ecr-public")
    yield client
    client.close()


@pytest.fixture
def send(server: StrictEcr) -> Iterator[Send]:
    """Send a request as it is, past the SDK's own checks; answer status and body."""
    connection = http.client.HTTPConnection(server.endpoint_url.removeprefix("http://"))

    def send_one(service: str, operation: str, request: Any) -> tuple[int, dict[str, Any]]:
        body = request if isinstance(request, bytes) else json.dumps(request).encode()
        headers = {"X-Amz-Target": f"{TARGETS[service]}.{operation}"}
        connection.request("POST", "/", body, headers)
        response = connection.getresponse()
        return response.status, json.load(response)

    yield send_one
    connection.close()
