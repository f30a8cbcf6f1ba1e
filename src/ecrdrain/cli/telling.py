"""The lines of the function's log, told in sentences."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ecrdrain.cli.words import count, seconds
from ecrdrain.stacks.function_log import LogLine

Facts = Mapping[str, Any]


def count_drains(lines: Iterable[LogLine]) -> int:
    """Return how many drains have answered, by their ids; a failed creation has one, too."""
    return len({line.facts.get("identity") for line in lines if line.event == "answer"})


class Teller:
    """Tells the lines of a log, which come in their order.

    Args:
        lines: Those that are known beforehand.
    """

    def __init__(self, lines: Iterable[LogLine] = ()) -> None:
        self._answers: dict[str, str] = {}
        self._repositories: dict[str, str] = {}
        for line in lines:
            self.repository_of(line)

    def repository_of(self, line: LogLine) -> str | None:
        """Return the repository of a line's request; None as long as no line has named it."""
        name = _repository(line.facts)
        if name:
            self._repositories[line.request_id] = name
        return self._repositories.get(line.request_id)

    def tell(self, line: LogLine) -> str:
        """Say what a line says; one that is not understood is shown as it is."""
        if line.event == "answer":
            self._answers[line.request_id] = str(line.facts.get("status"))
        try:
            if line.event == "answered":
                return f"answered {self._answers.get(line.request_id, '')}".rstrip()
            return " ".join(_SENTENCES[line.event](line.facts).split())
        except (LookupError, TypeError, ValueError, AttributeError):
            return json.dumps(line.facts)


def _repository(facts: Facts) -> str:
    """Return the name in the drain's id, which is the ARN of its repository."""
    return str(facts.get("identity", "")).partition(":repository/")[2]


def _request(facts: Facts) -> str:
    name = _repository(facts)
    return f"request: {facts['type']}" + (f" of the drain of {name}" if name else "")


def _deleted(facts: Facts) -> str:
    return f"deleted {count(facts['deleted'], 'image')}" + _refused(facts["refused"])


def _refused(codes: Mapping[str, int]) -> str:
    named = ", ".join(f"{code} ({number})" for code, number in sorted(codes.items()))
    return f", refused: {named}" if named else ""


def _round(facts: Facts) -> str:
    deleted = f"{count(facts['deleted'], 'image')} deleted so far"
    return f"round {facts['round']} ended: {deleted}, {facts['left']:,} left"


def _drained(facts: Facts) -> str:
    deleted = f"{count(facts['deleted'], 'image')} deleted in {seconds(facts['seconds'])}"
    if facts["empty"]:
        return f"drained: empty, {deleted}"
    least = "" if facts["left_exact"] else "at least "
    why = facts["error"] or facts["stopped"]
    return f"drained: {least}{count(facts['left'], 'image')} left, {deleted}" + (
        f": {why}" if why else ""
    )


def _answer(facts: Facts) -> str:
    return f"answer: {facts['status']}" + (f", {facts['reason']}" if facts["reason"] else "")


def _error(facts: Facts) -> str:
    return f"error: {facts['traceback'].strip().splitlines()[-1]}"


_SENTENCES: Mapping[str, Callable[[Facts], str]] = {
    "request": _request,
    "decision": lambda facts: f"decision: {facts['verdict']}, {facts['why']}",
    "listed": lambda facts: f"listed {count(facts['rows'], 'row')} in round {facts['round']}",
    "deleted": _deleted,
    "round": _round,
    "drained": _drained,
    "answer": _answer,
    "answer not taken": lambda facts: f"the answer was not taken: {facts['problem']}",
    "ignored": lambda facts: f"ignored: {facts['why']}",
    "overlooked": lambda facts: f"overlooked, because of {facts['why']}: {facts['reason']}",
    "preflight waits": lambda facts: f"the preflight waits: {facts['problem']}",
    "replication not seen": lambda facts: f"replication rules not seen: {facts['problem']}",
    "error": _error,
}
"""How each event of the function is told; a test compares them with the function."""
