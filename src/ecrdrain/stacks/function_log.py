"""The function's log: lines of JSON in a log group of CloudWatch Logs."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.errors import StacksError

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

_LATE = timedelta(minutes=1)
"""How much later than a younger line a line may appear: each run of the function has a stream of
its own, and CloudWatch Logs takes them in independently."""


class NoLogError(StacksError):
    """Nothing is left of a log."""


@dataclass(frozen=True)
class LogLine:
    """What the function has logged at a moment.

    Attributes:
        time: The moment.
        facts: The line's JSON object.
    """

    time: datetime
    facts: Mapping[str, Any]

    @property
    def event(self) -> str:
        """Return the word for what happened."""
        return str(self.facts.get("event"))

    @property
    def stack_id(self) -> str:
        """Return the id of the stack that the request came from; "" when the line has none."""
        return str(self.facts.get("stackId") or "")

    @property
    def request_id(self) -> str:
        """Return the id of the request; "" when the line has none."""
        return str(self.facts.get("requestId") or "")


class LogReader:
    """Reads each line once, in the order of their moments.

    Args:
        client: A boto3 client for CloudWatch Logs.
        groups: The log groups.
        pattern: What the lines must match, as CloudWatch Logs has it; it sends no others, but a
            stand-in for it may.
        since: The moment of the oldest line that may be of interest; None: there is no limit.
    """

    def __init__(
        self,
        client: "CloudWatchLogsClient",
        groups: Iterable[str],
        pattern: str,
        since: datetime | None = None,
    ) -> None:
        self._client = client
        self._groups = tuple(groups)
        self._pattern = pattern
        self._since = since
        self._seen: Counter[tuple[str, ...]] = Counter()

    def new(self) -> list[LogLine]:
        """Return the lines that have come since the last call.

        Raises:
            NoLogError: None of the log groups is there.
        """
        missing: list[str] = []
        met: Counter[tuple[str, ...]] = Counter()
        lines: list[LogLine] = []
        for group in self._groups:
            try:
                for key, line in self._read(group):
                    met[key] += 1  # a function may write the same twice in one moment
                    if met[key] > self._seen[key]:
                        lines.append(line)
            except aws_errors() as error:
                if call_error(error).code != "ResourceNotFoundException":
                    raise
                missing.append(group)
        if missing == list(self._groups):
            raise NoLogError(f"there is no log group {', '.join(missing)}")
        self._seen |= met
        if lines:
            latest = max(line.time for line in lines) - _LATE
            self._since = max(self._since, latest) if self._since else latest
        return sorted(lines, key=lambda line: line.time)

    def _read(self, group: str) -> Iterator[tuple[tuple[str, ...], LogLine]]:
        where: dict[str, Any] = {"logGroupName": group, "filterPattern": self._pattern}
        if self._since is not None:
            where["startTime"] = int(self._since.timestamp() * 1000)
        for page in self._client.get_paginator("filter_log_events").paginate(**where):
            for event in page["events"]:
                message, moment = event["message"], event["timestamp"]
                line = _parse(message, moment)
                if line is not None:
                    yield (group, event["logStreamName"], str(moment), message), line


def _parse(message: str, moment: int) -> LogLine | None:
    """Return a line of the function; None for those that Lambda writes around them."""
    try:
        facts = json.loads(message)
    except ValueError:
        return None
    if not isinstance(facts, dict) or "event" not in facts:
        return None
    return LogLine(datetime.fromtimestamp(moment / 1000, UTC), facts)
