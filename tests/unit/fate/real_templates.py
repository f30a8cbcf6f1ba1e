"""Real templates, out of the test data of two projects (real_templates.txt)."""

import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / ".venv-templates"


def real_templates() -> Iterator[tuple[str, str]]:
    """Yield the name and text of each file that may be a template."""
    archives = sorted(FOLDER.glob("*.tar.gz"))
    if not archives:
        pytest.fail(f"{FOLDER} holds no templates; fetch them: make templates")
    for archive in archives:
        with tarfile.open(archive) as files:
            for member in files:
                path = Path(member.name)
                is_test_data = {"test", "tests"} & set(path.parts)
                if member.isfile() and is_test_data and path.suffix in (".yaml", ".yml", ".json"):
                    opened = files.extractfile(member)
                    assert opened
                    yield member.name, opened.read().decode(errors="replace")


def as_get_template_returns(text: str) -> object:
    """Do with a template's text what botocore does: JSON becomes an object."""
    try:
        return json.loads(text)
    except ValueError:
        return text
