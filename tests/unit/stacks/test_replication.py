"""What is said, and refused, where deletions are replicated or nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from botocore.exceptions import ClientError

from ecrdrain.stacks.replication import (
    NOT_REPLICATED,
    Destination,
    Replication,
    in_groups,
    read_replication,
)
from tests.replication import answering_ecr
from tests.unit.stacks.clients import Account

if TYPE_CHECKING:
    from ecrdrain.stacks.clients import Clients

THERE = Destination("210987654321", "eu-west-1")
ELSEWHERE = Destination("210987654321", "us-west-2")


DENIED = {"__type": "AccessDeniedException", "message": "no"}
NO_RULES = {"registryId": "123456789012", "replicationConfiguration": {"rules": []}}


def clients(status: int = 200, body: object = NO_RULES) -> Clients:
    """Return clients whose private registry answers that."""
    account = Account(None, None)
    account.ecr = answering_ecr(status, body)
    return cast("Clients", account)


def test_a_registry_without_rules_replicates_nothing() -> None:
    """There is nothing to say and nothing to refuse."""
    replication = read_replication(clients(), "private")("app")

    assert replication == NOT_REPLICATED
    assert (replication.note, replication.objection) == ("", "")


def test_the_public_registry_is_not_asked() -> None:
    """It has no replication."""
    assert read_replication(clients(400, DENIED), "public")("app") == NOT_REPLICATED


def test_the_callers_own_registry_may_be_named() -> None:
    """Its rules are those that DescribeRegistry tells."""
    assert read_replication(clients(), "private", "123456789012")("app") == NOT_REPLICATED


def test_the_rules_of_another_accounts_registry_are_not_known() -> None:
    """DescribeRegistry tells only of the caller's own."""
    assert read_replication(clients(), "private", "210987654321")("app").objection == (
        "whether deletions are replicated is not known: ask as the account 210987654321, which "
        "alone can see its replication rules, or say --accept-replicated-deletions to delete all "
        "the same"
    )


def test_without_the_permission_the_rules_are_not_known() -> None:
    """The action to grant is named."""
    assert read_replication(clients(400, DENIED), "private")("app").objection == (
        "whether deletions are replicated is not known: grant ecr:DescribeRegistry, or say "
        "--accept-replicated-deletions to delete all the same"
    )


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "UnknownOperationException"), (404, "NotFound"), (501, "NotImplemented")],
)
def test_what_does_not_know_the_operation_replicates_nothing(status: int, code: str) -> None:
    """Some emulators of ECR have no replication."""
    assert read_replication(clients(status, {"__type": code}), "private")("app") == NOT_REPLICATED


def test_any_other_error_is_one() -> None:
    """Nothing is decided on it."""
    broken = clients(500, {"__type": "ServerException"})

    with pytest.raises(ClientError, match="ServerException"):
        read_replication(broken, "private")


def test_an_objection_names_the_destinations_and_the_ways_out() -> None:
    """Each as a registry in a region."""
    assert Replication((THERE, ELSEWHERE)).objection == (
        "deletions are replicated to 210987654321 in eu-west-1, 210987654321 in us-west-2, where "
        "the images would be deleted, too: turn deleteReplication off in the registry's "
        "replication rules, or say --accept-replicated-deletions"
    )


def test_what_repositories_have_in_common_is_said_once() -> None:
    """Of those that are not replicated nothing is said."""
    there, elsewhere = Replication((THERE,)), Replication((ELSEWHERE,))
    each = [("a", there), ("b", NOT_REPLICATED), ("c", elsewhere), ("d", there)]

    assert list(in_groups(each)) == [("a, d", there), ("c", elsewhere)]
