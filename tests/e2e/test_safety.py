"""The promises, scenario by scenario: no image is lost, no stack waits in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.scenarios import SCENARIOS
from tests.e2e.scenarios.scenario import OK, Scenario, perform
from tests.e2e.scenarios.world import World

if TYPE_CHECKING:
    from tests.e2e.scenarios.installation import Article, Ecrdrain


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_a_scenario_ends_as_it_must(scenario: Scenario, request: pytest.FixtureRequest) -> None:
    """Images, stack, answers and log are as the scenario says, and the log keeps the secret."""
    ours: Ecrdrain = request.getfixturevalue(
        "strict_ecrdrain" if scenario.enforced else "ecrdrain"
    )

    outcome = perform(scenario, World(ours.account, ours))

    assert scenario.verdict(outcome) == OK, outcome.reasons
    assert outcome.decisions == scenario.decides
    assert outcome.deletes == scenario.answered, outcome.reasons
    for words in scenario.says:
        assert words in outcome.told()
    assert not outcome.leaked
    assert len(outcome.requests - set(outcome.answers)) == scenario.ignores
    for answers in outcome.answers.values():
        if not scenario.repeats:
            assert len(answers) == 1
        if not (scenario.repeats and scenario.on_aws):
            assert len(set(answers)) == 1


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("DeletionPolicy Retain", "3 of 3 images lost"),
        (
            "A stack with 250 images is deleted",
            "SUCCESS answered with 150 images left; DELETE_FAILED",
        ),
        ("The repository is deleted by hand before the stack", "DELETE_FAILED"),
        ("The SDK cannot be imported", "no answer"),
        ("The address of the answer is secret", "the ResponseURL is in the log"),
    ],
)
def test_a_function_that_breaks_a_promise_is_found_out(
    name: str, verdict: str, article: Article
) -> None:
    """The scenarios tell a function that loses images, hangs or lies from one that does not."""
    (scenario,) = [each for each in SCENARIOS if each.name == name]

    outcome = perform(scenario, World(article.account, article))

    assert scenario.verdict(outcome) == verdict
