"""A run of the function on a clock of the test's own."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ecrdrain.resource.log import Log
from ecrdrain.resource.request import Home, parse_request
from ecrdrain.resource.surroundings import Clients, Progress, Run
from tests.unit.resource.stage import FUNCTION_ARN, REPOSITORY_ARN, STACK_ID, Ecr, Functions

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Surroundings:
    """What a run is given, and what it leaves behind.

    Attributes:
        time: The clock, in seconds; waiting moves it.
        ends: When Lambda kills the run.
        until: When CloudFormation stops waiting.
    """

    properties: Mapping[str, object] = field(
        default_factory=lambda: {"RepositoryName": "team/app", "OnDelete": "Always"}
    )
    time: float = 0.0
    ends: float = 900.0
    until: float = 3600.0
    deleted: int = 0
    runs: int = 1
    ecr: Ecr = field(default_factory=Ecr)
    functions: Functions = field(default_factory=Functions)
    cloudformation: Any = None
    lines: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def run(self) -> Run:
        """Make a run that is asked to delete team/app."""
        event = {
            "RequestType": "Delete",
            "ResponseURL": "https://bucket.example/answer?Signature=s3cr3t",
            "StackId": STACK_ID,
            "RequestId": "request-1",
            "LogicalResourceId": "Drain",
            "PhysicalResourceId": REPOSITORY_ARN,
            "ResourceProperties": dict(self.properties),
        }
        return Run(
            request=parse_request(event),
            event=event,
            function_arn=FUNCTION_ARN,
            home=Home("aws", "eu-west-1", "123456789012"),
            environment={},
            clients=cast("Clients", self),
            log=Log(write=self.lines.append),
            time_left=lambda: self.ends - self.time,
            now=lambda: self.time,
            sleep=self._wait,
            progress=Progress(deleted=self.deleted, runs=self.runs, until=self.until),
        )

    @property
    def events(self) -> list[str]:
        """The events of the log."""
        return [json.loads(line)["event"] for line in self.lines]

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.time += seconds
