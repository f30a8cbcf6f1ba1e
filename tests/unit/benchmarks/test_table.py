"""The tables on the page of figures."""

from benchmarks.peers.catalogue import PEERS
from benchmarks.peers.process import Claim
from benchmarks.table import claim_text, comparison_table, ratios, summary_table, targets_table
from benchmarks.targets.target import Target
from tests.unit.benchmarks.runs import SCENARIO, comparison, row, run

COMPARED = comparison(
    row("ecrdrain", run(1.0), run(1.2), run(0.9)),
    row("article", run(0.3, left=979, calls={"ListImages": 1, "BatchDeleteImage": 1})),
    row("cdk", run(60.0, claim=Claim.NONE, left=4_000, throttled=12)),
    row("delete-repository", run(0.2, calls={"DeleteRepository": 1})),
)


def cells(table: str) -> list[list[str]]:
    """Return a Markdown table's cells, without the rule below its header."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return [lines[0], *lines[2:]]


def test_a_comparison_has_a_line_for_each_tool() -> None:
    """Each tool's line tells time and spread, ratio, what is left, its claim and its calls."""
    _, ours, article, cdk, floor = cells(comparison_table(COMPARED))

    assert ours[:5] == ["ecrdrain", "1.0 s (0.9 to 1.2)", "1", "0", "success"]
    assert ours[5:] == ["2", "10", "0", "0", "4"]
    assert article[1:5] == ["0.3 s", "·", "979", "**success**, which is not so"]
    assert cdk[1:5] == ["stopped after 60 s", "over 60x", "4,000", "nothing yet"]
    assert cdk[8] == "12"
    assert floor[2:8] == ["·", "0", "success; the repository is gone too", "0", "0", "1"]


def test_the_images_left_are_those_of_the_worst_run() -> None:
    """A median that left nothing does not hide a run that did."""
    worst = comparison(row("ecrdrain", run(1.0), run(1.1), run(1.2, left=3)))

    assert cells(comparison_table(worst))[1][3] == "3"


def test_every_line_of_a_table_has_as_many_cells_as_its_header() -> None:
    """Markdown drops cells that the header has not announced, so there are none."""
    for table in (comparison_table(COMPARED), summary_table([COMPARED], list(PEERS.values()))):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_summary_has_a_column_for_each_tool() -> None:
    """A tool that took no part in a scenario has a dot there."""
    header, line = cells(summary_table([COMPARED], [PEERS["ecrdrain"], PEERS["article-paging"]]))

    assert header == ["repository", "ecrdrain", "the article's function with paging"]
    assert line == [SCENARIO.title, "1.0 s", "·"]


def test_the_ratios_name_who_did_the_same_work() -> None:
    """A sentence of ratios leaves out the tools that left images behind, unless stopped."""
    assert ratios([COMPARED]) == [
        f"{SCENARIO.title}: 1.0 s (0.9 to 1.2); AWS CDK's handler over 60x."
    ]


def test_a_failure_is_told_in_the_tools_own_words() -> None:
    """A failing tool's last words stand in the table, without the path of a script."""
    words = "/somewhere/aws_cli.sh: line 5: /bin/aws: Argument list too long"
    failed = row("aws-cli", run(claim=Claim.FAILURE, words=words, left=1_000))

    assert claim_text(failed) == "failure: Argument list too long"


def test_a_target_that_is_not_met_stands_out() -> None:
    """The table of targets says in bold what is not met."""
    targets = [Target("calls", "10", "9", met=True), Target("time", "5 s", "6 s", met=False)]

    assert cells(targets_table(targets))[1:] == [
        ["calls", "10", "9", "yes"],
        ["time", "5 s", "6 s", "**no**"],
    ]
