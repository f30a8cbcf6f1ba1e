"""Compare the tools, measure the targets, and write both down: `make bench`.

The full run takes less than half an hour and writes docs/performance.md and its chart; the
quick one takes minutes and writes copies of them below build/bench.
"""

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import scenarios
from benchmarks.chart import chart
from benchmarks.comparing import Comparison, compare
from benchmarks.machine import machine_facts
from benchmarks.page import put
from benchmarks.peers.catalogue import PEERS, Peer
from benchmarks.peers.process import ROOT
from benchmarks.running import Stage
from benchmarks.table import comparison_table, ratios, summary_table, targets_table
from benchmarks.targets import sizes
from benchmarks.targets.every import Measured, measure_targets

PAGE = ROOT / "docs" / "performance.md"
CHART = "performance.svg"


def main() -> None:
    """Run what the command line asks for; exit with 1 when a full run does not meet a target."""
    arguments = _arguments()
    folder = ROOT / "build" / "bench" if arguments.quick else PAGE.parent
    started = time.monotonic()
    page = PAGE.read_text()
    facts = machine_facts()
    _say(facts)
    unmet = 0
    if "comparison" in arguments.only:
        page = put(page, "comparison", _compare(folder, facts, quick=arguments.quick))
    if "targets" in arguments.only:
        measured = measure_targets(sizes.QUICK if arguments.quick else sizes.FULL, _say)
        unmet = sum(not target.met for target in measured.targets)
        page = put(page, "targets", targets_text(facts, measured))
    folder.mkdir(parents=True, exist_ok=True)
    written = folder / PAGE.name
    written.write_text(page)
    _say(f"Written: {written.relative_to(ROOT)}, after {time.monotonic() - started:.0f} s")
    if unmet:
        words = f"{unmet} targets are not met"
        if not arguments.quick:
            sys.exit(words)
        _say(f"{words}, with fewer images than the targets are for")


def comparison_text(
    facts: str, comparisons: Sequence[Comparison], peers: Mapping[str, Peer], lacking: str
) -> str:
    """Return the page's part on the comparison."""
    parts = [
        f"Measured on {facts}.{lacking}",
        f"![Seconds to empty a repository, by tool]({CHART})",
        summary_table(comparisons, list(peers.values())),
        "How many times as long the others took, where they emptied it or were stopped:",
        "\n".join(f"- {sentence}" for sentence in ratios(comparisons)),
    ]
    for comparison in comparisons:
        count = max(len(row.runs) for row in comparison.rows)
        title = comparison.scenario.title
        runs = f"Up to {count} runs of each tool." if count > 1 else "One run of each tool."
        parts += [f"### {title}", runs, comparison_table(comparison)]
    return "\n\n".join(parts)


def targets_text(facts: str, measured: Measured) -> str:
    """Return the page's part on the targets."""
    conditions = f"{measured.images:,} images, delete 200 ms, list 60 ms, no rate limit"
    return "\n\n".join(
        [
            f"Measured on {facts}.",
            targets_table(measured.targets),
            "### What each door takes",
            f"{conditions}: the median of the seconds, the most of the calls.",
            measured.doors,
            "Delete calls when a repository is listed in another order, over the fewest possible:",
            measured.orders,
            "### Without a target",
            "\n".join(f"- {figure}" for figure in measured.figures),
        ]
    )


def _compare(folder: Path, facts: str, *, quick: bool) -> str:
    lacking = {peer.title: why for peer in PEERS.values() if (why := peer.lacking())}
    for title, why in lacking.items():
        _say(f"Left out: {title}: {why}")
    peers = {name: peer for name, peer in PEERS.items() if peer.title not in lacking}
    with Stage() as stage:
        asked = scenarios.QUICK if quick else scenarios.FULL
        comparisons = compare(stage, asked, peers, _say)
    charted = [comparison for comparison in comparisons if comparison.scenario.charted]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CHART).write_text(chart(charted))
    words = "".join(f" Left out: {title} ({why})." for title, why in lacking.items())
    return comparison_text(facts, comparisons, peers, words)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer, smaller and single runs")
    parts = ["comparison", "targets"]
    parser.add_argument("--only", choices=parts, nargs="+", default=parts, help="one part of it")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
