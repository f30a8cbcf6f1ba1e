"""What a fresh import of the package offers."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import ecrdrain
from ecrdrain.lab.strict import StrictEcr

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_public_names_are_these_and_sorted() -> None:
    """A name more is a promise, a name less breaks programs."""
    assert ecrdrain.__all__ == [
        "CallError",
        "ConfigurationError",
        "Deleted",
        "DrainError",
        "Event",
        "Failure",
        "InvalidNameError",
        "Listed",
        "Report",
        "RepositoryNotFoundError",
        "RoundEnded",
        "client_config",
        "drain",
        "drain_all",
    ]
    assert [name for name in ecrdrain.__all__ if not hasattr(ecrdrain, name)] == []


@pytest.mark.parametrize("name", ecrdrain.__all__)
def test_every_public_name_is_documented(name: str) -> None:
    """But for Event, which is one of three classes that are."""
    documented = ecrdrain.Listed if name == "Event" else getattr(ecrdrain, name)

    assert documented.__doc__
    assert not documented.__doc__.startswith(f"{name}(")


def test_an_import_is_cheap() -> None:
    """Neither an SDK nor anything of the command line comes with it."""
    code = (
        "import sys, ecrdrain\n"
        "heavy = {'boto3', 'botocore', 'rich', 'typer', 'ecrdrain.cli', 'ecrdrain.stacks'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


def test_repositories_are_drained_side_by_side_and_reported_in_order() -> None:
    """Each one's events go to its own listener, and what is left raises an error."""
    refused = {"code": "ImageInaccessible", "times": None, "share": 1.0}
    deleted = {"full": 0, "none": 0}

    def listener(name: str) -> Callable[[ecrdrain.Event], None]:
        def on_event(event: ecrdrain.Event) -> None:
            if isinstance(event, ecrdrain.Deleted):
                deleted[name] += event.deleted

        return on_event

    with StrictEcr.start(repository="full", images=250, in_process=True) as server:
        client = server.client("ecr", ecrdrain.client_config(2))
        full, none = ecrdrain.drain_all(
            ["full", "none"], client=client, missing_ok=True, on_event=listener
        )
        server.seed(repository="full", images=5)
        server.configure(image_failures=[refused])
        left = ecrdrain.drain("full", client=client, concurrency=2)
        client.close()

    assert (full.repository, full.deleted, full.empty, full.exists) == ("full", 250, True, True)
    assert (none.repository, none.deleted, none.empty, none.exists) == ("none", 0, True, False)
    assert deleted == {"full": 250, "none": 0}
    with pytest.raises(ecrdrain.DrainError, match="5 left") as raised:
        left.raise_if_left()
    assert raised.value.report is left
