"""The chart of the comparison."""

from xml.etree import ElementTree as ET

from benchmarks.chart import LONGEST, WIDTH, chart
from benchmarks.peers.process import Claim
from tests.unit.benchmarks.runs import SCENARIO, comparison, row, run

SVG = "{http://www.w3.org/2000/svg}"
COMPARED = comparison(
    row("ecrdrain", run(1.0), run(1.4)),
    row("article", run(0.3, left=979)),
    row("cdk", run(60.0, claim=Claim.NONE, left=4_000)),
)


def drawn() -> ET.Element:
    """Return the chart of one comparison, parsed."""
    return ET.fromstring(chart([COMPARED]))  # noqa: S314 - our own


def test_the_chart_says_what_its_bars_mean() -> None:
    """Beside each bar stand its seconds, and what is wrong with the run where something is."""
    texts = [element.text for element in drawn().iter(f"{SVG}text")]

    assert SCENARIO.title in texts
    assert "1.2 s" in texts
    assert "0.3 s: 979 left, reports success" in texts
    assert "stopped after 60 s: 4,000 left" in texts


def test_bars_are_as_long_as_their_seconds() -> None:
    """The slowest tool's bar is the longest, and within a panel lengths relate as seconds do."""
    bars = [
        (bar.attrib["class"], float(bar.attrib["width"]))
        for bar in drawn().iter(f"{SVG}rect")
        if bar.attrib["class"] != "page"
    ][3:]  # after the legend's
    (ours, short), (article, _), (cdk, long) = bars

    assert (ours, article, cdk) == ("ours", "undone", "undone")
    assert long == LONGEST
    assert abs(long / short - 60.0 / 1.2) < 1


def test_the_chart_stays_within_its_width() -> None:
    """No bar reaches out of the picture, and there is a scheme for dark pages."""
    for bar in drawn().iter(f"{SVG}rect"):
        assert float(bar.attrib.get("x", 0)) + float(bar.attrib["width"]) <= WIDTH
    assert "prefers-color-scheme: dark" in chart([COMPARED])
