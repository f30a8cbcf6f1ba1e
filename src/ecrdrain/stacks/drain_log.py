"""What the drains of a stack have logged, those of its nested stacks included."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.clients import ClientsWithLogs
from ecrdrain.stacks.errors import Interrupted, StacksError, UnknownNameError
from ecrdrain.stacks.events import FIRST_PAUSE, LONGEST_PAUSE
from ecrdrain.stacks.function_log import LogLine, LogReader, NoLogError
from ecrdrain.stacks.functions import find_function, find_log_group
from ecrdrain.stacks.imports import find_export
from ecrdrain.stacks.provider import SERVICE_TOKEN
from ecrdrain.stacks.repositories import DRAIN
from ecrdrain.stacks.tree import DELETED, Stack, describe, find_deleted, read_stack

if TYPE_CHECKING:
    from threading import Event as StopEvent

    from types_boto3_cloudformation import CloudFormationClient

_LAST_WORDS = 15.0
"""Seconds without a line after which a stack that is gone is taken to have no more: CloudWatch
Logs shows lines some seconds late, and a drain that its stack retains is not asked at all."""

_MOST_MISSES = 20  # with the pauses between them more than a minute


@dataclass(frozen=True)
class DrainLog:
    """Where the drains of a stack log.

    Attributes:
        stack: The stack with its nested stacks, those included that are deleted.
        groups: The log groups of the functions that the drains ask.
        drains: How many drains the stacks list, or listed before they were deleted.
    """

    stack: Stack
    groups: tuple[str, ...]
    drains: int

    def reader(self, clients: ClientsWithLogs) -> LogReader:
        """Return a reader of its lines, and of some that are other stacks'."""
        # One condition for all: patterns may have 1,024 characters (API_FilterLogEvents), nested
        # stacks' names begin with that of their parent, and a * stands for what follows ("Using
        # filter patterns to match terms in JSON log events", CloudWatch Logs user guide).
        ids = [stack.id for stack in self.stack.walk()]
        same = takewhile(lambda pair: pair[0] == pair[1], zip(min(ids), max(ids), strict=False))
        beginning = "".join(character for character, _ in same)
        pattern = f'{{ $.stackId = "{beginning}*" }}'
        return LogReader(clients.logs, self.groups, pattern, self.stack.created)

    def new(self, reader: LogReader) -> list[LogLine]:
        """Return the lines of the stacks that have come since the last call.

        Raises:
            NoLogError: Nothing is left of the log.
        """
        members = {stack.id for stack in self.stack.walk()}
        try:
            return [line for line in reader.new() if line.stack_id in members]
        except NoLogError as error:
            raise NoLogError(
                f"{error}: nothing is left of what the drains of {self.stack.name} have logged"
            ) from error


@dataclass
class _Requests:
    """The requests that were seen in a log.

    Attributes:
        waiting: Deletions by the ids of the requests that are not answered yet; False for others.
        deleted: How many deletions were answered.
    """

    waiting: dict[str, bool] = field(default_factory=dict)
    deleted: int = 0

    def take(self, line: LogLine) -> None:
        """Take the next line."""
        if line.event == "request":
            self.waiting[line.request_id] = line.facts.get("type") == "Delete"
        elif line.event == "answered" and not line.facts.get("problem"):
            self.deleted += self.waiting.pop(line.request_id, False)


def find_drain_log(clients: ClientsWithLogs, name: str) -> DrainLog:
    """Find where the drains of a stack log; without any that is where the provider does.

    Args:
        clients: The AWS clients.
        name: The name or id of a stack, which may be deleted.

    Raises:
        UnknownNameError: There never was such a stack, or 90 days ago.
        StacksError: There is no function whose log it could be.
    """
    stack = _read(clients.cloudformation, name)
    groups: dict[str, None] = {}
    drains = 0
    for member in stack.walk():
        for resource in member.resources:
            if resource.type == DRAIN:
                drains += 1
                function = find_function(clients, member, resource, even_gone=True)
                if function:
                    groups[find_log_group(clients, function)] = None
    if not groups:
        export = find_export(clients.cloudformation, SERVICE_TOKEN)
        if export is None:
            raise StacksError(
                f"no drain of {stack.name} names a function that can be found, and there is no "
                "provider: ecrdrain install makes one"
            )
        groups[find_log_group(clients, export["Value"])] = None
    return DrainLog(stack, tuple(groups), drains)


def follow_drain_log(
    clients: ClientsWithLogs,
    log: DrainLog,
    *,
    stop: "StopEvent",
    on_line: Callable[[LogLine], None],
) -> None:
    """Hand over each line, until the stack is gone and its last answer was seen.

    Raises:
        Interrupted: `stop` was set.
        NoLogError: There is no log.
        botocore.exceptions.ClientError: The log cannot be read, several times in a row.
    """
    reader = log.reader(clients)
    requests = _Requests()
    pause, quiet, misses = FIRST_PAUSE, 0.0, 0
    while True:
        gone = False
        lines: list[LogLine] = []
        try:
            gone = _is_gone(clients.cloudformation, log.stack.id)
            lines = log.new(reader)
            misses = 0
        except NoLogError:
            if not gone:
                raise
            return  # deleted with its stack
        except aws_errors() as error:
            misses += 1
            if misses > _MOST_MISSES or not call_error(error).passing:
                raise
        for line in lines:
            requests.take(line)
            on_line(line)
        settled = not requests.waiting and requests.deleted >= log.drains
        if gone and (settled or quiet >= _LAST_WORDS):
            return
        pause = FIRST_PAUSE if lines else min(pause * 1.5, LONGEST_PAUSE)
        quiet = 0.0 if lines else quiet + pause
        if stop.wait(pause):
            raise Interrupted


def _read(client: "CloudFormationClient", name: str) -> Stack:
    try:
        return read_stack(client, name, even_gone=True)
    except UnknownNameError:
        deleted = find_deleted(client, name)
        if deleted is None:
            raise
        return read_stack(client, deleted.id, even_gone=True)


def _is_gone(client: "CloudFormationClient", stack_id: str) -> bool:
    try:
        return describe(client, stack_id)["StackStatus"] == DELETED
    except UnknownNameError:
        return True  # CloudFormation has forgotten it
