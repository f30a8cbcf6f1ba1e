"""Puts figures and tables into a page, between markers, and nothing else."""

import re
from collections.abc import Callable, Iterable, Mapping


class MarkersError(Exception):
    """The page does not have the markers that say where figures go."""


def put(page: str, name: str, text: str) -> str:
    """Return the page with this text between `<!-- name -->` and `<!-- /name -->`.

    Raises:
        MarkersError: The page has not exactly one pair of them.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    whole, count = pattern.subn(lambda _: f"{begin}\n{text.strip()}\n{end}", page)
    if count != 1:
        raise MarkersError(f"the page needs one {begin} and one {end} after it, found {count}")
    return whole


def put_all(page: str, makers: Mapping[str, Callable[[], str]]) -> str:
    """Return the page with each text, as it is made now, between the markers of its name.

    Raises:
        MarkersError: The page has not exactly one pair of them.
    """
    for name, make in makers.items():
        page = put(page, name, make())
    return page


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table for a page."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
