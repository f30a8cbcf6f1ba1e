"""The progress of drains and stacks.

At a terminal there are bars, elsewhere lines, both on standard error; how a drain ended is a
result.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ecrdrain.cli.terminal import Terminal, is_rich, say
from ecrdrain.cli.words import count, outcome_of
from ecrdrain.engine import Deleted, Event, OnEvent, Report, Repository
from ecrdrain.stacks.events import StackEvent

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_LINES = 10
"""About how many lines a drain writes into a pipe."""

_SMALLEST_STEP = 1000
"""Images between two of these lines at least."""

_STYLES = {"DELETE_FAILED": "bold red", "DELETE_SKIPPED": "cyan", "DELETE_COMPLETE": "green"}


@dataclass
class _Progress:
    """How far one drain has got.

    Attributes:
        total: Images that the plan counted.
        deleted: Images deleted so far.
        shown: How many had been deleted when a line was last written.
    """

    total: int
    deleted: int = 0
    shown: int = 0


class ProgressView:
    """Shows the progress of drains and deletions, also of several threads at once.

    Args:
        terminal: Where to write.
        images: How many images each repository held when it was counted.
    """

    def __init__(self, terminal: Terminal, images: Mapping[str, int]) -> None:
        self._terminal = terminal
        self._console = terminal.err
        self._images = images
        self._lock = threading.Lock()
        self._bars: Progress | None = None

    def __enter__(self) -> Self:
        """Begin to draw."""
        if is_rich(self._console):
            self._bars = self._make_bars()
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Remove what was drawn."""
        if self._bars is not None:
            self._bars.stop()

    @property
    def _results(self) -> "Console":
        """Where results go: above the bars, if those are drawn on the same terminal."""
        above = self._bars is not None and self._terminal.text.is_terminal
        return self._console if above else self._terminal.text

    def on_drain(self, repository: Repository) -> OnEvent:
        """Show one drain from its start on."""
        progress = _Progress(self._images.get(repository.name, 0))
        if self._bars is None:
            return self._in_lines(repository.name, progress)
        task = self._bars.add_task(repository.name, total=progress.total or None)
        return self._in_bars(progress, task)

    def on_report(self, report: Report) -> None:
        """Show the end of a drain."""
        style = "green" if report.empty else "bold red"
        with self._lock:
            if self._bars is not None:
                for task in self._bars.tasks:
                    if task.description == report.repository:
                        self._bars.remove_task(task.id)
            say(self._results, outcome_of(report), style)

    def on_stack_event(self, event: StackEvent) -> None:
        """Show an event of a stack."""
        reason = f"  {' '.join(event.reason.split())}" if event.reason else ""
        line = (
            f"{event.time:%H:%M:%S}  {event.stack}  {event.status}  "
            f"{event.logical_id} ({event.type}){reason}"
        )
        with self._lock:
            say(self._console, line, _STYLES.get(event.status, ""))

    def on_step(self, stack: str, text: str) -> None:
        """Show which step comes next."""
        with self._lock:
            say(self._console, f"{stack}: {text}")

    def _in_lines(self, name: str, progress: _Progress) -> OnEvent:
        step = max(_SMALLEST_STEP, progress.total // _LINES)

        def on_event(event: Event) -> None:
            _advance(progress, event)
            if progress.deleted - progress.shown >= step:
                progress.shown = progress.deleted
                total = max(progress.total, progress.deleted)
                with self._lock:
                    line = f"{name}: {progress.deleted:,} of {count(total, 'image')} deleted"
                    say(self._console, line)

        return on_event

    def _in_bars(self, progress: _Progress, task: "TaskID") -> OnEvent:
        def on_event(event: Event) -> None:
            _advance(progress, event)
            if self._bars is not None:
                # Images that come while others go make the whole larger than it was counted.
                total = max(progress.total, progress.deleted)
                self._bars.update(task, completed=progress.deleted, total=total or None)

        return on_event

    def _make_bars(self) -> "Progress":
        from rich.progress import (  # noqa: PLC0415 - rich takes its time, and help needs none
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
        )
        from rich.table import Column  # noqa: PLC0415 - goes with it

        # The name folds and the bar gives way, so that the figures stay in a narrow window.
        return Progress(
            TextColumn("{task.description}", markup=False, table_column=Column(overflow="fold")),
            BarColumn(bar_width=None, table_column=Column(max_width=40, ratio=1)),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            console=self._console,
            transient=True,
        )


def _advance(progress: _Progress, event: Event) -> None:
    if isinstance(event, Deleted):
        progress.deleted += event.deleted
