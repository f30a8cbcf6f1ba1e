"""The tools that are compared: how to start each, and whether this machine can."""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers.process import ROOT, PeerProcess, ReadyProcess, WholeProcess
from benchmarks.scenarios import (
    ARTICLE,
    CDK,
    CLI,
    CLI_HUNDREDS,
    FORCE,
    OUR_FUNCTION,
    OURS,
    PAGING,
)

AWS_CLI = ROOT / ".venv-awscli" / "bin"
CDK_FOLDER = ROOT / "benchmarks" / "peers" / "cdk"
ACCOUNT = "123456789012"


@dataclass(frozen=True, slots=True)
class Peer:
    """One tool.

    Attributes:
        title: Its name in tables.
        command: Its process; unless `whole`, it speaks as `benchmarks.peers.child` says.
        lacking: Says what this machine lacks to run it; None: nothing.
        takes_repository: Whether the repository goes too, so that it is no rival but a floor.
        whole: Whether it is timed from its start on, and claims by its exit status.
        arguments: What comes after the command, by the server's URL and the repository's name.
    """

    name: str
    title: str
    command: tuple[str, ...]
    lacking: Callable[[], str | None] = lambda: None
    takes_repository: bool = False
    whole: bool = False
    arguments: Callable[[str, str], tuple[str, ...]] = lambda _url, _repository: ()

    def process(self, endpoint_url: str, repository: str) -> PeerProcess:
        """Return the process that empties a repository of a server; `with` makes it ready."""
        command = (*self.command, *self.arguments(endpoint_url, repository))
        environment = self.environment(endpoint_url, repository)
        if self.whole:
            return WholeProcess(command, environment)
        return ReadyProcess(command, environment)

    def environment(self, endpoint_url: str, repository: str) -> dict[str, str]:
        """Return an environment that leads to the server and to no setting of the user."""
        return {
            "PATH": os.pathsep.join([str(AWS_CLI), os.environ.get("PATH", os.defpath)]),
            "HOME": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ACCESS_KEY_ID": "lab",
            "AWS_SECRET_ACCESS_KEY": "lab",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": endpoint_url,
            "ACCOUNT_ID": ACCOUNT,
            "ECR_REPOSITORY_NAME": repository,
        }


def _python(name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.peers.child", name)


def _without_aws_cli() -> str | None:
    return (
        None
        if (AWS_CLI / "aws").exists()
        else "the AWS CLI is not there: make .venv-awscli/.ready"
    )


def _without_node() -> str | None:
    if shutil.which("node") is None:
        return "node is not installed"
    if not (CDK_FOLDER / "node_modules" / "aws-cdk-lib").exists():
        return f"aws-cdk-lib is not there: make {CDK_FOLDER.relative_to(ROOT)}/node_modules/.ready"
    return None


def _drain_arguments(endpoint_url: str, repository: str) -> tuple[str, ...]:
    return ("drain", repository, "--yes", "--endpoint-url", endpoint_url)


SEQUENTIAL = Peer("sequential", "ecrdrain, one call at a time", _python("sequential"))

COMMAND = Peer(
    "ecrdrain-command",
    "ecrdrain's command",
    (str(Path(sys.executable).parent / "ecrdrain"),),
    whole=True,
    arguments=_drain_arguments,
)

PROGRAM = Peer(
    "ecrdrain-program",
    "a Python program with ecrdrain",
    (sys.executable, "-m", "benchmarks.peers.program"),
    whole=True,
)

PEERS = {
    peer.name: peer
    for peer in (
        Peer(OURS, "ecrdrain", _python(OURS)),
        Peer(OUR_FUNCTION, "ecrdrain's function", _python(OUR_FUNCTION)),
        Peer(ARTICLE, "the article's function", _python(ARTICLE)),
        Peer(PAGING, "the article's function with paging", _python(PAGING)),
        Peer(
            CDK,
            "AWS CDK's handler",
            ("node", str(CDK_FOLDER / "run.js")),
            _without_node,
        ),
        Peer(CLI, "AWS CLI recipe", _python(CLI), _without_aws_cli),
        Peer(CLI_HUNDREDS, "AWS CLI recipe, in hundreds", _python(CLI_HUNDREDS), _without_aws_cli),
        Peer(FORCE, "delete-repository --force", _python(FORCE), takes_repository=True),
    )
}
