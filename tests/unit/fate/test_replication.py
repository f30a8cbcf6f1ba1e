"""Where deletions are carried on to, read off the replication rules of a registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecrdrain.fate.replication import describe_registry, find_destinations
from ecrdrain.stacks.replication import Destination, destinations_of
from tests.replication import answering_ecr, rule

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

HERE, THERE = ("123456789012", "eu-west-1"), ("210987654321", "us-west-2")


def registry(*rules: dict[str, Any]) -> dict[str, Any]:
    """Return an answer of DescribeRegistry."""
    return {"registryId": "123456789012", "replicationConfiguration": {"rules": list(rules)}}


def filtered(*filters: tuple[str, str]) -> dict[str, Any]:
    """Return a rule with these filters, each with its type."""
    found = [{"filterType": kind, "filter": text} for kind, text in filters]
    return {**rule(HERE), "repositoryFilters": found}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), []),
        ((rule(HERE),), [HERE]),
        ((rule(HERE, THERE),), [HERE, THERE]),
        ((rule(HERE, deletions=False),), []),
        (({**rule(HERE), "deleteReplication": {"enabled": False}},), []),
        (({**rule(HERE), "deleteReplication": None},), []),
        ((rule(HERE, prefix="team/"),), [HERE]),
        ((rule(HERE, prefix="team/app"),), [HERE]),
        ((rule(HERE, prefix="team/app/"),), []),
        ((rule(HERE, prefix="app"),), []),
        ((rule(HERE, prefix="other", deletions=True), rule(THERE, deletions=False)), []),
        ((rule(HERE, deletions=False), rule(THERE)), [THERE]),
        ((rule(HERE), rule(THERE, HERE)), [HERE, THERE]),
        ((filtered(("PREFIX_MATCH", "other"), ("PREFIX_MATCH", "team")),), [HERE]),
        ((filtered(("PREFIX_MATCH", "other"), ("SUFFIX_MATCH", "x")),), [HERE]),
        (({**rule(HERE), "repositoryFilters": []},), [HERE]),
    ],
)
def test_deletions_go_where_a_rule_that_matches_sends_them(
    rules: tuple[dict[str, Any], ...], expected: list[tuple[str, str]]
) -> None:
    """Each place once; a filter that is not understood may match."""
    assert list(destinations_of(registry(*rules), "team/app")) == expected


def test_a_registry_without_a_configuration_replicates_nothing() -> None:
    """The member may be absent."""
    assert list(find_destinations({"registryId": "123456789012"}, "team/app")) == []


def test_a_destination_reads_as_a_registry_in_a_region() -> None:
    """That is how users see it."""
    assert str(Destination(*HERE)) == "123456789012 in eu-west-1"


def shapes(ecr: ECRClient) -> dict[str, Any]:
    """Return the SDK's model of what ECR answers; there is no public way to change it."""
    model: Any = ecr.meta.service_model
    found: dict[str, Any] = model._shape_resolver._shape_map
    return found


def test_deletions_are_seen_by_an_sdk_that_does_not_know_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The member is read off the raw answer, however often it is asked for."""
    ecr = answering_ecr(200, registry(rule(HERE, prefix="team/")))
    members = shapes(ecr)["ReplicationRule"]["members"]
    monkeypatch.delitem(members, "deleteReplication", raising=False)

    answers = [describe_registry(ecr), describe_registry(ecr)]

    assert [destinations_of(answer, "team/app") for answer in answers] == [(HERE,), (HERE,)]


def test_deletions_are_seen_by_an_sdk_that_knows_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What its own parser has read stays true."""
    ecr = answering_ecr(200, registry(rule(HERE)))
    model = shapes(ecr)
    members = {"enabled": {"shape": "Enabled"}}
    monkeypatch.setitem(model, "Enabled", {"type": "boolean"})
    monkeypatch.setitem(model, "Deletions", {"type": "structure", "members": members})
    monkeypatch.setitem(
        model["ReplicationRule"]["members"], "deleteReplication", {"shape": "Deletions"}
    )

    assert destinations_of(describe_registry(ecr), "team/app") == (HERE,)


def test_a_registry_that_may_not_be_described_is_an_error() -> None:
    """It is the caller who knows what that means."""
    ecr = answering_ecr(400, {"__type": "AccessDeniedException", "message": "no"})

    with pytest.raises(ClientError, match="AccessDeniedException"):
        describe_registry(ecr)
