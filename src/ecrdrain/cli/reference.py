"""docs/cli.md, written from the commands themselves: ``python -m ecrdrain.cli.reference``."""

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout

from ecrdrain.cli.app import COMMANDS, PROGRAM, run
from ecrdrain.cli.documents.provider import INSTALLATION, LOG, STATUS
from ecrdrain.cli.documents.repositories import DRAIN, DRAIN_PLAN
from ecrdrain.cli.documents.stacks import DELETION, DELETION_PLAN, STACK_LIST, STACKS
from ecrdrain.cli.fields import PLACE, Field, describe_document
from ecrdrain.cli.permissions import BY_COMMAND

_WIDTH = "80"

_INTRODUCTION = """\
# Command line

<!-- Made by `make docs` from the commands; change it there. -->

Every command that talks to AWS takes `--profile`, `--region` and `--endpoint-url`, and reads the
SDK's environment variables and configuration files. The result goes to standard output; questions,
progress and errors go to standard error. Without a terminal there are no bars and no colours, and
a question is an error: say `--yes` or `--dry-run`. `NO_COLOR` is obeyed.

`ecrdrain --install-completion` lets your shell complete commands, options and their values.

## Exit status

| status | means |
| --- | --- |
| 0 | all is as asked: empty, deleted, installed |
| 1 | something is left, or was not allowed; what and why is said |
| 2 | wrong use: an unknown name or option, or nobody there to answer; nothing was touched |
| 130 | interrupted: calls in flight were finished, and the count is honest |

Ctrl-C once stops starting, finishes what is under way and reports the count; twice stops at once.
After either, run the same command again: it goes on where it was.
"""

_DOCUMENTS: Mapping[str, Mapping[str, Sequence[Field]]] = {
    "drain": {
        "JSON": DRAIN,
        "JSON of `--dry-run`, and when something forbids the drain": DRAIN_PLAN,
    },
    "stack list": {"JSON": STACK_LIST},
    "stack show": {"JSON": STACKS},
    "stack delete": {
        "JSON": DELETION,
        "JSON of `--dry-run`, and when something forbids the deletion": DELETION_PLAN,
    },
    "install": {"JSON": INSTALLATION},
    "uninstall": {
        "JSON": DELETION,
        "JSON of `--dry-run`, and when something forbids the deletion": DELETION_PLAN,
    },
    "status": {"JSON": STATUS},
    "logs": {"JSON": LOG},
}

_WITHOUT_CLOUDFORMATION = frozenset({"drain", "stack list", "stack show", "status", "logs"})
"""The commands that let CloudFormation do nothing."""

_OF_CLOUDFORMATION = """
CloudFormation acts for you: unless the stack has a role of its own, you also need what its
resources take to be created and deleted.
"""


def reference() -> str:
    """Return the page, its help texts as wide as a window of 80 columns makes them."""
    return "\n".join([_INTRODUCTION, *(_section(name) for name in _names())])


def _names() -> Iterator[str]:
    """Yield the names of all commands, those of groups with the group's before them."""
    for command in COMMANDS:
        loaded = command.load()
        for inner in getattr(loaded, "commands", {"": None}):
            yield f"{command.name} {inner}".rstrip()


def _section(name: str) -> str:
    parts = [f"## {PROGRAM} {name}\n", f"```text\n{_help(name)}\n```\n"]
    for title, fields in _DOCUMENTS.get(name, {}).items():
        parts.append(
            _table(f"### {title}", "| field | meaning |", describe_document((*PLACE, *fields)))
        )
    if name in BY_COMMAND:
        parts.append(_table("### Permissions", "| action | what for |", BY_COMMAND[name]))
        if name not in _WITHOUT_CLOUDFORMATION:
            parts.append(_OF_CLOUDFORMATION.lstrip())
    return "\n".join(parts)


def _help(name: str) -> str:
    text = io.StringIO()
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = _WIDTH
    try:
        with redirect_stdout(text):
            run([*name.split(), "--help"])
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before
    return "\n".join(line.rstrip() for line in text.getvalue().strip().splitlines())


def _table(title: str, heading: str, rows: Mapping[str, str]) -> str:
    lines = [f"| `{name}` | {meaning} |" for name, meaning in rows.items()]
    return "\n".join([title, "", heading, "| --- | --- |", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(reference())
