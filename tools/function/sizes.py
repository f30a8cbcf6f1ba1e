"""Where a template's bytes go."""

from collections.abc import Iterator
from typing import NamedTuple

from ecrdrain.templates.render import BODY_LIMIT, insert_function
from tools.function.source import TEMPLATES
from tools.function.write import HEADING

WITH_FUNCTION = ("provider.yaml", "standalone.yaml", "nested/lambda.yaml")
TOP = "header and imports"


class Part(NamedTuple):
    """A part of the function as it stands in a template."""

    name: str
    lines: int
    size: int


def parts(function: str, indent: int) -> Iterator[Part]:
    """Measure each part of a function whose lines are indented; empty lines are not."""
    name, lines, size = TOP, 0, 0
    for line in function.splitlines():
        if line.startswith(HEADING):
            yield Part(name, lines, size)
            name, lines, size = line.removeprefix(HEADING).partition(":")[0], 0, 0
        lines += 1
        size += len(line.encode()) + 1 + (indent if line else 0)
    yield Part(name, lines, size)


def table(function: str) -> str:
    """Write down what the parts of a function take, and what the templates have left."""
    measured = list(parts(function, indent=5))
    rows = [("part", "lines", "bytes", "")]
    rows += [(each.name, f"{each.lines:,}", f"{each.size:,}", "") for each in measured]
    lines, size = sum(each.lines for each in measured), sum(each.size for each in measured)
    rows += [("the function", f"{lines:,}", f"{size:,}", ""), ("", "", "", "")]
    rows += [("template", "without", "with it", f"free of {BODY_LIMIT:,}")]
    for path in WITH_FUNCTION:
        template = (TEMPLATES / path).read_text(encoding="utf-8")
        bare, full = (len(insert_function(template, each).encode()) for each in ("", function))
        rows += [(path, f"{bare:,}", f"{full:,}", f"{BODY_LIMIT - full:,}")]
    return "\n".join(f"{a:24}{b:>10}{c:>10}{d:>16}".rstrip() for a, b, c, d in rows)
