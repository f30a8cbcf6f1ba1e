"""What CloudFormation can do to the function: each case defined once, and played for any."""

from __future__ import annotations

from tests.e2e.scenarios import creations, deletions, deliveries, limits, shapes, updates
from tests.e2e.scenarios.scenario import Scenario

SCENARIOS = tuple(
    value
    for module in (deletions, updates, creations, deliveries, limits, shapes)
    for value in vars(module).values()
    if isinstance(value, Scenario)
)
