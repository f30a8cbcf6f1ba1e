"""Delete: drain the repository if it is going away, and say how that ended."""

import time

from ecrdrain.engine.basic import BasicDrain
from ecrdrain.engine.calls import Until
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, CallError, aws_errors, call_error
from ecrdrain.engine.report import Report
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.fate.arns import RepositoryArn, parse_repository_arn
from ecrdrain.fate.evidence import decide
from ecrdrain.resource.answer import AGAIN, Answer
from ecrdrain.resource.continuation import GoOn
from ecrdrain.resource.one_by_one import OneByOne
from ecrdrain.resource.properties import on_delete_of
from ecrdrain.resource.run import Run

NAMED_FAILURES = 3
LOGGED = (
    "images",
    "deleted",
    "left",
    "calls",
    "throttled",
    "rounds",
    "seconds",
    "empty",
    "stopped",
    "error",
)


def tear_down(run: Run) -> Answer | GoOn:
    """Answer a Delete.

    The identity says what to drain: the properties may already be those of another repository.
    """
    target = parse_repository_arn(run.identity)
    if target is None:
        return leave(run, "this resource was never created for a repository")
    repository = PrivateRepository(run.clients("ecr"), target.name, target.account)
    try:
        rows = repository.page(None).rows
    except aws_errors() as failure:
        error = call_error(failure, "ListImages")
        if error.code == REPOSITORY_NOT_FOUND:
            return leave(run, "the repository does not exist")
        return Answer(run.identity, in_words(error, target))
    if not rows:
        return leave(run, "the repository is empty")
    mode = on_delete_of(run.properties, run.environment)
    decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
    if decision.verdict == "drain":
        run.log("decision", verdict="drain", why=decision.why, evidence=decision.evidence)
        return verdict_on(drain(run, repository), run, target)
    return leave(run, decision.why, refused=decision.verdict == "refuse", **decision.evidence)


def leave(run: Run, why: str, *, refused: bool = False, **evidence: object) -> Answer:
    """Touch nothing, and say why."""
    verdict = "refuse" if refused else "keep"
    run.log("decision", verdict=verdict, why=why, evidence=evidence)
    return Answer(run.identity, why * refused)


def drain(run: Run, repository: PrivateRepository) -> Report:
    """Drain the repository while there is time, and log each step."""

    def tell(event: str, **facts: object) -> None:
        if event == "deleted":
            run.deleted += int(str(facts["deleted"]))
        run.log(event, **facts)

    until = Until(time.monotonic() + run.time_to_start(), run.stop)
    report = BasicDrain(repository, OneByOne(run.sleep), until, tell).run()
    run.log("drained", **{name: getattr(report, name) for name in LOGGED})
    return report


def verdict_on(report: Report, run: Run, target: RepositoryArn) -> Answer | GoOn:
    """Turn a report into the answer: SUCCESS means verified empty."""
    if report.empty:
        return Answer(run.identity)
    left = str(report.left)
    if not report.left_exact:
        left = f"at least {left}" if report.left else "an unknown number"
    remains = f"{run.deleted} images deleted, {left} left in {target.name}"
    if report.stopped == "deadline":
        return GoOn(remains)
    if report.error is not None:
        return Answer(run.identity, f"{remains}: {in_words(report.error, target)}; then {AGAIN}")
    codes = ", ".join(f"{code} ({count})" for code, count in sorted(report.failure_codes.items()))
    named = "; ".join(
        f"{each.digest}: {each.code}: {each.reason}" for each in report.failures[:NAMED_FAILURES]
    )
    return Answer(
        run.identity,
        f"{remains}: {codes}. {named}. Mend the cause or delete them by hand; then {AGAIN}",
    )


def in_words(error: CallError, target: RepositoryArn) -> str:
    """Say what went wrong with a call to ECR, and what to do."""
    action = f"ecr:{error.operation} on {target.arn}"
    words = f"{action} failed with {error.code}: {error.message}"
    return f"{words}; grant the function's role {action}" if error.denied else words
