"""The commands in a pseudo-terminal, in a pipe, and interrupted."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import push_many
from ecrdrain.lab.strict import StrictEcr
from tests.e2e.cli.conftest import PROGRAM, count_images, create_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import Lab
    from tests.e2e.cli.conftest import Ran
    from tests.e2e.cli.terminals import InTerminal

    StartInTerminal = Callable[..., InTerminal]

CTRL_C = "\x03"
SLOW = 0.4  # seconds a deletion takes where it is to be seen or interrupted


@pytest.fixture(scope="module")
def strict() -> Iterator[StrictEcr]:
    """A strict ECR server whose repositories are filled by each test."""
    with StrictEcr.start() as running:
        yield running


@pytest.fixture
def slow(strict: StrictEcr, name: str) -> Iterator[str]:
    """The name of a repository with 1,500 images that takes its time to be emptied."""
    strict.seed(repository=name, images=1500)
    strict.configure(latency={"BatchDeleteImage": SLOW})
    yield name
    strict.configure(latency={})


def left(strict: StrictEcr, name: str) -> int:
    """Return how many images a repository of the strict server holds."""
    client = strict.client("ecr")
    try:
        return count_images(client, name)
    finally:
        client.close()


def test_the_question_is_asked_once_and_yes_goes_on(
    in_terminal: StartInTerminal, ecr: ECRClient, filled: str
) -> None:
    """A person sees the plan, answers, and sees the outcome."""
    terminal = in_terminal("drain", filled)

    place = "account 123456789012, region us-east-1"
    terminal.wait_for(f"Delete 3 images in 1 repository of {place}? [y/N]")
    assert count_images(ecr, filled) == 3
    terminal.type("y\n")

    assert terminal.finish() == 0
    assert f"{filled}: empty, 3 images deleted" in terminal.text
    assert terminal.text.count("[y/N]") == 1
    assert count_images(ecr, filled) == 0


@pytest.mark.parametrize("answer", ["n", "", "yes please"])
def test_anything_but_yes_deletes_nothing(
    answer: str, in_terminal: StartInTerminal, ecr: ECRClient, filled: str
) -> None:
    """The empty answer is no."""
    terminal = in_terminal("drain", filled)

    terminal.wait_for("[y/N]")
    terminal.type(f"{answer}\n")

    assert terminal.finish() == 1
    assert "Nothing was deleted." in terminal.text
    assert count_images(ecr, filled) == 3


def test_ctrl_c_at_the_question_deletes_nothing(
    in_terminal: StartInTerminal, ecr: ECRClient, filled: str
) -> None:
    """The status is 130, and there is no traceback."""
    terminal = in_terminal("drain", filled)

    terminal.wait_for("[y/N]")
    terminal.type(CTRL_C)

    assert terminal.finish() == 130
    assert "Interrupted." in terminal.text
    assert "Traceback" not in terminal.text
    assert count_images(ecr, filled) == 3


def test_a_terminal_gets_colours_and_a_progress_bar(
    in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """The bar shows how many images of how many are gone, and goes when all is done."""
    terminal = in_terminal("drain", slow, "--yes", "--endpoint-url", strict.endpoint_url)

    terminal.wait_for("/1,500")
    status = terminal.finish()

    assert status == 0
    assert b"\x1b[" in terminal.raw
    assert b"\x1b[?25h" in terminal.raw.rpartition(b"\x1b[?25l")[2]  # the cursor is back
    assert left(strict, slow) == 0


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_results_stand_above_the_bars_and_no_bar_stays(
    columns: int, in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """Of three drains that end one after the other each result has its own lines, in any width."""
    asset = f"cdk-hnb659fds-container-assets-123456789012-eu-west-1-{slow}"  # a name of CDK's kind
    images = {slow: 1500, asset: 700, f"web-{slow}": 100}
    for repository, number in images.items():
        strict.seed(repository=repository, images=number)
    terminal = in_terminal(
        *("drain", *images, "--yes", "--endpoint-url", strict.endpoint_url), columns=columns
    )

    assert terminal.finish() == 0
    screen = "".join(line.ljust(columns) for line in terminal.screen())
    for repository, number in images.items():
        assert f"{repository}: empty, {number:,} images deleted in " in screen
    assert "━" not in screen
    assert terminal.screen()[-1] == "3 repositories empty, 2,300 images deleted"


def test_a_window_is_made_narrower_and_wider(
    in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """No piece of a bar stays behind, and no result is lost."""
    images = {slow: 1500, f"b-{slow}": 900, f"a-{slow}": 600}
    for repository, number in images.items():
        strict.seed(repository=repository, images=number)
    terminal = in_terminal(
        *("drain", *images, "--yes", "--concurrency", "2"),
        *("--endpoint-url", strict.endpoint_url),
        columns=80,
    )
    for columns in (60, 140, 62):
        terminal.wait_for("images/s")
        terminal.resize(columns)

    assert terminal.finish() == 0
    screen = "".join(line.ljust(62) for line in terminal.screen())
    assert "━" not in screen
    assert "images/s" not in screen
    for repository, number in images.items():
        assert f"{repository}: empty, {number:,} images deleted in " in screen


@pytest.mark.parametrize("interrupted", [False, True])
def test_two_hundred_repositories_fit_into_a_window(
    interrupted: bool,  # noqa: FBT001 - of parametrize
    in_terminal: StartInTerminal,
    strict: StrictEcr,
    name: str,
) -> None:
    """At most as many bars as there are lines, a total, each result once, and nothing else."""
    for number in range(200):
        strict.seed(repository=f"{name}/{number:03}", images=101)
    strict.configure(latency={"BatchDeleteImage": 0.1})
    terminal = in_terminal(
        *("drain", f"{name}/*", "--yes", "--limit", "200"),
        *("--endpoint-url", strict.endpoint_url),
        columns=80,
    )

    terminal.wait_for("of 200 repositories, ")
    if interrupted:
        terminal.type(CTRL_C)
    status = terminal.finish()
    strict.configure(latency={})

    results = [line for line in terminal.screen() if " images deleted in " in line]
    assert status == (130 if interrupted else 0)
    assert len({line.partition(":")[0] for line in results}) == len(results)
    assert len(results) == 200 or interrupted
    assert "━" not in "".join(terminal.screen())
    assert (
        "200 repositories empty, 20,200 images deleted" in terminal.screen()
    ) is not interrupted
    if interrupted:
        gone = 20_200 - strict.state().images
        assert f" empty, {gone:,} images deleted\n" in "\n".join(terminal.screen())


def test_ctrl_c_during_the_first_look_ends_at_once(
    in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """Even where a call hangs: nothing has been deleted."""
    strict.configure(latency={"DescribeImages": 600})
    terminal = in_terminal("drain", slow, "--yes", "--endpoint-url", strict.endpoint_url)
    terminal.wait_for("Counting images")

    terminal.type(CTRL_C)

    assert terminal.finish() == 130
    strict.configure(latency={})
    assert "Interrupted: nothing was changed." in terminal.text
    assert left(strict, slow) == 1500


def test_no_color_is_obeyed(in_terminal: StartInTerminal, filled: str) -> None:
    """Not one sequence for a colour is written."""
    terminal = in_terminal("drain", filled, "--yes", environment={"NO_COLOR": "1"})

    assert terminal.finish() == 0
    colours = [code for code in (b"\x1b[31m", b"\x1b[32m", b"\x1b[1;31m") if code in terminal.raw]
    assert colours == []
    assert f"{filled}: empty" in terminal.text


def test_a_terminal_that_can_nothing_gets_plain_lines(
    in_terminal: StartInTerminal, filled: str
) -> None:
    """TERM=dumb means no sequences at all."""
    terminal = in_terminal("drain", filled, "--yes", environment={"TERM": "dumb"})

    assert terminal.finish() == 0
    assert b"\x1b[" not in terminal.raw
    assert f"{filled}: empty" in terminal.text


def test_a_very_narrow_window_gets_records_in_place_of_a_table(
    in_terminal: StartInTerminal, stack: str
) -> None:
    """No figure and no verdict is cut off."""
    terminal = in_terminal("stack", "show", stack, columns=30)

    assert terminal.finish() == 0
    assert "images      3" in terminal.text
    assert "blocks deletion: it holds images, and no drain is attached" in terminal.text.replace(
        "\n", ""
    )


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_a_plan_stays_a_table(columns: int, in_terminal: StartInTerminal, ecr: ECRClient) -> None:
    """Names of CDK's kind are shortened in their middle, and columns left out; totals stay."""
    names = [f"cdk-hnb659fds-container-assets-{columns:012}-eu-central-{each}" for each in (1, 2)]
    for name in names:
        ecr.create_repository(repositoryName=name)
        push_many(ecr, name, 2)
    terminal = in_terminal("drain", *reversed(names), "--dry-run", columns=columns)

    assert terminal.finish() == 0
    _, header, _, *rows, total = terminal.screen()[-6:]
    assert all(len(line) <= columns for line in terminal.screen())
    assert header.split()[:2] == ["repository", "images"]
    assert [row.split()[0][-12:] for row in rows] == ["eu-central-1", "eu-central-2"]
    assert [row.split()[1] for row in rows] == ["2", "2"]
    assert ("..." in rows[0]) is (columns < 140)
    assert total.startswith("2 repositories")
    assert total.split()[2] == "4"


