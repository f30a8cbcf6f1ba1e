"""Figures put into the page that tells of them."""

import pytest

from benchmarks.page import MarkersError, put
from benchmarks.peers.process import ROOT

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
