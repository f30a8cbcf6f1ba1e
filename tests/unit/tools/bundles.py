"""Small packages as one file, and what they do when they run."""

import sys
from types import ModuleType
from typing import Any

from tools.function.modules import Package
from tools.function.write import write

HANDLER = "fake.app.handler"


def bundle(package: Package, entry: str, function: str) -> str:
    """Write a function as one file, without the comments at its top."""
    return write(package, entry, function, "header").removeprefix("# header\n").lstrip("\n")


def run(source: str) -> dict[str, Any]:
    """Execute a bundle as the runtime does, as the module ``index``."""
    module = ModuleType("index")
    sys.modules["index"] = module
    try:
        exec(compile(source, "index.py", "exec"), vars(module))  # noqa: S102 - its purpose
    finally:
        del sys.modules["index"]
    return vars(module)
