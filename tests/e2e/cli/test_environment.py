"""Credentials, regions and endpoints that are missing or wrong: one line and a remedy."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.e2e.cli.conftest import Ran

    Process = Callable[..., Ran]

NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    "command",
    [
        ["drain", "web"],
        ["stack", "show", "web"],
        ["stack", "delete", "web"],
        ["stack", "list"],
        ["status"],
        ["logs", "web"],
        ["uninstall"],
    ],
)
def test_without_credentials_there_is_a_remedy(command: list[str], process: Process) -> None:
    """Before anything is sent."""
    ran = process(*command, environment={"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None})

    assert ran.status == 1
    assert ran.out == ""
    assert ran.err.startswith("Error: no AWS credentials: name a profile (--profile NAME)")
    assert len(ran.err.splitlines()) == 1


def test_without_a_region_there_is_a_remedy(process: Process) -> None:
    """The SDK has no region of its own to fall back on."""
    ran = process("drain", "web", environment={"AWS_REGION": None, "AWS_DEFAULT_REGION": None})

    assert ran.status == 1
    assert ran.err == ("Error: no region: name one (--region eu-central-1) or set AWS_REGION\n")


@pytest.mark.parametrize("variable", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_both_variables_for_the_region_are_read(variable: str, process: Process) -> None:
    """AWS's tools disagree about the name."""
    environment = {"AWS_REGION": None, "AWS_DEFAULT_REGION": None, variable: "eu-west-1"}

    ran = process("drain", "web", environment=environment)

    place = "account 123456789012, region eu-west-1"
    assert ran.err == f"Error: there is no repository web in {place}\n"


def test_an_unknown_profile_is_named(process: Process, tmp_path: Path) -> None:
    """With the command that lists those there are."""
    config = tmp_path / "config"
    config.write_text("[profile work]\nregion = eu-west-1\n", encoding="utf-8")

    ran = process(
        "drain", "web", "--profile", "wrok", environment={"AWS_CONFIG_FILE": str(config)}
    )

    assert ran.status == 1
    assert ran.err == (
        "Error: The config profile (wrok) could not be found: "
        "aws configure list-profiles shows those there are\n"
    )


def test_a_profile_gives_credentials_and_region(process: Process, tmp_path: Path) -> None:
    """As for any tool of AWS."""
    config = tmp_path / "config"
    config.write_text(
        "[profile work]\nregion = eu-west-1\naws_access_key_id = test\n"
        "aws_secret_access_key = test\n",
        encoding="utf-8",
    )
    environment = {
        "AWS_CONFIG_FILE": str(config),
        "AWS_REGION": None,
        "AWS_DEFAULT_REGION": None,
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": None,
    }

    ran = process("drain", "web", "--profile", "work", environment=environment)

    place = "account 123456789012, region eu-west-1"
    assert ran.err == f"Error: there is no repository web in {place}\n"


@pytest.mark.parametrize("command", [["drain", "web"], ["stack", "list"]])
def test_an_endpoint_that_does_not_answer_is_named(command: list[str], process: Process) -> None:
    """With what to check, soon, also by commands that are patient with throttling."""
    ran = process(*command, "--endpoint-url", NOWHERE)

    assert ran.status == 1
    assert NOWHERE in ran.err
    assert "check the region (--region, AWS_REGION), the endpoint" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_malformed_endpoint_is_refused(process: Process) -> None:
    """The SDK says so itself."""
    ran = process("drain", "web", "--endpoint-url", "nonsense")

    assert ran.status in {1, 2}
    assert "nonsense" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_access_that_ends_in_the_middle_is_reported_with_the_count(process: Process) -> None:
    """What went before the denial is told, and what is left."""
    with StrictEcr.start(repository="web", images=1000) as server:
        server.configure(denied_from={"BatchDeleteImage": 4})

        ran = process(
            *("drain", "web", "--yes", "--concurrency", "1"),
            *("--endpoint-url", server.endpoint_url),
        )
        remaining = server.state().images

    assert ran.status == 1
    assert 0 < remaining < 1000
    assert "access denied: grant ecr:BatchDeleteImage" in ran.out
    assert f"0 repositories empty, {1000 - remaining} images deleted" in ran.out
    assert ran.out.splitlines()[-1] == "Not empty: web"


def test_images_that_ecr_refuses_are_named_by_code(process: Process) -> None:
    """The status is 1, and the rest is gone."""
    with StrictEcr.start(repository="web", images=300) as server:
        server.configure(
            image_failures=[{"code": "ImageInaccessible", "times": None, "share": 0.02}]
        )

        ran = process(
            *("drain", "web", "--yes", "--output", "json"),
            *("--endpoint-url", server.endpoint_url),
        )
        remaining = server.state().images

    [report] = ran.document["repositories"]
    assert ran.status == 1
    assert remaining > 0
    assert report["left"] == remaining
    assert report["failureCodes"] == {"ImageInaccessible": remaining}
    assert report["empty"] is False
    assert f"ImageInaccessible ({remaining})" in ran.err


def test_nobody_elses_variables_are_needed(process: Process) -> None:
    """Help, version and templates need no environment at all."""
    for arguments in (["--help"], ["--version"], ["drain", "--help"]):
        nothing = dict.fromkeys(name for name in os.environ if name.startswith("AWS_"))
        ran = process(*arguments, environment=nothing)
        assert ran.status == 0
        assert ran.err == ""
