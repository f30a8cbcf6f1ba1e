"""``ecrdrain drain``: empty repositories by name."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from ecrdrain.cli.aws import Aws
from ecrdrain.cli.documents import DRAIN, DRAIN_PLAN, UntouchedDrain, with_account
from ecrdrain.cli.errors import FAILED, INTERRUPTED, OK, WrongUseError
from ecrdrain.cli.interrupts import interruptible
from ecrdrain.cli.options import (
    AcceptReplicatedDeletions,
    AwsOptions,
    OutputOptions,
    PlanOptions,
    SpeedOptions,
    with_options,
)
from ecrdrain.cli.progress import ProgressView
from ecrdrain.cli.terminal import Column, Terminal
from ecrdrain.cli.words import count, day, size
from ecrdrain.engine import Report, drain_repositories
from ecrdrain.stacks.clients import make_repository
from ecrdrain.stacks.replication import Replication, in_groups
from ecrdrain.stacks.targets import Target, find_targets, is_pattern

_COLUMNS = (
    Column("repository"),
    Column("images", right=True),
    Column("tags", right=True),
    Column("indexes", right=True),
    Column("archived", right=True),
    Column("size", right=True),
    Column("last push"),
    Column("last pull"),
)


@with_options
def drain(  # noqa: PLR0913 - one for each option
    repositories: Annotated[
        list[str],
        typer.Argument(
            metavar="REPOSITORY",
            help="Names, or patterns such as 'team-a/*'; * stands for slashes too.",
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
    at first; then there is one question. Run it again after an interruption, and it goes on where
    it was.
    """
    if plan.yes and limit is None and any(is_pattern(name) for name in repositories):
        raise WrongUseError(
            "a pattern with --yes needs --limit N: the most repositories that it may match"
        )
    terminal = Terminal(json=output.json)
    registry = "public" if public else "private"
    with Aws(aws_options, speed.concurrency) as aws:
        with terminal.busy("Counting images"):
            targets = find_targets(
                aws, registry, repositories, registry_id=registry_id, limit=limit
            )
        _show_plan(terminal, targets)
        obstacles = [] if accept_replicated_deletions else _obstacles(targets)
        for obstacle in obstacles:
            terminal.mention(f"Error: {obstacle}", "bold red")
        if plan.dry_run or obstacles:
            terminal.document(DRAIN_PLAN, UntouchedDrain(plan.dry_run, obstacles, targets))
            raise typer.Exit(FAILED if obstacles else OK)
        if not plan.yes and not _confirm(terminal, targets):
            terminal.mention("Nothing was deleted.")
            raise typer.Exit(FAILED)
        with (
            interruptible() as stop,
            ProgressView(
                terminal, {target.repository: target.survey.images for target in targets}
            ) as view,
        ):
            reports = drain_repositories(
                [
                    make_repository(
                        aws, registry, target.repository, registry_id, target.survey.listing
                    )
                    for target in targets
                ],
                concurrency=speed.concurrency,
                stop=stop,
                on_event=view.on_drain,
                done=view.on_report,
            )
        _show_outcome(terminal, reports)
        if terminal.json:
            account = aws.account
            terminal.document(DRAIN, [with_account(report, account) for report in reports])
    if stop.is_set():
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(OK if all(report.empty for report in reports) else FAILED)


def _confirm(terminal: Terminal, targets: Sequence[Target]) -> bool:
    images = sum(target.survey.images for target in targets)
    if not images:
        return True
    question = f"Delete {count(images, 'image')} in {_repositories(len(targets))}?"
    return terminal.ask(question)


def _show_plan(terminal: Terminal, targets: Sequence[Target]) -> None:
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
        for target in targets
    ]
    terminal.table(_COLUMNS, rows)
    for names, replication in _replications(targets):
        terminal.say(f"{names}: {replication.note}", "bold red")


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
        terminal.say(f"Not empty: {', '.join(left)}", "bold red")


def _repositories(number: int) -> str:
    return count(number, "repository", "repositories")
