"""``ecrdrain drain``: empty repositories by name."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.completion import complete_repositories
from ecrdrain.cli.denials import warn_of
from ecrdrain.cli.documents.repositories import DRAIN, DRAIN_PLAN, UntouchedDrain, with_account
from ecrdrain.cli.errors import FAILED, INTERRUPTED, OK, WrongUseError, some
from ecrdrain.cli.interrupts import ending_at_once, interruptible
from ecrdrain.cli.options import (
    AcceptReplicatedDeletions,
    AwsOptions,
    OutputOptions,
    PlanOptions,
    SpeedOptions,
    with_options,
)
from ecrdrain.cli.progress import ProgressView, draws
from ecrdrain.cli.tables import Column
from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import count, day, size
from ecrdrain.engine import Report, Repository, drain_repositories
from ecrdrain.engine.errors import aws_errors
from ecrdrain.stacks.clients import make_repository, patient_client
from ecrdrain.stacks.names import check_place, is_pattern, read_name
from ecrdrain.stacks.place import Place
from ecrdrain.stacks.replication import Replication, in_groups
from ecrdrain.stacks.survey import survey
from ecrdrain.stacks.targets import Target, denials_of, find_targets

_COLUMNS = (
    Column("repository", shrinks=True),
    Column("images", right=True),
    Column("tags", right=True, rank=3),
    Column("indexes", right=True, rank=4),
    Column("archived", right=True, rank=5),
    Column("size", right=True, rank=1),
    Column("last push", rank=2),
    Column("last pull", rank=6),
)


@with_options
def drain(  # noqa: PLR0913 - one for each option
    repositories: Annotated[
        list[str],
        typer.Argument(
            metavar="REPOSITORY",
            autocompletion=complete_repositories,
            help="Names, as ARN or address too, or patterns such as 'team-a/*'; * stands for "
            "slashes too.",
            show_default=False,
        ),
    ],
    *,
    registry_id: Annotated[
        str | None,
        typer.Option(
            help="Account of the registry.", show_default="the caller's own", metavar="ACCOUNT"
        ),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Repositories of the public registry.")
    ] = False,
    limit: Annotated[
        int | None,
        typer.Option(
            help="How many repositories the patterns may match; needed with --yes.",
            min=1,
            metavar="N",
            show_default=False,
        ),
    ] = None,
    accept_replicated_deletions: AcceptReplicatedDeletions = False,
    speed: SpeedOptions,
    plan: PlanOptions,
    output: OutputOptions,
    aws_options: AwsOptions,
) -> None:
    """Empty repositories.

    Every image goes, archived ones too; the repositories themselves stay. All of them are looked
    at first; then there is one question. With --yes several repositories are counted beside the
    first drains. Run it again after an interruption, and it goes on where it was.
    """
    pasted = [read_name(text, public=public) for text in repositories]
    if plan.yes and limit is None and any(is_pattern(each.name) for each in pasted):
        raise WrongUseError(
            "a pattern with --yes needs --limit N: the most repositories that it may match"
        )
    terminal = Terminal(json=output.json, quiet=output.quiet)
    registry = "public" if public else "private"
    # Without a question nobody waits for the plan: those that are known need not either.
    one = len(pasted) == 1 and not is_pattern(pasted[0].name)
    counted = plan.dry_run or not plan.yes or one
    with Aws(aws_options, speed.concurrency) as aws:
        with ending_at_once(), terminal.busy("Counting images"):
            for each in pasted:
                if each.public is not None:
                    check_place(each, aws.place, registry_id=registry_id, public=public)
            targets = find_targets(
                aws,
                registry,
                [each.name for each in pasted],
                registry_id=registry_id,
                limit=limit,
                counted=counted,
            )
            place = aws.place
        _show_plan(terminal, targets, place, counted=counted)
        warnings = warn_of(terminal, denials_of(targets), dry_run=plan.dry_run)
        obstacles = [] if accept_replicated_deletions else _obstacles(targets)
        for obstacle in obstacles:
            terminal.complain(f"Error: {obstacle}")
        if plan.dry_run or obstacles:
            untouched = UntouchedDrain(plan.dry_run, obstacles, warnings, targets)
            terminal.document(DRAIN_PLAN, untouched, place)
            raise typer.Exit(FAILED if obstacles else OK)
        if not plan.yes and not _confirm(terminal, targets, place):
            terminal.mention("Nothing was deleted.")
            raise typer.Exit(FAILED)
        reports, interrupted = _empty(terminal, aws, targets, registry_id, counted=counted)
        _show_outcome(terminal, reports)
        complete = [with_account(report, place.account) for report in reports]
        terminal.document(DRAIN, complete, place)
    terminal.close()
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(OK if all(report.empty for report in reports) else FAILED)


def _confirm(terminal: Terminal, targets: Sequence[Target], place: Place) -> bool:
    images = sum(target.survey.images for target in targets)
    if not images:
        return True
    where = f"{_repositories(len(targets))} of {place}"
    return terminal.ask(f"Delete {count(images, 'image')} in {where}?")


def _empty(
    terminal: Terminal,
    aws: Aws,
    targets: Sequence[Target],
    registry_id: str | None,
    *,
    counted: bool,
) -> tuple[list[Report], bool]:
    """Drain the repositories, and return the reports and whether the user has interrupted it."""
    images = {target.repository: target.survey.images for target in targets}

    def look(repository: Repository) -> None:
        """Count a repository just before its drain; what that may not see, the drain tells."""
        if counted:
            return
        with suppress(*aws_errors()):
            client = patient_client(aws, repository.registry)
            found = survey(client, repository.name, registry_id, stop)
            repository.listing = found.listing
            images[repository.name] = found.images

    with (
        interruptible(aloud=not draws(terminal)) as stop,
        ProgressView(terminal, images, lambda: aws.throttled, stop=stop) as view,
    ):
        reports = drain_repositories(
            [
                make_repository(
                    aws, target.registry, target.repository, registry_id, target.survey.listing
                )
                for target in targets
            ],
            concurrency=aws.concurrency,
            stop=stop,
            before=look,
            on_event=view.on_drain,
            done=view.on_report,
        )
    return reports, stop.is_set()


def _show_plan(
    terminal: Terminal, targets: Sequence[Target], place: Place, *, counted: bool
) -> None:
    terminal.say(f"{place}:" if counted else f"{place}: {_repositories(len(targets))}")
    rows = [
        (
            target.repository,
            f"{target.survey.images:,}",
            f"{target.survey.tags:,}",
            f"{target.survey.indexes:,}",
            f"{target.survey.archived:,}",
            size(target.survey.size_in_bytes),
            day(target.survey.last_push),
            day(target.survey.last_pull),
        )
        for target in sorted(targets, key=attrgetter("repository"))
    ]
    if counted:
        terminal.table(_COLUMNS, rows, _total(targets) if len(targets) > 1 else None)
    for names, replication in _replications(targets):
        terminal.say(f"{names}: {replication.note}", "bold red")


def _total(targets: Sequence[Target]) -> tuple[str, ...]:
    surveys = [target.survey for target in targets]
    figures = ("images", "tags", "indexes", "archived")
    sums = (sum(getattr(survey, name) for survey in surveys) for name in figures)
    bytes_ = sum(survey.size_in_bytes for survey in surveys)
    return (_repositories(len(targets)), *(f"{each:,}" for each in sums), size(bytes_), "", "")


def _replications(targets: Sequence[Target]) -> Iterator[tuple[str, Replication]]:
    return in_groups((target.repository, target.replication) for target in targets)


def _obstacles(targets: Sequence[Target]) -> list[str]:
    # The user has named these repositories: what nobody can tell is said, and forbids nothing.
    return [
        f"{names}: {replication.objection}"
        for names, replication in _replications(targets)
        if replication.destinations
    ]


def _show_outcome(terminal: Terminal, reports: Sequence[Report]) -> None:
    left = [report.repository for report in reports if not report.empty]
    deleted = count(sum(report.deleted for report in reports), "image")
    terminal.say(f"{_repositories(len(reports) - len(left))} empty, {deleted} deleted")
    if left:
        terminal.say(f"Not empty: {some(left)}", "bold red")


def _repositories(number: int) -> str:
    return count(number, "repository", "repositories")
