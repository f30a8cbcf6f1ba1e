"""Plays what CloudFormation can do to ecrdrain's function and to the article's, side by side.

`make safety` writes the table into docs/safety.md. The scenarios are those of the end-to-end
tests, in the same places: the same templates, the same lab, another function.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.page import put
from ecrdrain.lab import Lab
from tests.e2e.scenarios import SCENARIOS
from tests.e2e.scenarios.account import Account
from tests.e2e.scenarios.installation import Article, Ecrdrain, Installation
from tests.e2e.scenarios.scenario import OK, Scenario, perform
from tests.e2e.scenarios.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

PAGE = Path(__file__).parents[1] / "docs" / "safety.md"
MARKER = "scenarios"
HEADER = ("what happens", "what is true then", "how it must end", "ecrdrain", "the article's")


def main() -> None:
    """Play all scenarios and write the table; exit with 1 if ours ended wrong in any."""
    with ExitStack() as stack:
        ours, article = _install(stack)
        rows = [(each, _play(each, ours), _play(each, article)) for each in SCENARIOS]
    text = f"{summary(rows)}\n\n{scenario_table(rows)}"
    PAGE.write_text(put(PAGE.read_text(), MARKER, text))
    print(summary(rows))
    if wrong := [each.name for each, verdict, _ in rows if verdict != OK]:
        sys.exit(f"ecrdrain ended wrong in: {'; '.join(wrong)}")


def summary(rows: Sequence[tuple[Scenario, str, str]]) -> str:
    """Return the table in a sentence."""
    ours = [verdict for _, verdict, _ in rows]
    article = [verdict for *_, verdict in rows]
    lost, silent = (sum(word in each for each in article) for word in ("lost", "no answer"))
    return (
        f"{len(rows)} scenarios: ecrdrain ends {ours.count(OK)} of them as they must, the "
        f"article's function {article.count(OK)}; that one loses images in {lost} and does not "
        f"answer in {silent}."
    )


def scenario_table(rows: Iterable[tuple[Scenario, str, str]]) -> str:
    """Return one line a scenario; below the table, what the emulator cannot show."""
    lines = [" | ".join(HEADER), " | ".join("---" for _ in HEADER)]
    notes: dict[str, int] = {}
    for scenario, ours, article in rows:
        note = ""
        if scenario.on_aws:
            note = f" ({notes.setdefault(scenario.on_aws, len(notes) + 1)})"
        cells = (scenario.name + note, scenario.truth, scenario.end, _cell(ours), _cell(article))
        lines.append(" | ".join(cells))
    table = "\n".join(f"| {line} |" for line in lines)
    return "\n".join([table, "", *(f"({number}) {text}" for text, number in notes.items())])


def _cell(verdict: str) -> str:
    return verdict if verdict == OK else f"**{verdict}**"


def _install(stack: ExitStack) -> tuple[Mapping[bool, Installation], Mapping[bool, Installation]]:
    """Start both labs, with and without enforced roles, and install both functions in each."""
    accounts = {}
    for enforced in (False, True):
        accounts[enforced] = Account(stack.enter_context(Lab.start(enforce_iam=enforced)))
        stack.callback(accounts[enforced].close)
    return (
        {enforced: Ecrdrain(account) for enforced, account in accounts.items()},
        {enforced: Article(account) for enforced, account in accounts.items()},
    )


def _play(scenario: Scenario, installations: Mapping[bool, Installation]) -> str:
    installation = installations[scenario.enforced]
    verdict = scenario.verdict(perform(scenario, World(installation.account, installation)))
    print(f"{type(installation).__name__:8}  {scenario.name}: {verdict}", flush=True)
    return verdict


if __name__ == "__main__":
    main()
