"""Delete: drain the repository if it is going away, and say how that ended."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, CallError, aws_errors, call_error
from ecrdrain.engine.events import Deleted, Event
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.report import Outcome
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.engine.rounds import Drain
from ecrdrain.fate.arns import RepositoryArn, parse_repository_arn
from ecrdrain.fate.evidence import decide
from ecrdrain.fate.guard import Decision
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.properties import on_delete_of
from ecrdrain.resource.replication import replicated
from ecrdrain.resource.run import CALLS_AT_ONCE, Run

LOOK_AGAIN = 45.0
"""Seconds after which a decision is old: with the time of the reads, a minute."""


def tear_down(run: Run) -> Answer | str:
    """Answer a Delete, or say what remains when the time is over.

    The identity says what to drain: the properties may already be those of another repository.
    """
    target = parse_repository_arn(run.identity)
    if target is None:
        return keep(run, "this resource was never created for a repository")
    repository = PrivateRepository(run.clients("ecr"), target.name, target.account)
    try:
        repository.first = first = repository.page(None)
    except aws_errors() as failure:
        error = call_error(failure)
        if error.code == REPOSITORY_NOT_FOUND:
            return keep(run, "the repository does not exist")
        return Answer(run.identity, in_words(error, target))
    if not first.rows and not first.token:
        return keep(run, "the repository is empty")
    decision = look(run, target)
    if decision.verdict == "drain":
        return verdict_on(drain(run, repository, target), run, target)
    refused = decision.verdict == "refuse"
    return Answer(run.identity, f"this run deleted nothing: {decision.why}" if refused else "")


def look(run: Run, target: RepositoryArn) -> Decision:
    """Decide, on fresh reads, what becomes of the images."""
    mode = on_delete_of(run.properties, os.environ)
    decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
    problem = replicated(run, target, mode) if decision.verdict == "drain" else ""
    if problem:
        decision = Decision("refuse", problem, decision.evidence)
    run.log("decision", verdict=decision.verdict, why=decision.why, evidence=decision.evidence)
    return decision


class WhileItGoes(Limits):
    """Limits of a drain that looks again, in good time, whether the repository still goes.

    While it looks, no call starts.
    """

    def __init__(self, run: Run, target: RepositoryArn) -> None:
        super().__init__(run.stop_by, run.stop, run.now)
        self.look = partial(look, run, target)
        self.looking = threading.RLock()
        self.look_again = run.now() + LOOK_AGAIN

    def check(self, ahead: float = 0.0) -> None:
        """Return while a call may start in so many seconds.

        Raises:
            Halted: It may not.
        """
        with self.looking:
            if self.clock() > self.look_again and not self.stop.is_set():
                # First: the look's own calls come by here as well.
                self.look_again = self.clock() + LOOK_AGAIN
                verdict, why, _ = self.look()
                if verdict != "drain":
                    self.interrupt = why
                    self.stop.set()
        super().check(ahead)


def keep(run: Run, why: str) -> Answer:
    """Touch nothing, and say why."""
    run.log("decision", verdict="keep", why=why)
    return Answer(run.identity)


def drain(run: Run, repository: PrivateRepository, target: RepositoryArn) -> Outcome:
    """Drain the repository while there is time, and log each step."""

    def on_event(event: Event) -> None:
        if isinstance(event, Deleted):
            run.deleted += event.deleted
        run.log(type(event).__name__.removesuffix("Ended").lower(), **event._asdict())

    limits = WhileItGoes(run, target)
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        report = Drain(repository, pool, CALLS_AT_ONCE, limits, on_event).run()
    facts = {name: value for name, value in vars(report).items() if name != "failures"}
    run.log("drained", images=report.deleted + report.left, **facts)
    return report


def verdict_on(report: Outcome, run: Run, target: RepositoryArn) -> Answer | str:
    """Turn a report into the answer: SUCCESS means verified empty; a text: only time is over."""
    if report.empty:
        return Answer(run.identity)
    left = f"{'' if report.left_exact else 'at least '}{report.left}"
    remains = f"{run.deleted} images deleted, {left} left in {target.name}"
    if report.stopped == "deadline":
        return remains
    if report.stopped:
        why = in_words(report.error, target) if report.error else report.stopped
        return Answer(run.identity, f"{remains}: {why}")
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(report.failure_codes.items()))
    some = "; ".join(": ".join(failure) for failure in report.failures[:3])
    reason = f"{remains}: {codes}. {some}. Mend the cause or delete them by hand"
    return Answer(run.identity, reason)


def in_words(error: CallError, target: RepositoryArn) -> str:
    """Say what went wrong with a call to ECR, and what to do."""
    action = f"ecr:{error.operation} on {target.arn}"
    remedy = f"; grant the function's role {action}" if error.denied else ""
    return f"{action} failed with {error}{remedy}"
