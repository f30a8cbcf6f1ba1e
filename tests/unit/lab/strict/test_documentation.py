"""The page about the server names all that there is."""

import re
from dataclasses import fields
from pathlib import Path

from ecrdrain.lab.strict import TOPOLOGIES, Behaviour, Fault
from ecrdrain.lab.strict.registry import Seed
from ecrdrain.lab.strict.services import PRIVATE, PUBLIC, SERVED

PAGE = (Path(__file__).parents[4] / "docs" / "strict-ecr-server.md").read_text(encoding="utf-8")


def _first_column(heading: str) -> list[str]:
    """Return the names in the first column of the table below a heading."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def test_the_page_lists_every_topology() -> None:
    """The table of topologies has exactly those that can be chosen."""
    assert _first_column("What the images are") == list(TOPOLOGIES)


def test_the_page_lists_every_setting() -> None:
    """The table of settings has exactly those that can be set, and every kind of fault."""
    assert _first_column("How it behaves") == [field.name for field in fields(Behaviour)]
    assert all(f"`{fault}`" in PAGE for fault in Fault)


def test_the_page_lists_every_operation() -> None:
    """The operations of both services are those that are served."""
    for service, heading in ((PRIVATE, r"Private \(`ecr`\)"), (PUBLIC, r"Public \(.*?\)")):
        listed = re.findall(rf"{heading}: ([\w,\s]+)\.", PAGE)[0]
        assert re.split(r",\s+", listed) == list(SERVED[service])


def test_the_page_shows_every_setting_of_a_seed() -> None:
    """The example of POST /_lab/seed has every member that it takes."""
    example = re.findall(r"repository: `(\{.*\})`", PAGE)[0]

    assert all(f'"{field.name}":' in example for field in fields(Seed))
