"""The server as a process of its own, and as a command."""

import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from ecrdrain.cli.lab import app
from ecrdrain.lab.strict import SettingsError, StrictEcr, StrictEcrError, child
from ecrdrain.lab.strict.registry import Seed

COMMAND = [sys.executable, "-c", "from ecrdrain.cli.lab import app; app()", "ecr"]


@contextmanager
def _command(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command until it has said all about its endpoint; yield it and what it said."""
    with subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            yield process, said
        finally:
            process.kill()


def _get(request: str | urllib.request.Request) -> Any:
    with urllib.request.urlopen(request) as response:  # noqa: S310 - on the loopback
        return json.load(response)


def test_a_hundred_thousand_images_are_seeded_in_a_process_of_their_own() -> None:
    """The largest repository that ECR allows by default is there, page after page."""
    with StrictEcr.start(topology="buildx", images=100_000) as server:
        ecr = server.client("ecr")
        first = ecr.list_images(repositoryName="lab", maxResults=1000)
        second = ecr.list_images(
            repositoryName="lab", maxResults=1000, nextToken=first["nextToken"]
        )
        outcome = ecr.batch_delete_image(repositoryName="lab", imageIds=first["imageIds"][:100])
        state = server.state()
        ecr.close()

    rows = first["imageIds"] + second["imageIds"]
    assert len({row["imageDigest"] for row in rows}) == 2_000
    assert state.images == 100_000 - len(outcome["imageIds"])
    assert len(outcome["imageIds"]) + len(outcome["failures"]) == 100


def test_the_process_has_ended_when_the_block_has() -> None:
    """After the block nobody listens any more; stopping again does no harm."""
    with StrictEcr.start() as server:
        assert server.state().images == 0
    server.stop()

    with pytest.raises(OSError, match="refused"):
        server.state()


def test_a_thread_has_ended_when_the_block_has() -> None:
    """The same holds for a server in this process."""
    with StrictEcr.start(in_process=True) as server:
        assert server.state().images == 0
    server.stop()

    with pytest.raises(OSError, match="refused"):
        server.state()


def test_the_process_does_not_outlive_a_killed_parent() -> None:
    """A server whose starter is killed ends by itself: its standard input has ended."""
    script = (
        "import time\n"
        "from ecrdrain.lab.strict import StrictEcr\n"
        "print(StrictEcr.start().endpoint_url, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # inherited by the server: it ends when the last of both ends
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert _get(f"{url}/_lab/state")["in_flight"] == 0
        parent.kill()
        parent.communicate(timeout=60)

    with pytest.raises(OSError, match="refused"):
        _get(f"{url}/_lab/state")


def test_wrong_settings_start_nothing() -> None:
    """A wrong topology, behaviour or repository name raises before anything serves."""
    with pytest.raises(SettingsError, match="unknown topology"):
        StrictEcr.start(topology="x")
    with pytest.raises(SettingsError, match="unknown setting"):
        StrictEcr.start(rat=1)
    with pytest.raises(SettingsError, match="repositoryName"):
        StrictEcr.start(repository="X")
    with pytest.raises(SettingsError, match="repositoryName"):
        StrictEcr.start(repository="X", in_process=True)


def test_a_process_that_says_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the child ends instead of serving, that is said, and where to look."""
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(StrictEcrError, match="standard error"):
        StrictEcr.start()


def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that hangs, here a stopped one, is killed after a while."""
    monkeypatch.setattr(child, "_STOP_SECONDS", 0.1)
    server = child.ServerChild(Seed(), {})
    server.start()
    process = server._process
    assert process is not None
    process.send_signal(signal.SIGSTOP)

    server.stop()

    assert process.returncode == -signal.SIGKILL


def test_without_aiohttp_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the lab's extra is missing, the error says what to install."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)

    with pytest.raises(StrictEcrError, match=r"pip install 'ecrdrain\[lab\]'"):
        StrictEcr.start()


def test_importing_the_handle_loads_no_server() -> None:
    """The import of the lab's strict ECR loads neither aiohttp nor boto3."""
    script = (
        "import sys, ecrdrain.lab.strict; print({'aiohttp', 'boto3', 'botocore'} & {*sys.modules})"
    )

    said = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "set()"


def test_the_command_serves_until_interrupted() -> None:
    """Ctrl-C ends the command with status 0, after a summary of the calls."""
    options = ["--images", "20", "--topology", "single", "--rate", "ListImages=1"]
    with _command(*options, "--fault", "closed-after=0", "--latency", "0") as (process, said):
        url = re.findall(r"AWS_ENDPOINT_URL=(\S+)", said)[0]
        body = json.dumps({"repositoryName": "lab"}).encode()
        target = {"X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.ListImages"}
        request = urllib.request.Request(url, body, target)  # noqa: S310 - loopback
        assert len(_get(request)["imageIds"]) == 20
        with pytest.raises(urllib.error.HTTPError) as throttled:
            _get(request)
        throttled.value.close()

        process.send_signal(signal.SIGINT)
        summary, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (0, "")
    assert "Stopped with 20 images left" in summary
    assert "ListImages: 1 ok, 1 throttled" in summary


def test_the_command_tells_how_to_use_it() -> None:
    """What it prints names repository, images and service, and how to reach and change them."""
    with _command("--public", "--images", "3", "--repository", "team/app") as (_, said):
        url = re.findall(r"http://127\.0\.0\.1:\d+", said)[0]

    assert "Repository team/app: 3 images" in said
    assert "aws ecr-public describe-images --repository-name team/app" in said
    assert f"curl {url}/_lab/state" in said


def test_the_command_sets_everything_that_its_options_say() -> None:
    """Each option arrives as the setting of that name."""
    options = (
        *("--order", "push", "--seed", "4", "--burst", "3", "--latency", "PutImage=0.5"),
        *("--rate", "20", "--rate", "PutImage=2", "--fault", "unavailable=0.25"),
        *("--deny-from", "PutImage=7", "--refuse", "KmsError=0.1:2", "--refuse"),
        *("ImageInaccessible=0.2", "--pushes", "1/2/3", "--same-call", "request-order"),
        *("--referrers", "go-with-subject"),
    )
    with _command("--images", "0", *options) as (_, said):
        url = re.findall(r"http://127\.0\.0\.1:\d+", said)[0]
        config = _get(f"{url}/_lab/config")

    assert config == {
        "latency": {"PutImage": 0.5},
        "effect_at": 0.5,
        "rate": {"*": 20.0, "PutImage": 2.0},
        "burst": {"*": 3.0},
        "faults": {"*": {"unavailable": 0.25}},
        "denied_from": {"PutImage": 7},
        "image_failures": [
            {"code": "KmsError", "times": 2, "share": 0.1, "digests": []},
            {"code": "ImageInaccessible", "times": None, "share": 0.2, "digests": []},
        ],
        "pushes": {"images": 1, "every": 2, "limit": 3},
        "same_call": "request-order",
        "name_parents": True,
        "referrers": "go-with-subject",
        "unknown_members": "ignore",
    }


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--topology", "x"], "unknown topology x"),
        (["--rate", "fast"], "'fast' is not a number"),
        (["--rate", "ListImage=1"], "unknown operation ListImage"),
        (["--fault", "0.1"], "'0.1' is not NAME=NUMBER"),
        (["--refuse", "KmsError"], "is not CODE=SHARE"),
        (["--refuse", "Kms=1"], "unknown failure code Kms"),
        (["--pushes", "1/2"], "is not IMAGES/EVERY/LIMIT"),
        (["--port", "70000"], "--port"),
    ],
)
def test_wrong_options_are_explained(options: list[str], said: str) -> None:
    """A wrong option ends the command with status 2 and what is allowed."""
    result = CliRunner().invoke(app, ["ecr", *options], env={"COLUMNS": "200"})

    assert result.exit_code == 2
    assert said in result.output


def test_a_port_in_use_is_explained() -> None:
    """A port that somebody else has ends the command with status 1, naming the port."""
    with StrictEcr.start(in_process=True) as server:
        port = server.endpoint_url.rpartition(":")[2]

        result = CliRunner().invoke(app, ["ecr", "--images", "0", "--port", port])

    assert result.exit_code == 1
    assert f"Cannot listen on port {port}" in result.output
