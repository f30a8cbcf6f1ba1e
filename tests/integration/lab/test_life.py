"""A lab starts, keeps to itself, and leaves nothing behind, however its owner ends."""

from __future__ import annotations

import io
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecrdrain.lab import Lab, LabError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OWNER = """
import signal, sys
from ecrdrain.lab import Lab

with Lab.start() as lab:
    print(lab.pid, lab.endpoint_url, flush=True)
    {then}
"""
_HOSTILE = {
    "AWS_PROFILE": "no-such-profile",
    "AWS_ENDPOINT_URL_ECR": "http://127.0.0.1:1",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_MAX_ATTEMPTS": "no number",
    "AWS_CONFIG_FILE": "/no/such/file",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which all temporary files are made."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def _own(then: str) -> tuple[subprocess.Popen[str], int, int]:
    """Start a process that owns a lab; return it, the lab's process id and its port."""
    owner = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", _OWNER.format(then=then)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert owner.stdout is not None
    pid, url = owner.stdout.readline().split()
    owner.stdout.close()
    return owner, int(pid), int(url.rpartition(":")[2])


def _wait_for_end(pid: int) -> None:
    """Wait until a process that need not be ours has ended, zombie or not."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return  # its owner has seen it end
    ended, _, _ = select.select([descriptor], [], [], 30)
    os.close(descriptor)
    assert ended, f"process {pid} goes on"


def _make_function(lab: Lab, source: str) -> Callable[[], Any]:
    """Create a Lambda function from source with a `handler`; return how to call it."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", source)
    functions = lab.client("lambda")
    functions.create_function(
        FunctionName="probe",
        Runtime="python3.13",
        Handler="index.handler",
        Role=f"arn:aws:iam::{lab.account_id}:role/none",
        Code={"ZipFile": archive.getvalue()},
    )

    def call() -> Any:
        answer = functions.invoke(FunctionName="probe", Payload=b"{}")
        with answer["Payload"] as payload:
            return json.loads(payload.read())

    return call


def test_a_lab_serves_this_machine_alone(lab: Lab) -> None:
    """It listens on 127.0.0.1 and on no other address, not even another loopback one."""
    port = int(lab.endpoint_url.rpartition(":")[2])

    socket.create_connection(("127.0.0.1", port)).close()
    with pytest.raises(OSError, match=r"refused|unreachable|assign|timed out"):
        socket.create_connection(("127.0.0.2", port), timeout=5)


def test_labs_run_side_by_side(lab: Lab) -> None:
    """Two labs of one process have a port and a state each."""
    with Lab.start() as other:
        first, second = lab.client("ecr"), other.client("ecr")
        first.create_repository(repositoryName="side/by-side")

        assert other.endpoint_url != lab.endpoint_url
        assert second.describe_repositories()["repositories"] == []
        first.close()
        second.close()


def test_a_stopped_lab_leaves_no_files(temporary: Path) -> None:
    """Objects, functions, logs and the emulator's own files are gone after the block."""
    with Lab.start() as lab:
        s3 = lab.client("s3")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="key", Body=b"content")
        call = _make_function(
            lab,
            "import tempfile\n"
            "def handler(event, context):\n"
            "    with tempfile.NamedTemporaryFile(delete=False) as file:\n"
            "        return file.name\n",
        )
        written = call()
        during = sorted(temporary.iterdir())

    assert written.startswith(str(temporary))
    assert len(during) == 1
    assert list(temporary.iterdir()) == []


def test_a_lab_stops_when_its_block_fails(temporary: Path) -> None:
    """An exception inside the block ends the emulator and comes out unchanged."""
    lab = Lab.start()

    with pytest.raises(ZeroDivisionError), lab:
        raise ZeroDivisionError

    with pytest.raises(ProcessLookupError):
        os.kill(lab.pid, 0)
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_lab_ends_with_its_owner(temporary: Path, number: signal.Signals) -> None:
    """Interrupted, terminated or killed: the lab's process ends and its files are gone."""
    owner, pid, _ = _own("signal.pause()")

    owner.send_signal(number)
    owner.wait()
    _wait_for_end(pid)

    assert list(temporary.iterdir()) == []


