"""`ecrdrain template`, as far as it goes without AWS: all the way."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ecrdrain.cli import template as command
from ecrdrain.templates import TemplateError, TemplateName, render

app = typer.Typer()
app.command()(command.template)


@pytest.mark.parametrize("name", [TemplateName.PROVIDER, TemplateName.STANDALONE])
def test_one_file_goes_to_standard_output(name: TemplateName) -> None:
    """Without a folder the template is printed, to the byte, and nothing else."""
    result = CliRunner().invoke(app, [name])
    assert result.exit_code == 0
    assert result.stdout == render(name)[f"{name}.yaml"]
    assert result.stderr == ""


def test_several_files_need_a_folder() -> None:
    """The nested templates are refused without a folder, with the option to give."""
    result = CliRunner().invoke(app, ["nested"])
    assert result.exit_code == 2
    assert "nested is 4 files" in result.stderr
    assert "--output-dir" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("name", TemplateName)
def test_files_are_written_and_named(name: TemplateName, tmp_path: Path) -> None:
    """With a folder, made if need be, each file is written there and its path printed."""
    folder = tmp_path / "new" / "folder"
    result = CliRunner().invoke(app, [name, "--output-dir", str(folder)])
    assert result.exit_code == 0
    written = {str(folder / path): text for path, text in render(name).items()}
    assert result.stdout.splitlines() == list(written)
    assert {path: Path(path).read_text(encoding="utf-8") for path in written} == written


def test_files_are_replaced(tmp_path: Path) -> None:
    """What an older version wrote makes way for the new."""
    old = tmp_path / "provider.yaml"
    old.write_text("old")
    assert CliRunner().invoke(app, ["provider", "--output-dir", str(tmp_path)]).exit_code == 0
    assert old.read_text(encoding="utf-8") == render(TemplateName.PROVIDER)["provider.yaml"]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """The error names the file and the system's reason."""
    (tmp_path / "nested").write_text("a file in the way")
    result = CliRunner().invoke(app, ["nested", "--output-dir", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr == f"Error: cannot write {tmp_path}/nested/root.yaml: File exists\n"


def test_a_template_that_cannot_be_made_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is what the renderer says."""

    def fail(_: TemplateName) -> dict[str, str]:
        raise TemplateError("no source for module x")

    monkeypatch.setattr(command, "render", fail)
    result = CliRunner().invoke(app, ["provider"])
    assert result.exit_code == 1
    assert result.stderr == "Error: no source for module x\n"


def test_an_unknown_template_is_wrong_use() -> None:
    """The error lists the templates there are."""
    result = CliRunner().invoke(app, ["other"])
    assert result.exit_code == 2
    assert all(f"'{name}'" in result.stderr for name in TemplateName)


def test_rendering_imports_no_sdk() -> None:
    """A template is made from text: boto3 and the function's own modules are not imported."""
    check = (
        "import sys; from ecrdrain.templates import render; render('provider'); "
        "print([name for name in sys.modules if name.startswith("
        "('boto', 'ecrdrain.fate', 'ecrdrain.resource'))])"
    )
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", check], capture_output=True, text=True, check=True
    )
    assert result.stdout == "[]\n"
