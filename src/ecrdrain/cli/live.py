"""What is drawn again and again at a terminal: the drains under way, and all of them together."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Self

from ecrdrain.cli.interrupts import FINISHING
from ecrdrain.cli.tables import shorten
from ecrdrain.cli.words import seconds

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.live import Live
    from rich.table import Table

_WIDTH = 58
"""Columns that it takes at the most: a window made narrower, down to 60, breaks no line."""
_BAR, _SHORTEST_BAR = 20, 6
_BESIDE = 6
"""Lines of the window that are left to what stands above and below the bars."""
_REFRESHES = 8  # a second


@dataclass
class Progress:
    """How far one drain has got.

    Attributes:
        total: Images that the plan counted.
        deleted: Images deleted so far.
        shown: How many had been deleted when a line was last written.
    """

    total: int
    deleted: int = 0
    shown: int = 0


class LiveArea:
    """Bars for as many drains as fit, and below them the totals.

    Args:
        console: The terminal.
        images: How many images each repository held when it was counted.
        throttled: Returns how many calls AWS has throttled so far.
        stop: Set when the user has interrupted it.
        writing: Held by whoever writes to the console: a line that comes between two movements of
            the cursor would be lost.
    """

    def __init__(
        self,
        console: "Console",
        images: Mapping[str, int],
        throttled: Callable[[], int],
        stop: Event,
        writing: Lock,
    ) -> None:
        self._console = console
        self._images = images
        self._throttled = throttled
        self._stop = stop
        self._writing = writing
        self._ended = Event()
        self._drawing = Thread(target=self._draw, daemon=True)
        self._lock = Lock()
        self._running: dict[str, Progress] = {}
        self._done = 0
        self._gone = 0
        self._started = time.monotonic()
        self._live: Live | None = None

    def __enter__(self) -> Self:
        """Begin to draw."""
        from rich.live import Live  # noqa: PLC0415 - rich takes its time, and help needs none

        self._live = Live(self, console=self._console, transient=True, auto_refresh=False)
        with self._writing:
            self._live.start()
        self._drawing.start()
        return self

    def __exit__(self, *raised: object) -> None:
        """Remove what was drawn."""
        self._ended.set()
        self._drawing.join()
        if self._live is not None:
            with self._writing:
                self._live.stop()

    def _draw(self) -> None:
        while not self._ended.wait(1 / _REFRESHES):
            if self._live is not None:
                with self._writing:
                    self._live.refresh()

    def begin(self, name: str, progress: Progress) -> None:
        """Take that a drain has begun."""
        with self._lock:
            self._running[name] = progress

    def end(self, name: str) -> None:
        """Take that a drain has ended."""
        with self._lock:
            progress = self._running.pop(name, None)
            self._done += 1
            self._gone += progress.deleted if progress else 0

    def __rich__(self) -> "Group":
        """Draw it as it is now."""
        from rich.console import Group  # noqa: PLC0415 - see above
        from rich.text import Text  # noqa: PLC0415 - see above

        with self._lock:
            running = list(self._running.items())
            done, gone = self._done, self._gone
        room = max(self._console.height - _BESIDE, 1)
        width = min(self._console.width, _WIDTH)
        said = FINISHING if self._stop.is_set() else ()
        if len(self._images) <= 1:
            return Group(self._bars(running, width), *said)
        gone += sum(progress.deleted for _, progress in running)
        lines = (Text(line[:width]) for line in self._totals(done, gone))
        return Group(self._bars(running[:room], width), *lines, *said)

    def _bars(self, running: Sequence[tuple[str, Progress]], width: int) -> "Table":
        from rich.progress_bar import ProgressBar  # noqa: PLC0415 - see above
        from rich.table import Table  # noqa: PLC0415 - see above

        # Images that come while others go make the whole larger than it was counted.
        totals = [max(progress.total, progress.deleted) for _, progress in running]
        figures = [
            f"{progress.deleted:,}/{total:,}"
            for (_, progress), total in zip(running, totals, strict=True)
        ]
        longest = max((len(name) for name, _ in running), default=0)
        width -= max(map(len, figures), default=0) + 2
        bar = max(min(_BAR, width - longest), _SHORTEST_BAR)
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column()
        grid.add_column(justify="right", no_wrap=True)
        for (name, progress), total, figure in zip(running, totals, figures, strict=True):
            grid.add_row(
                shorten(name, max(width - bar, 1)),
                ProgressBar(total=total or None, completed=progress.deleted, width=bar),
                figure,
            )
        return grid

    def _totals(self, done: int, gone: int) -> list[str]:
        planned = max(sum(self._images.values()), gone)
        first = f"{done:,} of {len(self._images):,} repositories, {gone:,} of {planned:,} images"
        passed = time.monotonic() - self._started
        if not gone or passed <= 0:
            return [first]
        rate = gone / passed
        second = f"{rate:,.0f} images/s, {seconds((planned - gone) / rate)} left"
        throttled = self._throttled()
        return [first, second + (f", {throttled:,} calls throttled" if throttled else "")]
