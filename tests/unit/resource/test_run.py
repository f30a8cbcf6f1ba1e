"""A run: its clients, and the time it has."""

from __future__ import annotations

import pytest

from ecrdrain.resource.run import client


@pytest.fixture(autouse=True)
def somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda tells its functions region and credentials."""
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client.cache_clear()


def test_no_call_outlasts_the_reserve() -> None:
    """A call that is not answered ends before the time kept for the answer does."""
    config = client("ecr").meta.config
    assert config.connect_timeout + config.read_timeout < 20


@pytest.mark.parametrize("service", ["ecr", "cloudformation"])
def test_clients_leave_throttling_to_the_sdk_for_longer_than_a_run_lasts(service: str) -> None:
    """Its pauses double up to 20 seconds, half of that on average: 15 minutes are 90 tries."""
    retries = client(service).meta.config.retries
    assert retries == {"mode": "adaptive", "total_max_attempts": 100}


def test_a_client_is_made_once() -> None:
    """Making one takes longer than many a call."""
    assert client("lambda") is client("lambda")
