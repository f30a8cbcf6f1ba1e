"""What IAM denies, told before anything is touched."""

from collections.abc import Mapping

from ecrdrain.cli.errors import denials_in_words
from ecrdrain.cli.terminal import Terminal
from ecrdrain.engine import CallError
from ecrdrain.stacks.denials import DeniedError


def warn_of(
    terminal: Terminal, denials: Mapping[CallError, list[str]], *, dry_run: bool
) -> list[str]:
    """Write, and return, what would stop a drain half-way.

    Raises:
        DeniedError: It would, and more than the plan was asked for.
    """
    if not denials:
        return []
    if not dry_run:
        raise DeniedError(denials)
    warning = denials_in_words(denials)
    terminal.mention(f"Warning: the drain would fail: {warning}", "bold yellow")
    return [warning]