def test_a_wide_window_gets_a_table(in_terminal: StartInTerminal, stack: str) -> None:
    """One line for each repository."""
    terminal = in_terminal("stack", "show", stack, columns=200)

    assert terminal.finish() == 0
    [line] = [line for line in terminal.text.splitlines() if "blocks deletion" in line]
    assert line.startswith(stack)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_other_encodings_than_utf_8_are_survived(
    encoding: str, in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """Tables and bars are drawn with what the terminal has."""
    terminal = in_terminal(
        *("drain", slow, "--yes", "--endpoint-url", strict.endpoint_url),
        columns=40,
        environment={"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"},
    )

    terminal.wait_for("/1,500")

    assert terminal.finish() == 0
    assert "Traceback" not in terminal.text
    assert terminal.raw.isascii()


def test_ctrl_c_finishes_what_is_under_way_and_tells_the_honest_count(
    in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """What is said to be deleted is gone, what is left is there, and a second run goes on."""
    terminal = in_terminal(
        *("drain", slow, "--yes", "--concurrency", "1", "--endpoint-url", strict.endpoint_url)
    )
    terminal.wait_for("00/1,500")

    terminal.type(CTRL_C)

    assert terminal.finish() == 130
    assert "Press Ctrl-C again to stop at once." in terminal.text
    remaining = left(strict, slow)
    assert f"{slow}: {remaining:,} images left, " in terminal.text
    assert "interrupted, run it again to go on" in terminal.text
    assert 0 < remaining < 1500
    assert f"0 repositories empty, {1500 - remaining:,} images deleted" in terminal.text

    strict.configure(latency={})
    again = in_terminal("drain", slow, "--yes", "--endpoint-url", strict.endpoint_url)
    assert again.finish() == 0
    assert f"{slow}: empty, {remaining:,} images deleted" in again.text


def test_ctrl_c_twice_stops_at_once(
    in_terminal: StartInTerminal, strict: StrictEcr, slow: str
) -> None:
    """Even where a call hangs; the cursor is back."""
    terminal = in_terminal("drain", slow, "--yes", "--endpoint-url", strict.endpoint_url)
    terminal.wait_for("/1,500")
    strict.configure(latency={"BatchDeleteImage": 600})

    terminal.type(CTRL_C)
    terminal.wait_for("Press Ctrl-C again")
    terminal.type(CTRL_C)

    assert terminal.finish() == 130
    assert b"\x1b[?25h" in terminal.raw.rpartition(b"\x1b[?25l")[2]
    assert "calls under way may still take effect, and are not counted" in terminal.text
    assert "repositories empty" not in terminal.text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_a_process_in_a_pipe_ends_it_with_its_report(
    number: signal.Signals, lab: Lab, strict: StrictEcr, slow: str
) -> None:
    """The JSON document is whole, and says what is so."""
    environment = {**lab.environment, "AWS_ENDPOINT_URL": strict.endpoint_url}
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, "drain", slow, "--yes", "--concurrency", "1", "--output", "json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while left(strict, slow) == 1500:
            pass
        process.send_signal(number)
        out, _ = process.communicate()

    assert process.returncode == 130
    assert f'"deleted": {1500 - left(strict, slow)},' in out
    assert '"stopped": "interrupt"' in out


def test_a_pipe_gets_plain_lines(process: Callable[..., Ran], filled: str) -> None:
    """No sequences, no bars, no broken lines."""
    ran = process("drain", filled, "--yes")

    assert ran.status == 0
    assert "\x1b" not in ran.out + ran.err
    assert ran.out.splitlines()[-1] == "1 repository empty, 3 images deleted"


def test_a_pipe_hears_of_long_drains_now_and_then(
    process: Callable[..., Ran], strict: StrictEcr, name: str
) -> None:
    """About ten lines, however many images there are."""
    strict.seed(repository=name, images=20_000)

    ran = process("drain", name, "--yes", "--endpoint-url", strict.endpoint_url)

    lines = [line for line in ran.err.splitlines() if line.startswith(f"{name}: ")]
    assert ran.status == 0
    assert 5 <= len(lines) <= 10
    assert lines[0].endswith(" of 20,000 images deleted")


def unread(lab: Lab, *arguments: str) -> tuple[int, str]:
    """Run the command when nobody reads its result; return its status and what it complains of."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, *arguments],
        env=lab.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
    return process.returncode, err


def test_a_reader_that_has_gone_is_no_crash(lab: Lab, filled: str) -> None:
    """`ecrdrain ... | head -1` ends without a traceback."""
    _, err = unread(lab, "drain", filled, "--dry-run")

    assert "Traceback" not in err


def test_a_reader_that_has_gone_hears_the_last_line_on_the_other_stream(
    lab: Lab, ecr: ECRClient, filled: str
) -> None:
    """What was done is done, and the status says so."""
    status, err = unread(lab, "drain", filled, "--yes")

    assert status == 0
    assert err == "1 repository empty, 3 images deleted\n"
    assert count_images(ecr, filled) == 0


def test_a_long_wait_is_said_in_a_pipe(
    process: Callable[..., Ran], strict: StrictEcr, name: str
) -> None:
    """Nobody has to guess whether it hangs."""
    strict.seed(repository=name, images=3)
    strict.configure(latency={"DescribeImages": 2.5})
    ran = process("drain", name, "--dry-run", "--endpoint-url", strict.endpoint_url)
    strict.configure(latency={})

    assert ran.status == 0
    assert ran.err == "Counting images ...\n"


def test_an_endpoint_that_never_answers_is_told(
    process: Callable[..., Ran], strict: StrictEcr, name: str
) -> None:
    """After two tries, and not after minutes; the message says what to check."""
    strict.seed(repository=name, images=3)
    strict.configure(latency={"ListImages": 600})
    before = strict.state().count("ListImages")
    ran = process("drain", name, "--dry-run", "--endpoint-url", strict.endpoint_url)
    tried = strict.state().count("ListImages") - before
    strict.configure(latency={})

    assert ran.status == 1
    assert tried <= 2
    assert "Read timeout" in ran.err
    assert "check the network" in ran.err


def test_many_repositories_are_counted_and_drained_under_throttling(
    process: Callable[..., Ran], strict: StrictEcr, name: str
) -> None:
    """Nothing fails for being throttled, before the question or after it."""
    for number in range(60):
        strict.seed(repository=f"{name}/{number:02}", images=2)
    strict.configure(rate=20.0, burst=10.0)
    ran = process(
        *("drain", f"{name}/*", "--yes", "--limit", "60"),
        *("--endpoint-url", strict.endpoint_url),
    )
    strict.configure(rate={})

    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "60 repositories empty, 120 images deleted"


@pytest.mark.parametrize("columns", [60, 80, 140])
def test_the_deletion_of_a_stack_leaves_no_bar_behind(
    columns: int, in_terminal: StartInTerminal, stack: str
) -> None:
    """Results, steps and events of the stack stand one below the other, in any width."""
    terminal = in_terminal("stack", "delete", stack, "--yes", columns=columns)

    assert terminal.finish() == 0
    screen = "".join(line.ljust(columns) for line in terminal.screen())
    assert "━" not in screen
    assert ": empty, 3 images deleted in " in screen
    assert f"{stack}  DELETE_COMPLETE" in screen
    assert terminal.screen()[-1].startswith(f"{stack}: deleted in ")


def test_the_question_names_what_is_deleted_with_its_data(
    in_terminal: StartInTerminal, cloudformation: CloudFormationClient, name: str
) -> None:
    """Whoever reads nothing but the question knows of the bucket."""
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    create_stack(cloudformation, name, {"Archive": bucket})
    terminal = in_terminal("stack", "delete", name, columns=200)

    asked = (
        f"Delete {name} of account 123456789012, region us-east-1, "
        f"and the data of AWS::S3::Bucket {name}? [y/N]"
    )
    terminal.wait_for(asked)
    terminal.type("n\n")
    assert terminal.finish() == 1


def test_the_lab_s_aws_runs_until_ctrl_c(lab: Lab) -> None:
    """It says what to set, answers there, and ends with all that is in it."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [*PROGRAM, "lab", "aws"],
        env=lab.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if line.startswith("Ctrl-C"):
                break
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()

    assert (process.returncode, err) == (0, "")
    assert "  export AWS_ENDPOINT_URL=http://127.0.0.1:" in said
    assert "  export AWS_ACCESS_KEY_ID=" in said
