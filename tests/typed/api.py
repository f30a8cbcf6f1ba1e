"""All of the public interface as a typed program uses it: mypy reads this, nothing runs it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, assert_never, assert_type

import boto3

import ecrdrain

if TYPE_CHECKING:
    from collections.abc import Callable


def one() -> None:
    """Drain one repository, with all that can be said about it."""
    report = ecrdrain.drain(
        "team/app",
        client=boto3.client("ecr", config=ecrdrain.client_config(16)),
        registry_id="123456789012",
        missing_ok=True,
        concurrency=16,
        timeout=600,
        stop=threading.Event(),
        on_event=follow,
    )
    assert_type(report, ecrdrain.Report)
    assert_type(report.exists, bool)
    assert_type(report.error, ecrdrain.CallError | None)
    assert_type(report.failures, tuple[ecrdrain.Failure, ...])
    try:
        report.raise_if_left()
    except ecrdrain.DrainError as error:
        assert_type(error.report, ecrdrain.Report)


def several() -> None:
    """Drain repositories of the public registry side by side."""

    def follow_repository(name: str) -> Callable[[ecrdrain.Event], None]:
        del name
        return follow

    reports = ecrdrain.drain_all(
        ["app", "web"],
        client=boto3.client("ecr-public", region_name="us-east-1"),
        public=True,
        on_event=follow_repository,
    )
    assert_type(reports, list[ecrdrain.Report])


def refused(name: str) -> None:
    """Catch what is raised."""
    try:
        ecrdrain.drain_all([name], missing_ok=False)
    except ecrdrain.RepositoryNotFoundError as error:
        assert_type(error.repository, str)
        assert_type(error.report, ecrdrain.Report)
        assert_type(error.reports, list[ecrdrain.Report])
    except ecrdrain.InvalidNameError as error:
        assert_type(error.name, object)
    except ecrdrain.ConfigurationError as error:
        assert_type(str(error), str)


def follow(event: ecrdrain.Event) -> None:
    """Take every kind of event."""
    match event:
        case ecrdrain.Listed(number, rows):
            assert_type((number, rows), tuple[int, int])
        case ecrdrain.Deleted():
            assert_type(event.deleted, int)
        case ecrdrain.RoundEnded():
            assert_type(event.left, int)
        case _:
            assert_never(event)
