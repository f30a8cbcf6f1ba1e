"""Both forms of the function: our package, and the module that templates hold."""

from __future__ import annotations

import importlib
import sys
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecrdrain.templates import function_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FORMS = ("package", "rendered")
RENDERED = "ecrdrain_rendered_function"


@contextmanager
def loaded(form: str) -> Iterator[ModuleType]:
    """Load the module with `lambda_handler`, from the package or as deployed."""
    if form == "package":
        yield importlib.import_module("ecrdrain.resource.handler")
        return
    module = types.ModuleType(RENDERED)
    sys.modules[RENDERED] = module  # dataclasses look their module up
    exec(compile(function_source(), "index.py", "exec"), vars(module))  # noqa: S102 - our own code
    yield module
    sys.modules.pop(RENDERED, None)  # two tiers in one process load it twice
