"""The examples of docs/python.md and of the README run, and print what stands below them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FULL = {"team/app": 120, "team/web": 30, "team/locked": 5}


def examples(page: str) -> list[tuple[str, str | None]]:
    """Return the programs of a page, each with the output that is shown, if any."""
    blocks = re.findall(
        r"^( *)```python\n(.*?)^\1```\n(?:\n\1```text\n(.*?)^\1```\n)?",
        (ROOT / page).read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return [(dedent(program), dedent(output) or None) for _, program, output in blocks]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Lead a program to a registry of its own, with what the pages take for granted."""
    with StrictEcr.start(in_process=True) as server:
        for seed, (name, images) in enumerate(FULL.items()):
            server.seed(repository=name, images=images, seed=seed)
        server.seed(repository="team/app", images=7, service="ecr-public", seed=len(FULL))
        ecr = server.client("ecr")
        locked = ecr.list_images(repositoryName="team/locked")["imageIds"]
        ecr.close()
        digests = [each["imageDigest"] for each in locked]
        server.configure(
            image_failures=[{"code": "ImageInaccessible", "times": None, "digests": digests}]
        )
        settings = {
            "DEFAULT_REGION": "eu-west-1",
            "ACCESS_KEY_ID": "lab",
            "SECRET_ACCESS_KEY": "lab",
            "ENDPOINT_URL": server.endpoint_url,
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        yield kept | {f"AWS_{name}": value for name, value in settings.items()}


@pytest.mark.parametrize(
    ("program", "output"),
    [
        pytest.param(program, output, id=f"{Path(page).stem}-{number}")
        for page in ("docs/python.md", "README.md")
        for number, (program, output) in enumerate(examples(page))
    ],
)
def test_every_example_runs_and_prints_what_is_shown(
    program: str, output: str | None, environment: dict[str, str]
) -> None:
    """Each in a process of its own, with a client from the environment."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "error", "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stderr, done.returncode) == ("", 0)
    assert output is None or done.stdout == output


def test_every_example_is_run() -> None:
    """Those of the page all show what they print."""
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")

    assert len(examples("docs/python.md")) == page.count("```python") > 5
    assert all(output for _, output in examples("docs/python.md"))
    assert len(examples("README.md")) == 1
