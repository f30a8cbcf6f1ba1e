"""What docs/safety.md and docs/permissions.md say is what the code does and the tests assert."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from benchmarks.decisions import MARKER, PAGE, WHEN, decision_table
from benchmarks.page import put
from ecrdrain.fate.guard import Situation
from tests.e2e.roles import FILES, load, resource_text, statements
from tests.e2e.scenarios import SCENARIOS
from tests.e2e.scenarios.scenario import OK

DOCS = Path(__file__).parents[2] / "docs"


def rows(page: str, after: str) -> list[list[str]]:
    """Return the cells of the first table after a line of a page, without its header."""
    lines = (DOCS / page).read_text().partition(after)[2].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| "))
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table[2:]


def test_the_table_of_decisions_is_the_codes() -> None:
    """Situations, verdicts and sentences are those of the code; make docs writes them."""
    page = PAGE.read_text()

    assert put(page, MARKER, decision_table()) == page
    assert set(WHEN) == set(Situation)


def test_the_table_of_scenarios_is_the_tests() -> None:
    """Each scenario has its line, and ours ended in it as the tests assert."""
    told = rows("safety.md", "## Side by side")

    assert [re.sub(r" \(\d\)$", "", row[0]) for row in told] == [each.name for each in SCENARIOS]
    for row, scenario in zip(told, SCENARIOS, strict=True):
        assert row[1:4] == [scenario.truth, scenario.end, OK]


def test_each_difference_between_aws_and_the_emulator_is_told() -> None:
    """Where a scenario cannot show what AWS does, the page says so."""
    page = (DOCS / "safety.md").read_text()

    for scenario in SCENARIOS:
        assert scenario.on_aws in page


def test_the_table_of_permissions_is_the_templates() -> None:
    """Each template grants exactly what the page says, on what it says."""
    granted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in FILES:
        for statement in statements(load(path)):
            granted[statement["Action"]][path].append(resource_text(statement))

    told = rows("permissions.md", "# What the function may do")

    assert all(why for _, why, *_ in told)
    assert {action: resources for action, _, *resources in told} == {
        f"`{action}`": ["; ".join(by_path[path]) for path in FILES]
        for action, by_path in granted.items()
    }


@pytest.mark.parametrize("page", ["README.md", "docs/rescue.md", "docs/safety.md"])
def test_a_stuck_repository_is_quoted_in_aws_s_words(page: str) -> None:
    """What CloudFormation says of a full repository stands there as AWS says it."""
    words = "cannot be deleted because it still contains images"

    assert words in (DOCS.parent / page).read_text()
