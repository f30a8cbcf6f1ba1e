"""The command line."""

import sys


def main() -> None:
    """Run the command that the process was started with, and exit with its status."""
    from ecrdrain.cli.app import run  # noqa: PLC0415 - keeps the import of a command free of all

    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            # No character that a terminal or pipe cannot take may end a command.
            reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))
