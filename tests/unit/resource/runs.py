"""A run of the function on a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ecrdrain.resource.log import Log
from ecrdrain.resource.run import Run
from tests.unit.resource.stage import (
    FUNCTION_ARN,
    REPOSITORY_ARN,
    STACK_ID,
    Ecr,
    Stacks,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Surroundings:
    """What a run is given, and what it leaves behind.

    Attributes:
        time: The clock, in seconds; waiting moves it.
        ends: When Lambda kills the run.
    """

    properties: Mapping[str, object] = field(
        default_factory=lambda: {"RepositoryName": "team/app", "OnDelete": "Always"}
    )
    time: float = 0.0
    ends: float = 900.0
    url: str = "https://bucket.example/answer?Signature=s3cr3t"
    ecr: Ecr = field(default_factory=Ecr)
    cloudformation: Stacks = field(default_factory=Stacks)
    waits: list[float] = field(default_factory=list)

    # What Lambda tells a function of itself.
    invoked_function_arn = FUNCTION_ARN
    log_group_name = "/aws/lambda/drain"
    log_stream_name = "2026/11/24/[$LATEST]0"

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left on the clock."""
        return int((self.ends - self.time) * 1000)

    def run(self) -> Run:
        """Make a run that is asked to delete team/app."""
        event = {
            "RequestType": "Delete",
            "ResponseURL": self.url,
            "StackId": STACK_ID,
            "RequestId": "request-1",
            "LogicalResourceId": "Drain",
            "PhysicalResourceId": REPOSITORY_ARN,
            "ResourceProperties": dict(self.properties),
        }
        return Run(
            event, self, Log(self.url), self._client, now=lambda: self.time, sleep=self._wait
        )

    def _client(self, service: str) -> Any:
        return {"ecr": self.ecr, "cloudformation": self.cloudformation}[service]

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
