"""``python -m ecrdrain``: the same as the command."""

from ecrdrain.cli import main

main()
