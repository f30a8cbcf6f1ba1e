"""The shell completes what is in the account, and keeps quiet when it cannot."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cli.conftest import create_stack, repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from tests.e2e.cli.conftest import Ran

    Complete = Callable[..., list[str]]


@pytest.fixture
def complete(process: Callable[..., Ran], tmp_path: Path) -> Complete:
    """Ask as bash does after these words, the last of which is not whole."""

    def ask(*words: str, environment: dict[str, str | None] | None = None) -> list[str]:
        ran = process(
            environment={
                "_ECRDRAIN_COMPLETE": "complete_bash",
                "COMP_WORDS": " ".join(["ecrdrain", *words]),
                "COMP_CWORD": str(len(words)),
                "XDG_CACHE_HOME": str(tmp_path),
                **(environment or {}),
            }
        )
        assert ran.err == ""
        return ran.out.split()

    return ask


def test_repositories_are_completed(complete: Complete, ecr: ECRClient, name: str) -> None:
    """Those whose names begin so."""
    for each in ("api", "web"):
        ecr.create_repository(repositoryName=f"{name}/{each}")

    assert complete("drain", f"{name}/") == [f"{name}/api", f"{name}/web"]
    assert complete("drain", f"{name}/w") == [f"{name}/web"]


def test_stacks_are_completed(
    complete: Complete, cloudformation: CloudFormationClient, name: str
) -> None:
    """For both commands that take them."""
    create_stack(cloudformation, name, {"Repository": repository(name)})

    for command in ("show", "delete"):
        assert complete("stack", command, name[:-1]) == [name]


def test_regions_are_completed(complete: Complete) -> None:
    """Without a call to AWS."""
    assert complete("drain", "app", "--region", "eu-central-") == ["eu-central-1", "eu-central-2"]


def test_profiles_are_completed(complete: Complete, tmp_path: Path) -> None:
    """From the SDK's configuration."""
    (tmp_path / "config").write_text("[profile shop-a]\n[profile shop-b]\n")
    configured: dict[str, str | None] = {"AWS_CONFIG_FILE": str(tmp_path / "config")}

    found = complete("drain", "app", "--profile", "shop", environment=configured)

    assert found == ["shop-a", "shop-b"]


def test_names_are_kept_for_a_minute(
    complete: Complete, ecr: ECRClient, name: str, tmp_path: Path
) -> None:
    """The next key asks nobody; a minute later it does."""
    ecr.create_repository(repositoryName=f"{name}/one")
    assert complete("drain", f"{name}/") == [f"{name}/one"]
    ecr.create_repository(repositoryName=f"{name}/two")
    assert complete("drain", f"{name}/") == [f"{name}/one"]

    path = tmp_path / "ecrdrain" / "completion.json"
    kept = {key: {**each, "time": 0} for key, each in json.loads(path.read_text()).items()}
    path.write_text(json.dumps(kept))

    assert complete("drain", f"{name}/") == [f"{name}/one", f"{name}/two"]


@pytest.mark.parametrize(
    "environment",
    [
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
        {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None},
        {"XDG_CACHE_HOME": os.devnull},
    ],
)
def test_whatever_goes_wrong_nothing_is_said(
    complete: Complete, environment: dict[str, str | None]
) -> None:
    """A shell's line is no place for errors."""
    assert complete("drain", "a", environment=environment) == []
