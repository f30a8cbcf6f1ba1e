"""Delete: drain the repository if it is going away, and say how that ended."""

import time

from ecrdrain.engine.drain import drain_repository
from ecrdrain.engine.errors import (
    DENIALS,
    REPOSITORY_NOT_FOUND,
    aws_errors,
    call_error,
    error_code,
)
from ecrdrain.engine.report import CallError, Report
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.resource.answer import Answer
from ecrdrain.resource.continuation import AGAIN, GoOn
from ecrdrain.resource.request import Target, parse_target
from ecrdrain.resource.surroundings import Run

NAMED_FAILURES = 3


def tear_down(run: Run) -> Answer | GoOn:
    """Answer a Delete.

    The identity says what to drain: the properties may already be those of another repository.
    """
    identity = run.request.physical_id
    target = parse_target(identity)
    if target is None:
        run.log("decision", verdict="keep", why="this resource was never created for a repository")
        return Answer(identity or "ecrdrain-nothing-created")
    repository = PrivateRepository(run.clients.ecr, target.name, target.account)
    try:
        rows = repository.page(None).rows
    except aws_errors() as error:
        if error_code(error) == REPOSITORY_NOT_FOUND:
            run.log("decision", verdict="keep", why="the repository does not exist")
            return Answer(identity)
        return Answer(identity, in_words(call_error("ListImages", error), target))
    if not rows:
        run.log("decision", verdict="keep", why="the repository is empty")
        return Answer(identity)
    report = drain(run, repository)
    return verdict_on(report, run, target)


def drain(run: Run, repository: PrivateRepository) -> Report:
    """Drain the repository while there is time, and log each step."""

    def tell(event: str, **facts: object) -> None:
        if event == "deleted":
            run.progress.now += int(str(facts["deleted"]))
        run.log(event, **facts)

    report = drain_repository(
        repository,
        deadline=time.monotonic() + run.time_to_start(),
        stop=run.stop,
        tell=tell,
    )
    facts = report.to_dict()
    run.log("drained", **{**facts, "failures": facts["failures"][:NAMED_FAILURES]})
    return report


def verdict_on(report: Report, run: Run, target: Target) -> Answer | GoOn:
    """Turn a report into the answer: SUCCESS means verified empty."""
    identity = run.request.physical_id
    if report.empty:
        return Answer(identity)
    left = str(report.left)
    if not report.left_exact:
        left = f"at least {left}" if report.left else "an unknown number"
    remains = f"{run.progress.total} images deleted, {left} left in {target.name}"
    if report.stopped == "deadline":
        return GoOn(remains)
    if report.error is not None:
        return Answer(identity, f"{remains}: {in_words(report.error, target)}; then {AGAIN}")
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(report.failure_codes.items()))
    named = "; ".join(
        f"{each.digest}: {each.code}: {each.reason}" for each in report.failures[:NAMED_FAILURES]
    )
    return Answer(
        identity,
        f"{remains}: {codes}. {named}. Mend the cause or delete these images by hand, then "
        f"{AGAIN}",
    )


def in_words(error: CallError, target: Target) -> str:
    """Say what went wrong with a call to ECR, and what to do."""
    problem = f"ecr:{error.operation} on {target.arn} failed with {error.code}: {error.message}"
    if error.code in DENIALS:
        return f"{problem}; grant the function's role ecr:{error.operation} on {target.arn}"
    return problem
