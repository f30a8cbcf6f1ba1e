"""The AWS CLI, pointed at the lab."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ecrdrain.lab import Lab

INSTALLED = Path(__file__).parents[2] / ".venv-awscli" / "bin" / "aws"


def find_aws() -> str:
    """Find the AWS CLI: $ECRDRAIN_AWS_CLI, the one that make installs, or the user's own."""
    named = os.environ.get("ECRDRAIN_AWS_CLI")
    found = named or (str(INSTALLED) if INSTALLED.exists() else shutil.which("aws"))
    if found is None:
        pytest.fail("no AWS CLI: run `make .venv-awscli/.ready`, or set ECRDRAIN_AWS_CLI")
    return found


def aws(lab: Lab, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the AWS CLI against the lab and return what it printed; fail with it if it fails."""
    result = subprocess.run(  # noqa: S603 - the AWS CLI with arguments of our own
        [find_aws(), *arguments],
        env=lab.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        pytest.fail(f"aws {' '.join(arguments)}: {result.stdout}{result.stderr}")
    return result
