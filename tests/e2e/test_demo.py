"""The demo: a newcomer's first ten minutes."""

from __future__ import annotations

import subprocess
import sys
from io import StringIO

import pytest
from rich.console import Console

from ecrdrain.cli.demo import Terminal


def test_the_demo_tells_its_story_and_every_claim_holds() -> None:
    """Status 0, all chapters, and nothing but expectations that held."""
    ran = subprocess.run(
        [sys.executable, "-m", "ecrdrain", "demo"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = ran.stdout.splitlines()
    for chapter in ("1. The problem", "2. The nested stacks", "4. 1,234 images"):
        assert chapter in lines
    checks = [line for line in lines if line.startswith(("ok ", "FAIL "))]
    assert all(line.startswith("ok ") for line in checks)
    assert lines[-1].startswith(f"All {len(checks)} expectations held")
    assert "cannot delete a repository that holds an image: DELETE_FAILED" in ran.stdout
    assert "The root stack deletes cleanly, with the images in it: DELETE_COMPLETE" in ran.stdout


@pytest.mark.parametrize("width", [30, 80, 200])
def test_a_claim_that_does_not_hold_is_counted_and_shown(width: int) -> None:
    """The terminal says FAIL, what was seen instead, and how many there were."""
    screen = StringIO()
    stage = Terminal(Console(file=screen, width=width, force_terminal=True, no_color=True))
    stage.chapter("Title", "About it.")
    stage.does("aws something --with a-very-long-argument-that-does-not-fit-into-a-line")
    stage.shows([["one", "two", "three"], ["a row", "with", "a long last column " * 5]])
    stage.shows([])
    stage.expects("Water is dry", holds=False, seen="wet")
    stage.expects("Water is wet", holds=True, seen="wet")
    stage.closing(1.0)
    text = " ".join(screen.getvalue().split())
    assert "FAIL Water is dry: wet" in text
    assert "ok Water is wet: wet" in text
    assert "1 of 2 expectations failed" in text
    assert (stage.failed, stage.checked) == (1, 2)
