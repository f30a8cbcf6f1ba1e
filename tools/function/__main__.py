"""Write the function and say how large it is: `make function`."""

import sys

from tools.function.errors import BundleError
from tools.function.sizes import table
from tools.function.source import COMMITTED, make_function


def main() -> None:
    """Write what is deployed."""
    try:
        text = make_function()
    except BundleError as error:
        sys.exit(f"make function: {error}")
    COMMITTED.write_text(text, encoding="utf-8")
    print(table(text))


main()
