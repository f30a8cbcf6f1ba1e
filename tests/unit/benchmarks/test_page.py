"""Figures put into the page that tells of them."""

import re

import pytest

from benchmarks.bench import targets_text
from benchmarks.page import MarkersError, put
from benchmarks.peers.process import ROOT
from benchmarks.targets.every import Measured
from benchmarks.targets.target import Target

PAGE = "# Title\n<!-- figures -->\nold\n<!-- /figures -->\nby hand\n"


def test_only_what_is_between_the_markers_changes() -> None:
    """New figures replace the old ones, and what was written by hand stays, markers included."""
    page = put(PAGE, "figures", r"new \1")

    assert page == PAGE.replace("old", r"new \1")
    assert put(page, "figures", "old") == PAGE


@pytest.mark.parametrize("page", ["# Title\n", "<!-- figures -->\n", PAGE + PAGE])
def test_a_page_without_a_single_pair_of_markers_is_refused(page: str) -> None:
    """Figures are never put in a wrong place: the error names the markers."""
    with pytest.raises(MarkersError, match="<!-- figures -->"):
        put(page, "figures", "new")


def test_the_page_of_figures_has_the_markers() -> None:
    """The page in the repository takes the comparison and the targets."""
    page = (ROOT / "docs" / "performance.md").read_text()

    for name in ("comparison", "targets"):
        assert "figures of a test" in put(page, name, "figures of a test")


def test_all_that_was_measured_stands_on_the_page() -> None:
    """Targets, both tables and each figure without a target are written, under their headings."""
    measured = Measured(
        targets=[Target("calls", "10", "9", met=True)],
        images=10_000,
        doors="| doors |",
        orders="| orders |",
        figures=["At 1 call/s: slow.", "After an outage: late."],
    )

    lines = targets_text("a machine", measured).splitlines()

    assert lines[0] == "Measured on a machine."
    assert "| calls | 10 | 9 | yes |" in lines
    assert lines.index("| doors |") < lines.index("| orders |")
    assert lines[-2:] == ["- At 1 call/s: slow.", "- After an outage: late."]


def test_links_to_figures_lead_to_headings() -> None:
    """The prose links to headings that stand among the figures."""
    page = (ROOT / "docs" / "performance.md").read_text()
    text = targets_text("a machine", Measured([], 1, "", "", []))

    for anchor in re.findall(r"\]\(#([a-z-]+)\)", page):
        assert anchor in text.lower().replace("### ", "").replace(" ", "-")