def test_a_detached_lab_outlives_its_owner(temporary: Path) -> None:
    """It goes on when its owner has ended, until SIGTERM ends it; then its files are gone."""
    owner, pid, port = _own("lab.detach(); import os; os._exit(0)")
    owner.wait()

    socket.create_connection(("127.0.0.1", port)).close()
    os.kill(pid, signal.SIGTERM)
    _wait_for_end(pid)

    assert list(temporary.iterdir()) == []


def test_a_stopped_lab_may_be_stopped_again(temporary: Path) -> None:
    """Stopping twice is harmless."""
    lab = Lab.start()
    lab.stop()
    lab.stop()

    assert list(temporary.iterdir()) == []


def test_an_emulator_that_does_not_start_is_shown(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error holds the end of the emulator's log, and nothing stays behind."""
    broken = temporary / "broken" / "ministack"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise RuntimeError('broken on purpose')")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))

    with pytest.raises(LabError, match="RuntimeError: broken on purpose"):
        Lab.start()

    assert list(temporary.iterdir()) == [broken.parent]


def test_the_users_aws_settings_do_not_reach_the_labs_clients(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Profiles, endpoints and proxies of the environment change nothing."""
    for name, value in _HOSTILE.items():
        monkeypatch.setenv(name, value)

    ecr = lab.client("ecr")
    sts = lab.client("sts")

    assert "repositories" in ecr.describe_repositories()
    assert sts.get_caller_identity()["Account"] == lab.account_id
    ecr.close()
    sts.close()


def test_child_processes_find_the_lab(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the lab's environment a bare SDK client talks to the lab as its root."""
    for name, value in _HOSTILE.items():
        monkeypatch.setenv(name, value)
    source = (
        "import boto3, json; print(json.dumps(boto3.client('sts').get_caller_identity()['Arn']))"
    )

    output = subprocess.check_output(  # noqa: S603 - our own code
        [sys.executable, "-c", source], env=lab.environment
    )

    assert json.loads(output) == f"arn:aws:iam::{lab.account_id}:root"


def test_functions_see_the_lab_and_nothing_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_ENDPOINT_URL is the lab's; profile, proxy and home folder are not the user's."""
    for name, value in _HOSTILE.items():
        monkeypatch.setenv(name, value)
    with Lab.start() as lab:
        seen = _make_function(
            lab,
            "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
        )()

        assert seen["AWS_ENDPOINT_URL"] == lab.endpoint_url
        assert seen["AWS_REGION"] == lab.region
        assert seen["HOME"] != os.environ["HOME"]
        assert not seen.keys() & _HOSTILE.keys()


def test_importing_the_lab_is_cheap() -> None:
    """Neither an SDK nor the emulator nor a server is imported before it is needed."""
    source = (
        "import sys, ecrdrain.lab\n"
        "print({name.partition('.')[0] for name in sys.modules}"
        " & {'boto3', 'botocore', 'ministack', 'hypercorn', 'aiohttp'})"
    )

    output = subprocess.check_output(  # noqa: S603 - our own code
        [sys.executable, "-c", source], text=True
    )

    assert output == "set()\n"


def test_policies_bind_roles_but_not_the_root(enforcing_lab: Lab) -> None:
    """With IAM enforced a role may do what its policy allows and nothing else."""
    iam = enforcing_lab.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    allowed = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "ecr:ListImages", "Resource": "*"}],
    }
    role = iam.create_role(RoleName="lister", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    iam.put_role_policy(RoleName="lister", PolicyName="list", PolicyDocument=json.dumps(allowed))
    root = enforcing_lab.client("ecr")
    root.create_repository(repositoryName="enforced")
    lister = enforcing_lab.client("ecr", credentials=enforcing_lab.assume(role["Arn"]))

    assert lister.list_images(repositoryName="enforced")["imageIds"] == []
    with pytest.raises(ClientError) as denied:
        lister.batch_delete_image(repositoryName="enforced", imageIds=[{"imageTag": "t"}])
    assert denied.value.response["Error"]["Code"] == "AccessDeniedException"
    for client in (iam, root, lister):
        client.close()
