"""The process of one peer: load, say "ready", work on "go", say what it claims.

`python -m benchmarks.peers.child NAME`; where and which repository comes with the environment.
Lines on standard output are for the one who measures, all else goes to standard error. In the end
it waits once more, so that its memory can be looked at.
"""

import contextlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.peers.answers import answer_of

Claim = tuple[bool, str]
"""Whether the tool says that all went well, and its words."""
Work = Callable[[], Claim]

HERE = Path(__file__).parent


def main() -> None:
    """Be the peer that the command line names."""
    name = sys.argv[1]
    with contextlib.redirect_stdout(sys.stderr):
        work = _ROLES[name](name)
    _write("ready")
    sys.stdin.readline()
    with contextlib.redirect_stdout(sys.stderr):
        success, words = work()
    _write(json.dumps({"success": success, "words": words}))
    sys.stdin.readline()


def _ecrdrain(_: str) -> Work:
    import boto3  # noqa: F401, PLC0415 - loaded like the other peers' libraries

    import ecrdrain  # noqa: PLC0415 - one peer loads one peer's libraries

    def work() -> Claim:
        report = ecrdrain.drain(os.environ["ECR_REPOSITORY_NAME"])
        return report.empty, f"{report.deleted} deleted, {report.left} left"

    return work


def _sequential(_: str) -> Work:
    import boto3  # noqa: F401, PLC0415 - as above

    import ecrdrain  # noqa: PLC0415 - as above

    def work() -> Claim:
        report = ecrdrain.drain(os.environ["ECR_REPOSITORY_NAME"], concurrency=1)
        return report.empty, f"{report.deleted} deleted, {report.left} left"

    return work


def _ecrdrain_function(_: str) -> Work:
    import boto3  # noqa: F401, PLC0415 - as above

    from ecrdrain.resource.handler import lambda_handler  # noqa: PLC0415 - as above

    name, account = os.environ["ECR_REPOSITORY_NAME"], os.environ["ACCOUNT_ID"]
    arn = f"arn:aws:ecr:{os.environ['AWS_REGION']}:{account}:repository/{name}"

    def work() -> Claim:
        # There is no stack that could be asked whether the repository is going away.
        answer = answer_of(lambda_handler, "Delete", arn, RepositoryName=name, OnDelete="Always")
        return answer["Status"] == "SUCCESS", answer.get("Reason", "")

    return work


def _function(name: str) -> Work:
    handler = importlib.import_module(f"benchmarks.peers.{name.replace('-', '_')}").lambda_handler

    def work() -> Claim:
        answer = answer_of(handler, "Delete")
        return answer["Status"] == "SUCCESS", answer["Reason"]

    return work


def _shell(name: str) -> Work:
    script = HERE / f"{name.replace('-', '_')}.sh"

    def work() -> Claim:
        ran = subprocess.run(  # noqa: S603 - a script of ours
            ["/usr/bin/env", "bash", script],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        words = ran.stderr.strip().splitlines()
        return ran.returncode == 0, words[-1] if words else ""

    return work


def _force(_: str) -> Work:
    import boto3  # noqa: PLC0415 - as above

    client = boto3.client("ecr")

    def work() -> Claim:
        client.delete_repository(repositoryName=os.environ["ECR_REPOSITORY_NAME"], force=True)
        return True, ""

    return work


_ROLES: dict[str, Callable[[str], Work]] = {
    "ecrdrain": _ecrdrain,
    "ecrdrain-function": _ecrdrain_function,
    "sequential": _sequential,
    "article": _function,
    "article-paging": _function,
    "aws-cli": _shell,
    "aws-cli-hundreds": _shell,
    "delete-repository": _force,
}


def _write(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
