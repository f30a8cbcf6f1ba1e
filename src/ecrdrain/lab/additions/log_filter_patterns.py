"""FilterLogEvents: patterns for lines of JSON, as far as the commands use them.

A pattern in braces selects properties by `$.name`, compares them with texts in quotation marks, in
which * stands for any characters, and joins comparisons by && ("Using filter patterns to match
terms in JSON log events", CloudWatch Logs user guide). The emulator lets every line through.
"""

import json
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

from ministack.services import cloudwatch_logs

from ecrdrain.lab.additions.replacing import wrap

_COMPARISON = r'\$\.(\w+) *= *"([^"]*)"'
_PATTERN = re.compile(
    rf"\{{ *(?:{_COMPARISON}|\( *{_COMPARISON} *\)(?: *&& *\( *{_COMPARISON} *\))*) *\}}"
)

Matcher = Callable[[str], bool]


def install() -> None:
    """Put the rule in place."""
    wrap(cloudwatch_logs, "_compile_filter_pattern", _with_json)


def _with_json(plain: Callable[[str], Matcher]) -> Callable[[str], Matcher]:
    def compile_pattern(raw: str) -> Matcher:
        if not _PATTERN.fullmatch((raw or "").strip()):
            return plain(raw)
        comparisons = re.findall(_COMPARISON, raw)
        return lambda message: _matches(message, comparisons)

    return compile_pattern


def _matches(message: str, comparisons: list[tuple[str, str]]) -> bool:
    try:
        line = json.loads(message)
    except ValueError:
        return False
    return isinstance(line, dict) and all(
        isinstance(line.get(name), str) and fnmatchcase(line[name], _only_stars(text))
        for name, text in comparisons
    )


def _only_stars(text: str) -> str:
    """Return a text for fnmatch, to which more than * is special."""
    return re.sub(r"[\[?]", r"[\g<0>]", text)
