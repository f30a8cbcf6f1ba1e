"""Replicated deletions, seen from the commands: a replica survives unless the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import push_many
from ecrdrain.lab.clients import Credentials
from tests.e2e.cli.conftest import count_images, create_stack, repository
from tests.replication import OTHER, put_rules, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import Lab
    from tests.e2e.cli.conftest import Command

PLACE = (OTHER, "eu-west-1")
COMMANDS = [("drain",), ("stack", "delete")]


@pytest.fixture
def there(lab: Lab) -> Iterator[ECRClient]:
    """ECR where the replicas are: of another account, in another region."""
    account, region = PLACE
    client = lab.client("ecr", credentials=Credentials(account, "lab"), region=region)
    yield client
    client.close()


@pytest.fixture
def replicated(cloudformation: CloudFormationClient, ecr: ECRClient, name: str) -> Iterator[str]:
    """The name of a stack whose repository, of the same name, has a replica of its images."""
    create_stack(cloudformation, name, {"Repository": repository(name)})
    put_rules(ecr, rule(PLACE, prefix=name))
    push_many(ecr, name, 3)
    yield name
    put_rules(ecr)


def note(name: str) -> str:
    """Return what a plan says of a repository."""
    return f"{name}: deletions are replicated to {OTHER} in eu-west-1"


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_deleted_where_deletions_are_replicated(
    command: tuple[str, ...],
    ecrdrain: Command,
    ecr: ECRClient,
    there: ECRClient,
    replicated: str,
) -> None:
    """The plan names the destination, and the error the ways out."""
    ran = ecrdrain(*command, replicated, "--yes")

    assert ran.status == 1
    assert ran.out.splitlines()[-1] == note(replicated)
    assert f"{note(replicated)}, where the images would be deleted, too: turn " in ran.err
    assert "say --accept-replicated-deletions" in ran.err
    assert count_images(ecr, replicated) == 3
    assert count_images(there, replicated) == 3


@pytest.mark.parametrize("command", COMMANDS)
def test_the_replica_goes_when_that_is_accepted(
    command: tuple[str, ...], ecrdrain: Command, there: ECRClient, replicated: str
) -> None:
    """The plan names the destination all the same."""
    ran = ecrdrain(*command, replicated, "--yes", "--accept-replicated-deletions")

    assert ran.status == 0
    assert note(replicated) in ran.out.splitlines()
    assert count_images(there, replicated) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_replica_that_keeps_its_images_is_no_objection(
    command: tuple[str, ...],
    ecrdrain: Command,
    ecr: ECRClient,
    there: ECRClient,
    replicated: str,
) -> None:
    """The rule that matches replicates no deletions; the one that does is for others."""
    put_rules(ecr, rule(PLACE, prefix=replicated, deletions=False), rule(PLACE, prefix="other"))

    ran = ecrdrain(*command, replicated, "--yes")

    assert ran.status == 0, ran.err
    assert "replicated" not in ran.out
    assert count_images(there, replicated) == 3


def test_one_replicated_repository_among_many_keeps_all(
    ecrdrain: Command, ecr: ECRClient, replicated: str
) -> None:
    """All of it is one plan."""
    other = f"x-{replicated}"
    ecr.create_repository(repositoryName=other)
    push_many(ecr, other, 2)

    ran = ecrdrain("drain", other, replicated, "--yes")

    assert ran.status == 1
    assert (count_images(ecr, other), count_images(ecr, replicated)) == (2, 3)


def test_the_documents_name_the_destinations(ecrdrain: Command, replicated: str) -> None:
    """In the plans of both commands and in what stack show says."""
    drained = ecrdrain("drain", replicated, "--dry-run", "--output", "json")
    deleted = ecrdrain("stack", "delete", replicated, "--yes", "--output", "json")
    shown = ecrdrain("stack", "show", replicated, "--output", "json")

    assert (drained.status, deleted.status, shown.status) == (1, 1, 0)
    assert (drained.document["dryRun"], deleted.document["dryRun"]) == (True, False)
    [obstacle] = drained.document["obstacles"]
    [other] = deleted.document["obstacles"]
    assert obstacle == other["why"]
    assert obstacle.startswith(note(replicated))
    for document in (drained.document, deleted.document["stacks"][0], shown.document["stacks"][0]):
        [described] = document["repositories"]
        assert described["replicatedTo"] == [{"registryId": OTHER, "region": "eu-west-1"}]
        assert described["replicationUnknown"] == ""


def test_show_names_the_destinations(ecrdrain: Command, replicated: str) -> None:
    """Before somebody deletes the stack."""
    assert ecrdrain("stack", "show", replicated).out.splitlines()[-1] == note(replicated)


def test_of_the_registry_of_another_account_the_rules_are_said_to_be_unknown(
    ecrdrain: Command, ecr: ECRClient, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else may see the rules of a registry; the repository is drained as asked."""
    monkeypatch.setattr(
        "ecrdrain.stacks.replication.describe_registry", lambda _: {"registryId": OTHER}
    )

    ran = ecrdrain("drain", filled, "--yes", "--registry-id", "123456789012")

    assert ran.status == 0, ran.err
    assert "ask as the account 123456789012" in ran.out
    assert count_images(ecr, filled) == 0
