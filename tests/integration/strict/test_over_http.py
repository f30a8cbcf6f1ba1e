"""What only HTTP shows: statuses, lost connections, the control endpoint."""

import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from ecrdrain.lab.strict import Behaviour, ImageFailures, Pushes, SettingsError, StrictEcr
from tests.integration.strict.conftest import Send, Start

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient


def _control(server: StrictEcr, method: str, path: str, body: str = "") -> tuple[int, Any]:
    connection = http.client.HTTPConnection(server.endpoint_url.removeprefix("http://"))
    connection.request(method, path, body)
    response = connection.getresponse()
    answer = response.status, json.load(response)
    connection.close()
    return answer


@pytest.mark.parametrize(
    ("settings", "code", "status"),
    [
        ({"rate": 1, "burst": 0}, "ThrottlingException", 400),
        ({"denied_from": {"ListImages": 1}}, "AccessDeniedException", 400),
        ({"faults": {"*": {"server-error": 1}}}, "ServerException", 500),
        ({"faults": {"*": {"unavailable": 1}}}, "ServiceUnavailable", 503),
    ],
)
def test_the_sdk_sees_code_and_status(
    server: StrictEcr, ecr: "ECRClient", settings: dict[str, Any], code: str, status: int
) -> None:
    """Every error answer has the code and the HTTP status that AWS gives it."""
    if "rate" in settings:
        server.configure(**settings)
        ecr.list_images(repositoryName="lab")
    server.configure(**settings)

    with pytest.raises(ClientError) as caught:
        ecr.list_images(repositoryName="lab")

    response = caught.value.response
    assert response["Error"]["Code"] == code
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize(("fault", "left"), [("closed-before", 1), ("closed-after", 0)])
def test_a_lost_connection_is_one_to_the_sdk(start: Start, fault: str, left: int) -> None:
    """The SDK raises ConnectionClosedError; the images show whether the call took effect."""
    server = start(images=1, faults={"BatchDeleteImage": {fault: 1}})
    ecr = server.client("ecr")
    ids = ecr.list_images(repositoryName="lab")["imageIds"]

    with pytest.raises(ConnectionClosedError):
        ecr.batch_delete_image(repositoryName="lab", imageIds=ids)
    ecr.close()

    assert server.state().images == left


def test_a_manifest_of_four_mebibytes_passes(send: Send) -> None:
    """The largest manifest that the model allows is read, and judged as one."""
    status, answer = send(
        "ecr", "PutImage", {"repositoryName": "lab", "imageManifest": '"' * 4_194_304}
    )

    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert "not an image manifest" in answer["message"]


def test_the_handle_and_the_control_endpoint_say_the_same(start: Start) -> None:
    """State and configuration read over HTTP are those that the handle returns."""
    server = start(topology="buildx", images=10, latency=0)
    status, state = _control(server, "GET", "/_lab/state")
    assert (status, state["repositories"]["ecr/lab"]["images"]) == (200, server.state().images)

    answer = _control(server, "POST", "/_lab/config", '{"rate": {"BatchDeleteImage": 5}}')

    assert answer == _control(server, "GET", "/_lab/config")
    assert answer[1]["rate"] == {"BatchDeleteImage": 5.0}
    assert answer == (200, server.configure())


def test_settings_may_be_our_own_types(start: Start) -> None:
    """The handle takes enumerations and data classes as well as what JSON has."""
    server = start()

    settings = server.configure(
        image_failures=[ImageFailures(code="KmsError", share=0.5)],
        pushes=Pushes(images=1, every=2, limit=3),
        same_call=Behaviour().same_call,
    )

    assert settings["image_failures"][0]["code"] == "KmsError"
    assert settings["pushes"] == {"images": 1, "every": 2, "limit": 3}


def test_repositories_can_be_seeded_while_the_server_runs(server: StrictEcr) -> None:
    """A further repository is filled; one of the same name is replaced."""
    server.seed(repository="other", topology="multi-tag", images=4)
    state = server.seed(repository="lab", images=7)

    assert {name: held.images for name, held in state.repositories.items()} == {
        "ecr/lab": 7,
        "ecr/other": 4,
    }


def test_counts_can_start_again(server: StrictEcr, ecr: "ECRClient") -> None:
    """After a reset earlier calls are forgotten."""
    ecr.list_images(repositoryName="lab")
    assert server.state().count() == 1

    assert server.reset_counts().count() == 0


@pytest.mark.parametrize(
    ("request_", "status", "remedy"),
    [
        (("POST", "/_lab/config", "{"), 400, "not JSON"),
        (("POST", "/_lab/config", "[]"), 400, "not a JSON object"),
        (("POST", "/_lab/config", '{"rat": 1}'), 400, "unknown setting rat"),
        (("POST", "/_lab/seed", '{"topology": "x"}'), 400, "unknown topology x"),
        (("POST", "/_lab/seed", '{"repository": "X"}'), 400, "repositoryName"),
        (("GET", "/_lab/nothing", ""), 404, "there are GET /_lab/state"),
        (("GET", "/_lab/seed", ""), 404, "POST /_lab/seed"),
    ],
)
def test_the_control_endpoint_says_what_it_can_do(
    server: StrictEcr, request_: tuple[str, str, str], status: int, remedy: str
) -> None:
    """Wrong settings and paths are answered with what is allowed."""
    found, answer = _control(server, *request_)

    assert found == status
    assert remedy in answer["error"]


def test_the_handle_raises_what_the_server_refuses(server: StrictEcr) -> None:
    """A wrong setting is a SettingsError with the server's own words."""
    with pytest.raises(SettingsError, match="unknown setting rat"):
        server.configure(rat=1)
    with pytest.raises(SettingsError, match="repositoryName"):
        server.seed(repository="X")
