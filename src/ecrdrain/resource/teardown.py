"""Delete: drain the repository if it is going away, and say how that ended."""

import os
from concurrent.futures import ThreadPoolExecutor

from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, CallError, aws_errors, call_error
from ecrdrain.engine.events import Deleted, Event, Listed, RoundEnded
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.report import Outcome
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.engine.rounds import Drain
from ecrdrain.fate.arns import RepositoryArn, parse_repository_arn
from ecrdrain.fate.evidence import decide
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.properties import on_delete_of
from ecrdrain.resource.run import CALLS_AT_ONCE, Run

EVENT_NAMES = {Listed: "listed", Deleted: "deleted", RoundEnded: "round"}


def tear_down(run: Run) -> Answer | str:
    """Answer a Delete, or say what remains when the time is over.

    The identity says what to drain: the properties may already be those of another repository.
    """
    target = parse_repository_arn(run.identity)
    if target is None:
        return keep(run, "this resource was never created for a repository")
    repository = PrivateRepository(run.clients("ecr"), target.name, target.account)
    try:
        repository.known = first = repository.page(None)
    except aws_errors() as failure:
        error = call_error(failure)
        if error.code == REPOSITORY_NOT_FOUND:
            return keep(run, "the repository does not exist")
        return Answer(run.identity, in_words(error, target))
    if not first.rows and not first.token:
        return keep(run, "the repository is empty")
    mode = on_delete_of(run.properties, os.environ)
    decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
    run.log("decision", verdict=decision.verdict, why=decision.why, evidence=decision.evidence)
    if decision.verdict == "drain":
        return verdict_on(drain(run, repository), run, target)
    return Answer(run.identity, decision.why if decision.verdict == "refuse" else "")


def keep(run: Run, why: str) -> Answer:
    """Touch nothing, and say why."""
    run.log("decision", verdict="keep", why=why)
    return Answer(run.identity)


def drain(run: Run, repository: PrivateRepository) -> Outcome:
    """Drain the repository while there is time, and log each step."""

    def on_event(event: Event) -> None:
        if isinstance(event, Deleted):
            run.deleted += event.deleted
        run.log(EVENT_NAMES[type(event)], **event._asdict())

    limits = Limits(run.stop_by, run.stop, run.now)
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
    if report.error is not None:
        return Answer(run.identity, f"{remains}: {in_words(report.error, target)}")
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(report.failure_codes.items()))
    some = "; ".join(": ".join(failure) for failure in report.failures[:3])
    reason = f"{remains}: {codes}. {some}. Mend the cause or delete them by hand"
    return Answer(run.identity, reason)


def in_words(error: CallError, target: RepositoryArn) -> str:
    """Say what went wrong with a call to ECR, and what to do."""
    action = f"ecr:{error.operation} on {target.arn}"
    remedy = f"; grant the function's role {action}" if error.denied else ""
    return f"{action} failed with {error}{remedy}"
