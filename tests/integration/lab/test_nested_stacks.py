"""Nested stacks are deleted as stacks of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import push, single_platform_image
from tests.integration.lab.stacks import Stacks, new_name, repository

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient


def _create_with_probe(stacks: Stacks) -> tuple[str, str, str]:
    """Create a nested stack with a resource that looks; return both stacks and its id."""
    physical_id = new_name()
    watched = [{"Ref": "AWS::StackId"}]
    probe = stacks.custom_resource(Id=physical_id, Look=watched)
    parent = stacks.create({"Child": stacks.nested({"Probe": probe})})
    return parent, stacks.children(parent)["Child"], physical_id


def _create_with_image(stacks: Stacks, ecr: ECRClient) -> tuple[str, str, str]:
    """Create a nested stack with a repository and push to it; return stacks and name."""
    name = new_name()
    parent = stacks.create({"Child": stacks.nested({"Repository": repository(name)})})
    child = stacks.children(parent)["Child"]
    # The plain emulator knows no layers, but takes the manifest.
    push(ecr, name, single_platform_image("nested"))
    return parent, child, name


def test_a_nested_stack_is_in_deletion_while_it_is_deleted(stacks: Stacks) -> None:
    """A resource of its own sees DELETE_IN_PROGRESS; the events tell the same."""
    parent, child, probe = _create_with_probe(stacks)

    stacks.delete(parent)

    assert stacks.seen(probe) == ["DELETE_IN_PROGRESS"]
    assert stacks.status(child) == "DELETE_COMPLETE"
    told = [(logical_id, status) for logical_id, status, _ in stacks.events(child)]
    assert told.index(("Probe", "DELETE_IN_PROGRESS")) < told.index(("Probe", "DELETE_COMPLETE"))


def test_in_the_plain_emulator_it_looks_untouched(plain_stacks: Stacks) -> None:
    """Without the addition the resource sees CREATE_COMPLETE."""
    parent, _, probe = _create_with_probe(plain_stacks)

    plain_stacks.delete(parent)

    assert plain_stacks.seen(probe) == ["CREATE_COMPLETE"]


def test_what_fails_in_a_nested_stack_fails_its_parent(stacks: Stacks, ecr: ECRClient) -> None:
    """Both are DELETE_FAILED with the reason, until the cause is mended."""
    parent, child, name = _create_with_image(stacks, ecr)

    stacks.delete(parent)

    assert stacks.status(child) == "DELETE_FAILED"
    assert stacks.status(parent) == "DELETE_FAILED"
    (reason,) = [why for _, status, why in stacks.events(parent) if "Embedded" in why]
    assert child in reason
    assert "[Repository]" in reason

    ecr.delete_repository(repositoryName=name, force=True)
    stacks.delete(parent)
    assert stacks.status(parent) == "DELETE_COMPLETE"


def test_in_the_plain_emulator_nobody_hears_of_it(
    plain_stacks: Stacks, plain_ecr: ECRClient
) -> None:
    """Without the addition both are DELETE_COMPLETE and the repository is still there."""
    parent, child, name = _create_with_image(plain_stacks, plain_ecr)

    plain_stacks.delete(parent)

    assert plain_stacks.status(child) == "DELETE_COMPLETE"
    assert plain_stacks.status(parent) == "DELETE_COMPLETE"
    plain_ecr.describe_repositories(repositoryNames=[name])


def _delete_with_retained_repository(stacks: Stacks) -> str:
    name = new_name()
    kept = repository(name, DeletionPolicy="Retain")
    stacks.delete(stacks.create({"Child": stacks.nested({"Repository": kept})}))
    return name


def test_a_nested_stack_keeps_what_it_is_told_to(stacks: Stacks, ecr: ECRClient) -> None:
    """DeletionPolicy Retain holds inside a nested stack too."""
    name = _delete_with_retained_repository(stacks)

    ecr.describe_repositories(repositoryNames=[name])


def test_the_plain_emulator_keeps_nothing(plain_stacks: Stacks, plain_ecr: ECRClient) -> None:
    """Without the addition the repository goes whatever its policy."""
    name = _delete_with_retained_repository(plain_stacks)

    with pytest.raises(plain_ecr.exceptions.RepositoryNotFoundException):
        plain_ecr.describe_repositories(repositoryNames=[name])


def _fail_to_create(stacks: Stacks) -> tuple[str, str]:
    name = new_name()
    failing = stacks.custom_resource(Answers=[{"Status": "FAILED", "Reason": "on purpose"}])
    failing["DependsOn"] = "Repository"
    child = stacks.nested({"Repository": repository(name), "Failing": failing})
    return stacks.create({"Child": child}), name


def test_a_nested_stack_that_fails_leaves_nothing(stacks: Stacks, ecr: ECRClient) -> None:
    """What it had created before it failed is gone when its parent is rolled back."""
    parent, name = _fail_to_create(stacks)

    assert stacks.status(parent) == "ROLLBACK_COMPLETE"
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.describe_repositories(repositoryNames=[name])


def test_in_the_plain_emulator_its_resources_stay(
    plain_stacks: Stacks, plain_ecr: ECRClient
) -> None:
    """Without the addition the repository outlives the rollback."""
    _, name = _fail_to_create(plain_stacks)

    plain_ecr.describe_repositories(repositoryNames=[name])
