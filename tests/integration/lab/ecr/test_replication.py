"""What is pushed is replicated, and so are deletions where a rule says so."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from ecrdrain.fate.replication import describe_registry
from ecrdrain.lab import Lab, multi_platform_image, push, push_many
from ecrdrain.lab.clients import Credentials
from tests.replication import OTHER, put_rules, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import StrictEcr

PLACES = (("123456789012", "eu-west-1"), (OTHER, "us-west-2"))


@pytest.fixture
def prefix(ecr: ECRClient) -> Iterator[str]:
    """A prefix of repository names; the registry's rules end with the test."""
    yield f"test/{uuid.uuid4().hex[:12]}"
    put_rules(ecr)


def make(ecr: ECRClient, name: str) -> str:
    """Create a repository."""
    ecr.create_repository(repositoryName=name)
    return name


def replicas(registry: Lab | StrictEcr, name: str) -> list[int]:
    """Return how many images each replica of a repository holds; none is no number."""
    if not isinstance(registry, Lab):
        made = registry.state().replicas
        found = [made.get(f"{account}/{region}/{name}") for account, region in PLACES]
        return [number for number in found if number is not None]
    counts = []
    for account, region in PLACES:
        there = registry.client("ecr", credentials=Credentials(account, "lab"), region=region)
        names = [each["repositoryName"] for each in there.describe_repositories()["repositories"]]
        if name in names:
            rows = there.list_images(repositoryName=name)["imageIds"]
            counts.append(len({row["imageDigest"] for row in rows}))
        there.close()
    return counts


def delete_all(ecr: ECRClient, name: str) -> None:
    """Delete the images of a repository in as many calls as its indexes need."""
    while rows := ecr.list_images(repositoryName=name)["imageIds"]:
        ecr.batch_delete_image(
            repositoryName=name, imageIds=[{"imageDigest": row["imageDigest"]} for row in rows]
        )


def test_the_rules_are_told_as_they_were_put(ecr: ECRClient, prefix: str) -> None:
    """The deletions are among them, whether the SDK knows them or not."""
    rules = [rule(PLACES[0], prefix=prefix), rule(PLACES[1], deletions=False)]

    put_rules(ecr, *rules)

    assert describe_registry(ecr)["replicationConfiguration"] == {"rules": rules}


def test_what_is_pushed_under_a_rule_that_matches_is_replicated(
    registry: Lab | StrictEcr, ecr: ECRClient, prefix: str
) -> None:
    """Images from before the rule are not, nor those of other repositories."""
    matched, other = make(ecr, f"{prefix}/app"), make(ecr, f"{prefix}-other/app")
    push_many(ecr, matched, 2)
    put_rules(ecr, rule(*PLACES, prefix=f"{prefix}/"))

    push(ecr, matched, multi_platform_image("after"), ["1.0"])
    push_many(ecr, other, 2)

    assert replicas(registry, matched) == [5, 5]
    assert replicas(registry, other) == []


def test_deletions_are_not_replicated_unless_the_rule_says_so(
    registry: Lab | StrictEcr, ecr: ECRClient, prefix: str
) -> None:
    """The replica survives."""
    name = make(ecr, f"{prefix}/app")
    put_rules(ecr, rule(PLACES[0], prefix=prefix, deletions=False), rule(PLACES[1]))
    push(ecr, name, multi_platform_image("web"), ["1.0"])

    delete_all(ecr, name)

    assert replicas(registry, name) == [5, 0]


def test_a_tag_that_is_removed_is_removed_from_the_replica(
    registry: Lab | StrictEcr, ecr: ECRClient, prefix: str
) -> None:
    """The image goes with its last tag."""
    name = make(ecr, f"{prefix}/app")
    put_rules(ecr, rule(*PLACES, prefix=prefix))
    push(ecr, name, multi_platform_image("web"), ["1.0", "latest"])

    ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "1.0"}])
    first = replicas(registry, name)
    ecr.batch_delete_image(repositoryName=name, imageIds=[{"imageTag": "latest"}])

    assert first == [5, 5]
    assert replicas(registry, name) == [4, 4]
