"""The figures as Markdown tables."""

from collections.abc import Iterable, Sequence

from benchmarks.comparing import Comparison, Row
from benchmarks.peers.catalogue import Peer
from benchmarks.peers.process import Claim
from benchmarks.scenarios import OURS
from benchmarks.targets.target import Target

_LIST, _DELETE = ("ListImages", "DescribeImages"), "BatchDeleteImage"
_LONGEST_WORDS = 60
_WORDS = {"repository", "tool", "it says", "what", "target", "measured", "met", "images", "listed"}
"""The columns that hold words."""
_HALF_A_DOZEN = 6  # times as long: from here on without decimals


def markdown(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table; columns of words are set to the left, figures to the right."""
    rule = ["---" if name in _WORDS else "---:" for name in header]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (header, rule, *lines))


def summary_table(comparisons: Sequence[Comparison], peers: Sequence[Peer]) -> str:
    """Return one line a scenario and one column a tool: how long, and what was left."""
    return markdown(
        ["repository", *(peer.title for peer in peers)],
        [
            [
                comparison.scenario.title,
                *(
                    ", ".join(_brief(row) for row in comparison.rows if row.peer == peer) or "·"
                    for peer in peers
                ),
            ]
            for comparison in comparisons
        ],
    )


def comparison_table(comparison: Comparison) -> str:
    """Return all figures of one scenario, one line a tool."""
    header = [
        "tool",
        "seconds",
        "times ecrdrain's",
        "images left",
        "it says",
        "list calls",
        "delete calls",
        "other calls",
        "throttled",
        "at once",
    ]
    return markdown(header, [_figures(comparison, row) for row in comparison.rows])


def targets_table(targets: Iterable[Target]) -> str:
    """Return what was promised, what was measured, and whether that is enough."""
    return markdown(
        ["what", "target", "measured", "met"],
        [
            [target.what, target.limit, target.measured, "yes" if target.met else "**no**"]
            for target in targets
        ],
    )


def ratios(comparisons: Iterable[Comparison]) -> list[str]:
    """Return a sentence a scenario: how many times as long the others took to do the same."""
    sentences = []
    for comparison in comparisons:
        others = [
            f"{row.peer.title} {text}"
            for row in comparison.rows
            if row.peer.name != OURS and (text := ratio_text(comparison, row))
        ]
        if others:
            ours = seconds_text(comparison.ours)
            sentences.append(f"{comparison.scenario.title}: {ours}; {', '.join(others)}.")
    return sentences


def ratio_text(comparison: Comparison, row: Row) -> str:
    """Return "4.1x"; "over 9x" for a tool that was stopped; "" where there is no ratio."""
    ratio = comparison.ratio(row)
    if ratio is None:
        return ""
    number = f"{ratio:.1f}" if ratio < _HALF_A_DOZEN else f"{ratio:.0f}"
    return f"over {number}x" if row.stopped else f"{number}x"


def seconds_text(row: Row) -> str:
    """Return "2.1 s (1.9 to 2.4)", or "stopped after 30 s"."""
    if row.stopped:
        return f"stopped after {row.seconds:.0f} s"
    if len(row.runs) == 1:
        return f"{row.seconds:.1f} s"
    fastest, slowest = row.spread
    return f"{row.seconds:.1f} s ({fastest:.1f} to {slowest:.1f})"


def claim_text(row: Row) -> str:
    """Return what the tool says of its run, marked where it is not true."""
    run = row.typical
    if run.claim is Claim.SUCCESS:
        if row.peer.takes_repository:
            return "success; the repository is gone too"
        return "**success**, which is not so" if row.left else "success"
    if run.claim is Claim.NONE:
        return "nothing yet"
    # A shell puts the script, the line and the command in front of what went wrong.
    words = run.words.rpartition("/aws: ")[2].partition(" when calling")[0].replace("|", "\\|")
    return f"failure: {words[:_LONGEST_WORDS]}" if words else "failure"


def _brief(row: Row) -> str:
    left = f", {row.left:,} left" if row.left else ""
    if row.stopped:
        return f"stopped{left}"
    failed = "failed, " if row.typical.claim is Claim.FAILURE else ""
    return f"{failed}{row.seconds:.1f} s{left}"


def _figures(comparison: Comparison, row: Row) -> list[str]:
    run = row.typical
    other = sum(number for name, number in run.calls.items() if name not in (*_LIST, _DELETE))
    return [
        row.peer.title,
        seconds_text(row),
        "1" if row.peer.name == OURS else ratio_text(comparison, row) or "·",
        f"{row.left:,}",
        claim_text(row),
        f"{sum(run.calls.get(name, 0) for name in _LIST):,}",
        f"{run.calls.get(_DELETE, 0):,}",
        f"{other:,}",
        f"{run.throttled:,}",
        f"{run.in_flight}",
    ]
