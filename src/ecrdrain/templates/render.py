"""The templates as users deploy them: the YAML beside this module, with the function inside."""

import ast
import re
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ecrdrain.templates.bundle import bundle
from ecrdrain.templates.errors import TemplateError
from ecrdrain.templates.modules import Package

ENTRY = "ecrdrain.resource.handler"
FUNCTION = "lambda_handler"

# CloudFormation's limit for a template that is sent with the request instead of through S3
# (User Guide, "Understand CloudFormation quotas": template body size in a request).
BODY_LIMIT = 51_200

_MARKER = re.compile(r"^(?P<indent> +)\{\{ function source \}\}$", re.MULTILINE)


class TemplateName(StrEnum):
    """The templates by the names that users give."""

    PROVIDER = "provider"
    STANDALONE = "standalone"
    NESTED = "nested"


_FILES = {
    TemplateName.PROVIDER: ("provider.yaml",),
    TemplateName.STANDALONE: ("standalone.yaml",),
    TemplateName.NESTED: (
        "nested/root.yaml",
        "nested/ecr.yaml",
        "nested/lambda.yaml",
        "nested/customresource.yaml",
    ),
}


def render(name: TemplateName) -> dict[str, str]:
    """Make a template ready to deploy.

    Returns:
        The text of each file by its relative path; for nested templates the root comes first.

    Raises:
        TemplateError: The function's source cannot be made, or a file would be too large.
    """
    return {path: _with_function(path) for path in _FILES[name]}


@cache
def function_source() -> str:
    """Write the Lambda function as one module: ``index.py``, entered at ``lambda_handler``.

    Raises:
        TemplateError: The package's own source cannot be read, or does not fit into one module.
    """
    package = Package("ecrdrain", files("ecrdrain"))
    return f"{_header(package)}\n{bundle(package, ENTRY, FUNCTION)}"


def insert_function(template: str, source: str) -> str:
    """Put the source, indented, in the place of the marker; a template without one stays."""

    def block(marker: re.Match[str]) -> str:
        lines = source.removesuffix("\n").split("\n")
        return "\n".join(marker["indent"] + line if line else "" for line in lines)

    return _MARKER.sub(block, template)


def check_size(path: str, text: str) -> None:
    """See that a template may be deployed without a bucket.

    Raises:
        TemplateError: It is larger than a request may be.
    """
    size = len(text.encode())
    if size > BODY_LIMIT:
        raise TemplateError(
            f"{path} has {size:,} bytes with the function inside; "
            f"CloudFormation takes {BODY_LIMIT:,}: make the function smaller"
        )


def read_version(package: Package) -> str:
    """Read a package's ``__version__`` from its source, as everything here is.

    Raises:
        TemplateError: There is none, or it is no literal.
    """
    for statement in ast.parse((package.root / "__init__.py").read_text(encoding="utf-8")).body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id="__version__")], value=ast.Constant(value=str() as version)
            ):
                return version
    raise TemplateError(f"{package.name} says no __version__")


def _with_function(path: str) -> str:
    template = (files("ecrdrain.templates") / path).read_text(encoding="utf-8")
    text = insert_function(template, function_source()) if _MARKER.search(template) else template
    check_size(path, text)
    return text


def _header(package: Package) -> str:
    return (
        f"# ecrdrain {read_version(package)}, licensed under Apache-2.0.\n"
        "# Made from src/ecrdrain/engine, fate and resource, where the comments are; "
        "change it there."
    )
