"""Delete: drain the repository if it is going away, and say how that ended."""

from ecrdrain.engine.drain import drain_repository
from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, CallError, aws_errors, call_error
from ecrdrain.engine.events import Deleted, Event, Listed, RoundEnded
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.report import Report
from ecrdrain.engine.repository import PrivateRepository
from ecrdrain.resource.answer import AGAIN, Answer
from ecrdrain.resource.continuation import GoOn
from ecrdrain.resource.evidence import decide
from ecrdrain.resource.properties import on_delete_of
from ecrdrain.resource.run import CALLS_AT_ONCE, Run
from ecrdrain.resource.target import Target, parse_target

NAMED_FAILURES = 3
EVENT_NAMES = {Listed: "listed", Deleted: "deleted", RoundEnded: "round"}
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
    target = parse_target(run.identity)
    if target is None:
        return leave(run, "this resource was never created for a repository")
    repository = PrivateRepository(run.clients("ecr"), target.name, target.account)
    try:
        first = repository.page(None)
    except aws_errors() as failure:
        error = call_error(failure, "ListImages")
        if error.code == REPOSITORY_NOT_FOUND:
            return leave(run, "the repository does not exist")
        return Answer(run.identity, in_words(error, target))
    repository.known = first
    if not first.rows and not first.token:
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
    return Answer(run.identity, why if refused else "")


def drain(run: Run, repository: PrivateRepository) -> Report:
    """Drain the repository while there is time, and log each step."""

    def on_event(event: Event) -> None:
        if isinstance(event, Deleted):
            run.deleted += event.deleted
        run.log(EVENT_NAMES[type(event)], **event._asdict())

    limits = Limits(run.stop_by, run.stop, run.now)
    report = drain_repository(repository, CALLS_AT_ONCE, limits, on_event)
    run.log("drained", **{name: getattr(report, name) for name in LOGGED})
    return report


def verdict_on(report: Report, run: Run, target: Target) -> Answer | GoOn:
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


def in_words(error: CallError, target: Target) -> str:
    """Say what went wrong with a call to ECR, and what to do."""
    action = f"ecr:{error.operation} on {target.arn}"
    words = f"{action} failed with {error.code}: {error.message}"
    return f"{words}; grant the function's role {action}" if error.denied else words
