"""What a scenario is: what is played, how it must end, and how it ended."""

from __future__ import annotations

import inspect
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.e2e.scenarios.account import parse_log
from tests.e2e.scenarios.courier import SIGNATURE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.e2e.scenarios.world import World

ADDRESS = re.compile(rf"cfn-response|{re.escape(SIGNATURE.partition('=')[2])}")
"""What shows a ResponseURL: the emulator's path, or the signature of a courier's."""

NO_ANSWER = "waiting for ResponseURL callback"
"""The emulator's words for a custom resource that did not answer."""

OK = "ok"


@dataclass(frozen=True)
class Outcome:
    """How a scenario ended.

    Attributes:
        status: What CloudFormation reports of the scenario's stack; empty when there is none.
        images: How many images each repository has, by the scenario's name for it; None means
            that the repository is gone.
        reasons: Why something failed, as CloudFormation's events tell it.
        answers: The statuses answered to each request, by its id.
        deletes: The statuses answered to Delete requests, in order.
        log: The function's JSON lines.
        requests: The requests that the log shows, by id.
        leaked: Whether a log shows a ResponseURL.
    """

    status: str
    images: Mapping[str, int | None]
    reasons: tuple[str, ...]
    answers: Mapping[str, tuple[str, ...]]
    deletes: tuple[str, ...]
    log: tuple[dict[str, Any], ...]
    leaked: bool

    @property
    def decisions(self) -> tuple[str, ...]:
        """The verdicts of the guard, in order."""
        return tuple(line["verdict"] for line in self.log if line["event"] == "decision")

    @property
    def requests(self) -> set[str]:
        """The requests that the function has seen, by id."""
        return {line["requestId"] or "" for line in self.log}

    @property
    def unanswered(self) -> bool:
        """Whether CloudFormation waited for an answer in vain."""
        return any(NO_ANSWER in reason for reason in self.reasons)

    def told(self) -> str:
        """Return all that was told: to CloudFormation, and in the log."""
        return "\n".join([*self.reasons, *(str(line) for line in self.log)])


@dataclass(frozen=True)
class Scenario:
    """One thing that can happen to a drain.

    Attributes:
        name: What happens.
        truth: What is true afterwards.
        play: Lets it happen.
        ends: The stack's status at the end.
        keeps: How many images must be left in which repositories.
        deletes: The repositories that must be gone.
        may_delete: Those of `keeps` that CloudFormation would have deleted: their images are no
            loss.
        decides: The verdicts in our function's log.
        answers: What our function answers to Delete requests, and to requests that are made up; by
            default what it decides.
        says: What the reasons or our function's log must tell.
        repeats: Some request is delivered more than once, and may be answered more than once.
        ignores: How many requests our function must not answer, since nobody waits any more.
        about_the_log: The ResponseURL in a log counts here; elsewhere it goes without saying.
        enforced: Roles are enforced.
        on_aws: Where the emulator and AWS differ, and what therefore cannot be concluded.
    """

    name: str
    truth: str
    play: Callable[[World], None]
    ends: str
    keeps: Mapping[str, int] = field(default_factory=dict)
    deletes: tuple[str, ...] = ()
    may_delete: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    answers: tuple[str, ...] | None = None
    says: tuple[str, ...] = ()
    repeats: bool = False
    ignores: int = 0
    about_the_log: bool = False
    enforced: bool = False
    on_aws: str = ""

    @property
    def end(self) -> str:
        """Say how it must end."""
        kept = [
            f"{_called(name)} {f'keeps {_images(count)}' if count else 'stays, empty'}"
            for name, count in self.keeps.items()
        ]
        gone = [f"{_called(name)} is gone" for name in self.deletes]
        return ", ".join([self.ends, *kept, *gone])

    @property
    def answered(self) -> tuple[str, ...]:
        """What our function must answer to Delete requests, in order."""
        if self.answers is not None:
            return self.answers
        return tuple("FAILED" if each == "refuse" else "SUCCESS" for each in self.decides)

    def faults(self, outcome: Outcome) -> list[str]:
        """Say what is wrong with how it ended; nothing when it ended as it must."""
        found = ["no answer"] if outcome.unanswered else []
        for name, must in self.keeps.items():
            left = outcome.images[name]
            if left is None and name in self.may_delete:
                continue
            if (left or 0) < must:
                found.append(f"{must - (left or 0)} of {_images(must)} lost")
            elif left != must:
                found.append(f"{_images(left)} left")
        for name in self.deletes:
            if (left := outcome.images[name]) is not None:
                lie = (
                    "SUCCESS answered with "
                    if left and outcome.deletes[-1:] == ("SUCCESS",)
                    else ""
                )
                found.append(f"{lie}{_images(left)} left" if left else "repository left behind")
        if outcome.status != self.ends:
            found.append(outcome.status)
        if self.about_the_log and outcome.leaked:
            found.append("the ResponseURL is in the log")
        return found

    def verdict(self, outcome: Outcome) -> str:
        """Say in a word or some how it ended."""
        return "; ".join(self.faults(outcome)) or OK


def _called(name: str) -> str:
    return f"`{name}`" if name else "the repository"


def _images(count: int | None) -> str:
    return f"{count} image" if count == 1 else f"{count} images"


def scenario(name: str = "", **ends: Any) -> Callable[[Callable[[World], None]], Scenario]:
    """Make a scenario of a play: the docstring is what is true, the name tells what happens."""

    def make(play: Callable[[World], None]) -> Scenario:
        happens = name or play.__name__.replace("_", " ").capitalize()
        return Scenario(happens, inspect.getdoc(play) or "", play, **ends)

    return make


def perform(scenario: Scenario, world: World) -> Outcome:
    """Play a scenario and look at how it ended."""
    with world:
        scenario.play(world)
        return _look(scenario, world)


def _look(scenario: Scenario, world: World) -> Outcome:
    account = world.account
    answers: dict[str, list[str]] = defaultdict(list)
    deletes = []
    for answer in account.answers(world.name):
        status = "malformed" if answer.fault else parse_log([answer.body])[0]["Status"]
        answers[answer.request_id].append(status)
        if answer.request_type == "Delete":
            deletes.append(status)
    for made_up in world.made_up_answers:
        answers[made_up["RequestId"]].append(made_up["Status"])
        deletes.append(made_up["Status"])
    lines = list(account.log(world.log_groups()))
    return Outcome(
        status=account.status(world.stack) if world.stack else "",
        images={
            name: account.images(world.full_name(name))
            for name in (*scenario.keeps, *scenario.deletes)
        },
        reasons=tuple(
            reason for stack in account.family(world.name) for reason in account.reasons(stack)
        ),
        answers={request: tuple(statuses) for request, statuses in answers.items()},
        deletes=tuple(deletes),
        log=tuple(line for line in parse_log(lines) if world.name in str(line.get("stackId"))),
        leaked=any(ADDRESS.search(line) for line in lines),
    )
