"""The lab: a local AWS in a process of its own, which ends with the one that started it."""

from __future__ import annotations

import contextlib
import http.client
import importlib.metadata
import json
import os
import shutil
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from ecrdrain.lab.answers import PATH as ANSWERS_PATH
from ecrdrain.lab.answers import Answer
from ecrdrain.lab.clients import ACCOUNT_ID, REGION, Credentials, make_client
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.launcher import KEEP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.config import Config

EMULATOR_VERSION = "1.5.33"  # the additions replace functions of this very release
_HOST = "127.0.0.1"
_START_SECONDS = 60  # it takes about one; a loaded machine may need many times that
_ANSWER_SECONDS = 5
_STOP_SECONDS = 10
_LOG_LINES = 20
# The emulator treats this key as the account's root, with IAM enforcement too.
_ROOT_KEY = "test"
# What the emulator's process takes over from ours. Everything else, AWS_* above all, could
# point it at the user's own account or at another emulator's data.
_INHERITED = ("PATH", "LANG", "LC_", "PYTHON", "VIRTUAL_ENV", "COVERAGE_", "COV_CORE_", "TZ")


class LabError(Exception):
    """The lab cannot be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Settings:
    enforce_iam: bool
    plain: bool
    same_call: SameCall


class Lab:
    """A running local AWS; `Lab.start` makes one.

    As a context manager it stops at the end of the block, whatever happens inside.
    """

    region = REGION
    account_id = ACCOUNT_ID

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, directory: Path, log: IO[bytes]
    ) -> None:
        self._process = process
        self._directory = directory
        self._log = log
        self.endpoint_url = f"http://{_HOST}:{port}"

    @classmethod
    def start(
        cls,
        *,
        enforce_iam: bool = False,
        plain: bool = False,
        same_call: SameCall = SameCall.SNAPSHOT,
    ) -> Self:
        """Start the emulator on a free port of 127.0.0.1 and wait until it answers.

        Args:
            enforce_iam: Judge each call by the caller's IAM policies, functions' roles
                included. The root credentials of `client` may do everything.
            plain: Leave out our additions, to see what the emulator itself does.
            same_call: How ECR judges an index and its children in one BatchDeleteImage.

        Raises:
            LabError: MiniStack is missing or of another release, or it did not start: then
                with the end of its log.
        """
        _check_installed()
        directory = Path(tempfile.mkdtemp(prefix="ecrdrain-lab-"))
        log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the lab stops
        # Bound and listening here, so that nobody can take the port before the emulator
        # does, and calls that come early wait instead of failing.
        with socket.create_server((_HOST, 0)) as listener:
            port = listener.getsockname()[1]
            settings = _Settings(enforce_iam, plain, same_call)
            process = _launch(listener, directory, log, settings)
        lab = cls(process, port, directory, log)
        try:
            lab._wait_until_ready()
        except BaseException:  # Ctrl-C too: no process stays behind
            lab.stop()
            raise
        return lab

    @property
    def pid(self) -> int:
        """The process to end when the lab was detached."""
        return self._process.pid

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that point the AWS CLI and SDKs at the lab, as root."""
        return {
            "AWS_ACCESS_KEY_ID": _ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_ENDPOINT_URL": self.endpoint_url,
        }

    @property
    def environment(self) -> dict[str, str]:
        """A whole environment for child processes: ours, without any AWS setting of ours."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **self.variables,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "NO_PROXY": ",".join(filter(None, (os.environ.get("NO_PROXY"), _HOST))),
        }

    def client(
        self,
        service: str,
        *,
        credentials: Credentials | None = None,
        config: Config | None = None,
        region: str = REGION,
    ) -> Any:  # noqa: ANN401 - boto3's clients have no type in common
        """Return a boto3 client of the lab, untouched by the user's AWS settings.

        Without credentials it is the account's root. Retries are off unless `config` says
        otherwise: what the lab answers is what the caller sees.
        """
        signer = credentials or Credentials(_ROOT_KEY, _ROOT_KEY)
        return make_client(service, self.endpoint_url, signer, config, region)

    def assume(self, role_arn: str) -> Credentials:
        """Return the credentials of a role, to be given to `client`."""
        sts = self.client("sts")
        answer = sts.assume_role(RoleArn=role_arn, RoleSessionName="lab")["Credentials"]
        sts.close()
        return Credentials(
            answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"]
        )

    def answers(self) -> list[Answer]:
        """Return all answers that custom resources have sent, oldest first; not in a plain lab."""
        return [Answer(**fields) for fields in json.loads(self._get(ANSWERS_PATH))]

    def detach(self) -> int:
        """Let the lab outlive this process; return its process id, which SIGTERM ends."""
        stdin = self._process.stdin
        if stdin is not None:
            stdin.write(KEEP)
            stdin.close()
        return self.pid

    def stop(self) -> None:
        """End the emulator and its functions and remove their files; harmless when repeated."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._log.close()
        shutil.rmtree(self._directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self._process.kill()
                self._process.wait()
                self._log.seek(0)
                lines = self._log.read().decode(errors="replace").splitlines()
                tail = "\n".join(lines[-_LOG_LINES:])
                raise LabError(f"The emulator did not start. The end of its log:\n{tail}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            self._get("/_ministack/health")
        except (OSError, http.client.HTTPException):
            return False
        return True

    def _get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection(
            self.endpoint_url.removeprefix("http://"), timeout=_ANSWER_SECONDS
        )
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


def _check_installed() -> None:
    try:
        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        version = None
    if version != EMULATOR_VERSION:
        found = "it is not installed" if version is None else f"release {version} is installed"
        raise LabError(
            f"The lab needs MiniStack {EMULATOR_VERSION}, and {found}: pip install 'ecrdrain[lab]'"
        )


def _launch(
    listener: socket.socket, directory: Path, log: IO[bytes], settings: _Settings
) -> subprocess.Popen[bytes]:
    port = listener.getsockname()[1]
    command = [
        *(sys.executable, "-P", "-m", "ecrdrain.lab.launcher"),  # -P: not from our own folder
        *("--socket", str(listener.fileno())),
        *("--directory", str(directory)),
        *("--same-call", settings.same_call),
        *(["--plain"] if settings.plain else []),
    ]
    return subprocess.Popen(  # noqa: S603 - our own module, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=_emulator_environment(os.environ, port, directory, settings),
        pass_fds=[listener.fileno()],
        # Ctrl-C in a terminal is for us alone: we end the lab when we have finished.
        start_new_session=True,
    )


def _emulator_environment(
    ours: Mapping[str, str], port: int, directory: Path, settings: _Settings
) -> dict[str, str]:
    temporary = directory / "tmp"
    temporary.mkdir()
    return {
        **{name: value for name, value in ours.items() if name.startswith(_INHERITED)},
        "HOME": str(directory),  # no ~/.aws for the functions
        "PYTHONUSERBASE": site.getuserbase(),  # would follow HOME
        "TMPDIR": str(temporary),
        "BIND_HOST": _HOST,
        "MINISTACK_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "AUTH": "true" if settings.enforce_iam else "false",
        "S3_DATA_DIR": str(directory / "s3"),
        "STATE_DIR": str(directory / "state"),
        # The emulator removes all containers of any emulator at its start and its end.
        "DOCKER_HOST": f"unix://{directory}/no-docker.sock",
    }
