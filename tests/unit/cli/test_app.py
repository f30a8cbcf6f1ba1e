"""The commands under one name: quick to start, and honest about mistakes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ecrdrain import __version__
from ecrdrain.cli.app import COMMANDS, run

HEAVY = {"boto3", "botocore", "rich", "yaml", "aiohttp", "ministack", "asyncio"}


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["-h"]])
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    """No SDK, no tables, no emulator: so they answer at once, and need no AWS."""
    code = (
        "import sys\n"
        "from ecrdrain.cli.app import run\n"
        f"status = run({arguments!r})\n"
        f"print('heavy:', sorted({HEAVY!r} & set(sys.modules)), status)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "heavy: [] 0"


def test_template_imports_no_sdk() -> None:
    """A template is text: it needs neither credentials nor what would use them."""
    code = (
        "import sys\n"
        "from ecrdrain.cli.app import run\n"
        "status = run(['template', 'provider'])\n"
        "heavy = {'boto3', 'botocore', 'rich', 'aiohttp', 'ministack'}\n"
        "print('heavy:', sorted(heavy & set(sys.modules)), status)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "heavy: [] 0"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_summary_of_a_command_is_the_first_line_of_its_help(
    command: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summaries are written down beside the commands so that these need no import."""
    name, summary = command.name, command.summary  # type: ignore[attr-defined] # a LazyCommand

    assert run([name, "--help"]) == 0

    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0].startswith(f"Usage: ecrdrain {name}")
    assert " ".join(lines[2 : lines.index("", 2)]) == summary


def test_no_arguments_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    """As every command of the group does with --help."""
    assert run([]) == 0
    assert "Usage: ecrdrain [OPTIONS] COMMAND" in capsys.readouterr().out


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    """One number, written once."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"ecrdrain {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["dran"], "No such command 'dran'. Did you mean 'drain'? See ecrdrain --help"),
        (["stack"], "Missing command. See ecrdrain stack --help"),
        (["drain"], "Missing argument 'REPOSITORY'. See ecrdrain drain --help"),
        (["drain", "x", "--yse"], "No such option: --yse"),
        (["--debug"], "Missing command. See ecrdrain --help"),
    ],
)
def test_wrong_use_is_one_line_and_status_two(
    arguments: list[str], line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line says where help is."""
    status = run(arguments)

    captured = capsys.readouterr()
    assert status == 2
    assert captured.out == ""
    assert captured.err.startswith(f"Error: {line}")
    assert len(captured.err.splitlines()) == 1


def test_debug_shows_where_an_error_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the same error is a line."""
    monkeypatch.setattr("ecrdrain.cli.drain.find_targets", lambda *_, **__: 1 / 0)
    monkeypatch.setenv("AWS_REGION", "eu-west-1")

    assert run(["drain", "web"]) == 1
    with pytest.raises(ZeroDivisionError):
        run(["drain", "web", "--debug"])
    with pytest.raises(ZeroDivisionError):
        run(["--debug", "drain", "web"])


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion_is_offered(shell: str) -> None:
    """The script that a shell loads, and the completions that it asks for."""
    script = subprocess.run(
        [sys.executable, "-c", "from ecrdrain.cli import main; main()"],
        env={**os.environ, "_ECRDRAIN_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "_ECRDRAIN_COMPLETE" in script


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ecrdrain d", {"drain", "demo"}),
        ("ecrdrain stack ", {"list", "show", "delete"}),
        ("ecrdrain template ", {"provider", "standalone", "nested"}),
        ("ecrdrain drain --out", {"--output"}),
        ("ecrdrain drain --output ", {"text", "json"}),
    ],
)
def test_commands_options_and_choices_are_completed(words: str, expected: set[str]) -> None:
    """Those of subcommands too, which are imported only then."""
    done = subprocess.run(
        [sys.executable, "-c", "from ecrdrain.cli import main; main()"],
        env={
            **os.environ,
            "_ECRDRAIN_COMPLETE": "complete_bash",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split(" ")) - 1),
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize("arguments", [["drain"], ["stack", "show"]])
def test_help_is_a_command_too(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """`ecrdrain help drain` shows what `ecrdrain drain --help` shows."""
    assert run(["help", *arguments]) == 0
    by_command = capsys.readouterr().out
    assert run([*arguments, "--help"]) == 0
    assert capsys.readouterr().out == by_command


def test_an_option_before_the_command_gets_the_right_hint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The line to type is shown whole."""
    assert run(["--profile", "shop", "drain", "app"]) == 2
    assert capsys.readouterr().err == (
        "Error: --profile belongs behind the command: ecrdrain drain app --profile shop\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["drain", "app", "--limit", "x"], "it takes a whole number"),
        (["drain", "app", "--concurrency", "0"], "it must be 1 or more"),
        (["drain", "app", "--output", "yaml"], "'yaml' is not one of 'text', 'json'"),
    ],
)
def test_the_parser_speaks_plainly(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No word of the library's own."""
    assert run(arguments) == 2
    said = capsys.readouterr().err
    assert words in said
    assert "Value error" not in said
    assert "Input should" not in said


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_help_shows_no_types_of_python(
    command: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who types a command need not know what a list is there."""
    loaded = command.load()  # type: ignore[attr-defined] # a LazyCommand
    for inner in getattr(loaded, "commands", {"": None}):
        assert run([command.name, *inner.split(), "--help"]) == 0  # type: ignore[attr-defined] # as above
        assert "list[" not in capsys.readouterr().out
