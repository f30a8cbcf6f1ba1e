"""The progress of drains and stacks.

At a terminal there are bars, elsewhere lines, both on standard error; how a drain ended is a
result.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Self

from ecrdrain.cli.live import LiveArea, Progress
from ecrdrain.cli.terminal import Terminal, is_rich, say
from ecrdrain.cli.words import count, outcome_of, refusals_of
from ecrdrain.engine import Deleted, Event, OnEvent, Report, Repository
from ecrdrain.stacks.events import StackEvent

if TYPE_CHECKING:
    from rich.console import Console

_LINES = 10
"""About how many lines a drain writes into a pipe."""

_SMALLEST_STEP = 1000
"""Images between two of these lines at least."""

_STYLES = {"DELETE_FAILED": "bold red", "DELETE_SKIPPED": "cyan", "DELETE_COMPLETE": "green"}


def draws(terminal: Terminal) -> bool:
    """Return whether progress is drawn, so that nothing else may write meanwhile."""
    return is_rich(terminal.err) and not terminal.silent


class ProgressView:
    """Shows the progress of drains and deletions, also of several threads at once.

    Args:
        terminal: Where to write.
        images: How many images each repository held when it was counted.
        throttled: Returns how many calls AWS has throttled so far.
        stop: Set when the user has interrupted it.
    """

    def __init__(
        self,
        terminal: Terminal,
        images: Mapping[str, int],
        throttled: Callable[[], int] = lambda: 0,
        *,
        stop: threading.Event,
    ) -> None:
        self._terminal = terminal
        self._console = terminal.err
        self._images = images
        self._lock = threading.Lock()
        self._area: LiveArea | None = None
        if draws(terminal):
            self._area = LiveArea(self._console, images, throttled, stop, self._lock)

    def __enter__(self) -> Self:
        """Begin to draw."""
        if self._area is not None:
            self._area.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        """Remove what was drawn."""
        if self._area is not None:
            self._area.__exit__(*raised)

    @property
    def _results(self) -> "Console":
        """Where results go: above the bars, if those are drawn on the same terminal."""
        above = self._area is not None and self._terminal.text.is_terminal
        return self._console if above else self._terminal.text

    def on_drain(self, repository: Repository) -> OnEvent:
        """Show one drain from its start on."""
        progress = Progress(self._images.get(repository.name, 0))
        if self._area is None:
            return self._in_lines(repository.name, progress)
        self._area.begin(repository.name, progress)
        return lambda event: _advance(progress, event)

    def on_report(self, report: Report) -> None:
        """Show the end of a drain."""
        style = "green" if report.empty else "bold red"
        with self._lock:
            if self._area is not None:
                self._area.end(report.repository)
            if report.stopped == "interrupt" and not report.deleted:
                return  # of what has not begun the sum is enough
            line = outcome_of(report, self._images.get(report.repository))
            for each in (line, *refusals_of(report)):
                if not self._terminal.silent:
                    say(self._results, each, style)
                elif not report.empty:
                    self._terminal.complain(each)

    def on_stack_event(self, event: StackEvent) -> None:
        """Show an event of a stack."""
        reason = f"  {' '.join(event.reason.split())}" if event.reason else ""
        line = (
            f"{event.time.astimezone(UTC):%H:%M:%SZ}  {event.stack}  {event.status}  "
            f"{event.logical_id} ({event.type}){reason}"
        )
        with self._lock:
            self._terminal.mention(line, _STYLES.get(event.status, ""))

    def on_step(self, stack: str, text: str) -> None:
        """Show which step comes next."""
        with self._lock:
            self._terminal.mention(f"{stack}: {text}")

    def _in_lines(self, name: str, progress: Progress) -> OnEvent:
        step = max(_SMALLEST_STEP, progress.total // _LINES)

        def on_event(event: Event) -> None:
            _advance(progress, event)
            if progress.deleted - progress.shown >= step:
                progress.shown = progress.deleted
                total = max(progress.total, progress.deleted)
                with self._lock:
                    line = f"{name}: {progress.deleted:,} of {count(total, 'image')} deleted"
                    self._terminal.mention(line)

        return on_event


def _advance(progress: Progress, event: Event) -> None:
    if isinstance(event, Deleted):
        progress.deleted += event.deleted
