"""The command line."""

import sys


def main() -> None:
    """Run the command that the process was started with, and exit with its status."""
    from ecrdrain.cli.app import run  # noqa: PLC0415 - keeps the import of a command free of all

    sys.exit(run(sys.argv[1:]))
