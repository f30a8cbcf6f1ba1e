"""How an addition takes the place of a function of the emulator."""

from collections.abc import Callable
from types import ModuleType
from typing import Any


def replace(module: ModuleType, name: str, function: Callable[..., Any]) -> None:
    """Let callers of `module.name` reach `function`.

    Raises AttributeError when the emulator has no such function: another release, which the
    addition must be fitted to.
    """
    getattr(module, name)
    setattr(module, name, function)


def wrap(
    module: ModuleType, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]
) -> None:
    """Replace `module.name` by what `make` makes of it. Raises AttributeError as `replace`."""
    replace(module, name, make(getattr(module, name)))
