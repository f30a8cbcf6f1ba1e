"""Our function: which modules it is made of, and where it is kept."""

from pathlib import Path

from ecrdrain import __version__
from tools.function.modules import Package
from tools.function.write import write

ROOT = Path(__file__).parents[2]
PACKAGE = Package("ecrdrain", ROOT / "src" / "ecrdrain", docstrings_from=999)
ENTRY, FUNCTION = "ecrdrain.resource.handler", "lambda_handler"

TEMPLATES = PACKAGE.root / "templates"
COMMITTED = TEMPLATES / "function.py"

HEADER = f"ecrdrain {__version__}, Apache-2.0: engine drains, fate decides, resource answers."


def make_function() -> str:
    """Write the function from the modules as they are now.

    Raises:
        BundleError: They cannot be written as one file.
    """
    return write(PACKAGE, ENTRY, FUNCTION, HEADER)
