"""The figures as one SVG, for light and dark pages, without a library.

Each scenario is a panel with a scale of its own; each bar says beside it what it cannot show.
"""

from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.comparing import Comparison, Row
from benchmarks.peers.process import Claim
from benchmarks.scenarios import OUR_FUNCTION, OURS
from benchmarks.table import ratio_text

WIDTH = 860
MARGIN = 24
BARS = 250
"""Where bars begin; tools' names stand left of it."""
LONGEST = 330
ROW, BAR = 24, 14
PANEL_HEAD, PANEL_GAP = 44, 20
HEAD = 92

_STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #1f2328; }
.title { font-size: 18px; font-weight: 600; }
.panel { font-weight: 600; }
.name { text-anchor: end; }
.quiet { fill: #59636e; }
.page { fill: #ffffff; }
.axis { stroke: #d1d9e0; }
.spread { stroke: #1f2328; stroke-width: 1.5; }
.ours { fill: #0969da; }
.done { fill: #8c959f; }
.undone { fill: url(#hatch-light); stroke: #bc4c00; }
.warn { fill: #bc4c00; }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc; }
  .quiet { fill: #9198a1; }
  .page { fill: #0d1117; }
  .axis { stroke: #3d444d; }
  .spread { stroke: #f0f6fc; }
  .ours { fill: #4493f8; }
  .done { fill: #6e7681; }
  .undone { fill: url(#hatch-dark); stroke: #f0883e; }
  .warn { fill: #f0883e; }
}
"""


def chart(comparisons: Sequence[Comparison]) -> str:
    """Return the SVG; each comparison is one panel."""
    panels: list[str] = []
    top = float(HEAD)
    for comparison in comparisons:
        panels.extend(_panel(comparison, top))
        top += _height(comparison) + PANEL_GAP
    size = f'viewBox="0 0 {WIDTH} {top:g}" width="{WIDTH}" height="{top:g}"'
    words = 'role="img" aria-labelledby="chart-title"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {words}>',
            '<title id="chart-title">Seconds to empty a repository, by tool</title>',
            f"<style>{_STYLE}</style>",
            f"<defs>{_hatch('light', '#bc4c00')}{_hatch('dark', '#f0883e')}</defs>",
            f'<rect class="page" width="{WIDTH}" height="{top:g}" rx="8"/>',
            *_head(),
            *panels,
            "</svg>\n",
        ]
    )


def _hatch(name: str, colour: str) -> str:
    return (
        f'<pattern id="hatch-{name}" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{colour}" stroke-width="2" '
        'stroke-opacity="0.6"/></pattern>'
    )


def _head() -> Iterator[str]:
    yield _text(MARGIN, 36, "Seconds to empty a repository", "title")
    left = MARGIN
    legend = (
        ("ours", "ecrdrain", 104),
        ("done", "others that emptied it", 190),
        ("undone", "stopped, or images left behind", 248),
    )
    for kind, words, width in legend:
        yield _bar(left, 52, 18, kind, 12)
        yield _text(left + 24, 62.5, words, "quiet")
        left += width
    yield '<path class="spread" d="M{0} 58H{1}M{0} 54V62M{1} 54V62"/>'.format(left, left + 18)
    yield _text(left + 24, 62.5, "fastest to slowest run", "quiet")


def _panel(comparison: Comparison, top: float) -> Iterator[str]:
    yield _text(MARGIN, top + 16, comparison.scenario.title, "panel")
    most = max(row.spread[1] for row in comparison.rows)
    first = top + PANEL_HEAD - 16
    bottom = top + _height(comparison)
    yield f'<path class="axis" d="M{BARS} {first}V{bottom:.1f}"/>'
    for number, row in enumerate(comparison.rows):
        yield from _bar_of(comparison, row, first + 4 + number * ROW, LONGEST / most)


def _bar_of(comparison: Comparison, row: Row, top: float, scale: float) -> Iterator[str]:
    middle, baseline = top + BAR / 2, top + BAR / 2 + 4.5
    length = max(row.seconds * scale, 2.0)
    yield _text(BARS - 10, baseline, row.peer.title, "name")
    yield _bar(BARS, top, length, _kind(row))
    fastest, slowest = (BARS + seconds * scale for seconds in row.spread)
    if slowest - fastest > 1:
        ends = f"M{fastest:.1f} {middle - 3}V{middle + 3}M{slowest:.1f} {middle - 3}V{middle + 3}"
        yield f'<path class="spread" d="M{fastest:.1f} {middle}H{slowest:.1f}{ends}"/>'
    words, warn = _words(comparison, row)
    yield _text(max(BARS + length, slowest) + 8, baseline, words, "warn" if warn else "")


def _words(comparison: Comparison, row: Row) -> tuple[str, bool]:
    """Return what stands beside a bar, and whether something is wrong with it."""
    if row.stopped:
        return f"stopped after {row.seconds:.0f} s: {row.left:,} left", True
    if row.left:
        claim = row.typical.claim
        report = "reports success" if claim is Claim.SUCCESS else "reports failure"
        return f"{row.seconds:.1f} s: {row.left:,} left, {report}", True
    if row.peer.takes_repository:
        return f"{row.seconds:.1f} s, with the repository itself", False
    ratio = "" if row.peer.name == OURS else f" ({ratio_text(comparison, row)})"
    return f"{row.seconds:.1f} s{ratio}", False


def _kind(row: Row) -> str:
    if row.left:
        return "undone"
    return "ours" if row.peer.name in (OURS, OUR_FUNCTION) else "done"


def _height(comparison: Comparison) -> float:
    return PANEL_HEAD - 16 + 8 + len(comparison.rows) * ROW


def _text(left: float, baseline: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{left:.1f}" y="{baseline:.1f}">{escape(words)}</text>'


def _bar(left: float, top: float, length: float, kind: str, height: float = BAR) -> str:
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{length:.1f}" '
        f'height="{height}" rx="2"/>'
    )
