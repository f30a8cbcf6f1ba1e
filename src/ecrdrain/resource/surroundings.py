"""What a run of the function works with: time, clients, environment, log."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ecrdrain.resource.log import Log
from ecrdrain.resource.request import Home, Request

if TYPE_CHECKING:
    from botocore.config import Config
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_lambda import LambdaClient

LONGEST_RESERVE = 20.0
RESERVED_SHARE = 0.2


class Clients:
    """The boto3 clients, each made when it is first asked for.

    boto3 takes longer to import than many a request takes to answer.
    """

    @cached_property
    def ecr(self) -> "ECRClient":
        """ECR."""
        import boto3  # noqa: PLC0415 - see the class

        return boto3.client("ecr", config=self._config())

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        import boto3  # noqa: PLC0415 - see the class

        return boto3.client("cloudformation", config=self._config())

    @cached_property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        import boto3  # noqa: PLC0415 - see the class

        return boto3.client("lambda", config=self._config())

    def _config(self) -> "Config":
        from botocore.config import Config  # noqa: PLC0415 - see the class

        # Short time-outs, so that a call in flight does not outlast the reserve.
        return Config(
            connect_timeout=3, read_timeout=12, retries={"mode": "standard", "max_attempts": 5}
        )


@dataclass
class Progress:
    """What the drain of one request has done, over all runs of the function.

    Attributes:
        deleted: Images deleted by the runs before this one.
        now: Images deleted by this run so far.
        runs: Which run this is, from 1.
        until: When CloudFormation stops waiting, in seconds since 1970, less a margin.
    """

    deleted: int
    runs: int
    until: float
    now: int = 0

    @property
    def total(self) -> int:
        """Images deleted by all runs."""
        return self.deleted + self.now


@dataclass
class Run:
    """One run of the function.

    Attributes:
        request: What is asked.
        event: The same as it arrived, for a continuation.
        function_arn: The function as it was called: version or alias included.
        home: Where it runs.
        environment: Its environment variables.
        clients: AWS.
        log: Its log.
        time_left: Seconds until Lambda kills it.
        now: Seconds since 1970.
        sleep: Waits for so many seconds.
        progress: What the drain has done.
        stop: Set when no further call may start.
    """

    request: Request
    event: Mapping[str, Any]
    function_arn: str
    home: Home
    environment: Mapping[str, str]
    clients: Clients
    log: Log
    time_left: Callable[[], float]
    now: Callable[[], float]
    sleep: Callable[[float], None]
    progress: Progress
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Keep a share of the time for finishing calls, and again for answering."""
        time = min(self.time_left(), self.progress.until - self.now())
        self.reserve = max(min(LONGEST_RESERVE, RESERVED_SHARE * time), 0)

    def time_to_work(self) -> float:
        """Return for how many seconds work may go on, the answer still in time."""
        return min(self.time_left() - self.reserve, self.progress.until - self.now())

    def time_to_start(self) -> float:
        """Return for how many seconds calls may start, so that they end in time."""
        return self.time_to_work() - self.reserve
