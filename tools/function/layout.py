"""Standard layout, as ruff defines it, and what ruff has to say about it."""

import json
import subprocess
import sys
from typing import NamedTuple

from tools.function.errors import BundleError

WIDTH, INDENT = 120, 1
RULES = "E,W,F,S"

_STYLE = ("--isolated", "--config", f"indent-width={INDENT}", "--config", f"line-length={WIDTH}")
_JOINED = (
    *("--config", "format.skip-magic-trailing-comma=true"),
    *("--config", "lint.isort.split-on-trailing-comma=false"),  # or ruff warns
)


class Finding(NamedTuple):
    """What ruff says about a row, from 1."""

    row: int
    message: str


def lay_out(source: str) -> str:
    """Put a source into standard layout, in as few lines as the width allows.

    Raises:
        BundleError: The source is not understood, or its layout depends on ruff's settings.
    """
    text = _ruff("format", *_JOINED, "-", source=source)
    if _ruff("format", "-", source=text) != text:
        raise BundleError("ruff lays out its own result in another way: its settings disagree")
    return text


def findings(text: str) -> list[Finding]:
    """List what ruff finds in a text that has no exception beside it."""
    options = ("--select", RULES, "--output-format", "json", "--exit-zero", "-")
    return [
        Finding(each["location"]["row"], f"{each['code']} {each['message']}")
        for each in json.loads(_ruff("check", *options, source=text))
    ]


def _ruff(command: str, *options: str, source: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "ruff", command, *_STYLE, *options],
        input=source,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise BundleError(f"ruff {command}: {done.stderr.strip()}")
    return done.stdout
