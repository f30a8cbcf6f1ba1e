"""On what the figures were measured."""

import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
from pathlib import Path

from benchmarks.peers.catalogue import AWS_CLI, CDK_FOLDER


def machine_facts() -> str:
    """Return cores, processor, system and the versions of all that took part, in a line."""
    facts = [
        f"{len(os.sched_getaffinity(0))} cores ({_processor()})"
        if hasattr(os, "sched_getaffinity")
        else f"{os.cpu_count()} cores ({_processor()})",
        platform.system(),
        f"Python {platform.python_version()}",
        *(f"{name} {importlib.metadata.version(name)}" for name in ("boto3", "aiohttp")),
        _first_word(str(AWS_CLI / "aws"), "AWS CLI "),
        _first_word("node", "node "),
        _cdk(),
    ]
    return ", ".join(fact for fact in facts if fact)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _first_word(program: str, prefix: str) -> str:
    """Return what `program --version` begins with; nothing when it is not installed."""
    if shutil.which(program) is None:
        return ""
    ran = subprocess.run(  # noqa: S603 - a program of the benchmark's own
        [program, "--version"], stdout=subprocess.PIPE, text=True, check=True
    )
    return prefix + ran.stdout.split()[0].removeprefix("aws-cli/").removeprefix("v")


def _cdk() -> str:
    library = CDK_FOLDER / "node_modules" / "aws-cdk-lib" / "package.json"
    if not library.exists():
        return ""
    return f"aws-cdk-lib {json.loads(library.read_text())['version']}"
