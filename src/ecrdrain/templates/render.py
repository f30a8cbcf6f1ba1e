"""The templates as users deploy them: the YAML beside this module, with the function inside."""

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files

from ecrdrain.templates.errors import TemplateError

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
        TemplateError: A file is missing.
    """
    return {path: insert_function(_read(path), function_source()) for path in _FILES[name]}


@cache
def function_source() -> str:
    """Return the Lambda function as one module: ``index.py``, entered at ``lambda_handler``.

    Raises:
        TemplateError: It is missing.
    """
    return _read("function.py")


def insert_function(template: str, source: str) -> str:
    """Put the source, indented, in the place of the marker; a template without one stays."""

    def block(marker: re.Match[str]) -> str:
        lines = source.removesuffix("\n").split("\n")
        return "\n".join(marker["indent"] + line if line else "" for line in lines)

    return _MARKER.sub(block, template)


def check_size(path: str, text: str, free: int = 0) -> None:
    """See that a template may be deployed without a bucket.

    Args:
        path: Its name, for the message.
        text: The template, with the function inside.
        free: How many bytes it must have left.

    Raises:
        TemplateError: It is larger.
    """
    size = len(text.encode())
    if size > BODY_LIMIT - free:
        room = f", and {free:,} of them must stay free" if free else ""
        raise TemplateError(
            f"{path} has {size:,} bytes with the function inside; "
            f"CloudFormation takes {BODY_LIMIT:,}{room}: make the function smaller"
        )


def _read(path: str) -> str:
    try:
        return (files("ecrdrain.templates") / path).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise TemplateError(
            f"templates/{path} is missing; install ecrdrain with all its files (a wheel has them)"
        ) from error
