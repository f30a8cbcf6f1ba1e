"""``ecrdrain drain`` on the lab."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ecrdrain.cli.app import run
from ecrdrain.lab import multi_platform_image, push, push_many
from ecrdrain.lab.strict import StrictEcr
from tests.e2e.cli.conftest import count_images

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from types_boto3_ecr import ECRClient

    from tests.e2e.cli.conftest import Command, Ran


def test_a_repository_is_emptied_and_stays(ecrdrain: Command, ecr: ECRClient, filled: str) -> None:
    """Plan and outcome go to standard output, and the status is 0."""
    ran = ecrdrain("drain", filled, "--yes")

    assert ran.status == 0
    assert f"{filled}: empty, 3 images deleted in " in ran.out
    assert ran.out.splitlines()[-1] == "1 repository empty, 3 images deleted"
    assert ran.err == ""
    assert count_images(ecr, filled) == 0


def test_the_plan_tells_all_that_ecr_knows_of_the_images(
    ecrdrain: Command, ecr: ECRClient, filled: str
) -> None:
    """Images, tags, indexes, archived images, size, last push and last pull."""
    push(ecr, filled, multi_platform_image("web"), ["1.0", "latest"])
    digest = push_many(ecr, filled, 1, seed="old")[0]
    ecr.update_image_storage_class(
        repositoryName=filled,
        imageId={"imageDigest": digest},
        targetStorageClass="ARCHIVE",
    )

    text = ecrdrain("drain", filled, "--dry-run")
    document = ecrdrain("drain", filled, "--dry-run", "--output", "json").document

    place, header, row = text.out.splitlines()
    assert place == "account 123456789012, region us-east-1:"
    assert header.replace("last ", "last-").split() == [
        *("repository", "images", "tags", "indexes", "archived", "size"),
        *("last-push", "last-pull"),
    ]
    assert row.split()[:5] == [filled, "9", "6", "1", "1"]
    [plan] = document["repositories"]
    assert document["dryRun"] is True
    assert plan["images"] == 9
    assert plan["archived"] == 1
    assert plan["sizeInBytes"] > 0
    assert plan["lastPush"].endswith("+00:00")
    assert count_images(ecr, filled) == 9


def test_nothing_is_deleted_while_nobody_can_answer_the_question(
    ecrdrain: Command, ecr: ECRClient, filled: str
) -> None:
    """Without a terminal the command says what to add, and fails as wrong use."""
    ran = ecrdrain("drain", filled)

    assert ran.status == 2
    assert ran.err.splitlines()[-1] == (
        "Error: nobody is there to answer the question: say --yes to go on without it, "
        "or --dry-run to see the plan alone"
    )
    assert count_images(ecr, filled) == 3


def test_an_empty_repository_needs_no_question(ecrdrain: Command, repository: str) -> None:
    """There is nothing to lose."""
    ran = ecrdrain("drain", repository)

    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "1 repository empty, 0 images deleted"


def test_all_targets_are_checked_before_the_first_deletion(
    ecrdrain: Command, ecr: ECRClient, filled: str
) -> None:
    """One wrong name among many, and nothing is deleted."""
    ran = ecrdrain("drain", filled, f"{filled}-2", "--yes")

    assert ran.status == 2
    assert ran.err == (
        f"Error: there is no repository {filled}-2 in account 123456789012, region us-east-1. "
        f"Did you mean {filled}?\n"
    )
    assert ran.out == ""
    assert count_images(ecr, filled) == 3


def test_a_pattern_with_yes_needs_a_limit(ecrdrain: Command, ecr: ECRClient, filled: str) -> None:
    """In unattended use a pattern could match more than anybody meant."""
    ran = ecrdrain("drain", f"{filled}*", "--yes")

    assert ran.status == 2
    assert "a pattern with --yes needs --limit N" in ran.err
    assert count_images(ecr, filled) == 3


def test_more_matches_than_the_limit_are_an_error_before_anything_is_deleted(
    ecrdrain: Command, ecr: ECRClient, filled: str
) -> None:
    """The number of matches is said."""
    ecr.create_repository(repositoryName=f"{filled}/more")

    ran = ecrdrain("drain", f"{filled}*", "--yes", "--limit", "1")

    assert ran.status == 2
    assert "the patterns match 2 repositories, more than --limit 1" in ran.err
    assert count_images(ecr, filled) == 3


def test_patterns_match_across_slashes_and_names_count_once(
    ecrdrain: Command, ecr: ECRClient, filled: str
) -> None:
    """A repository that is named and matched is drained once; names do not count as matches."""
    ecr.create_repository(repositoryName=f"{filled}/a/b")
    push_many(ecr, f"{filled}/a/b", 2)

    ran = ecrdrain(
        "drain",
        filled,
        f"{filled}/*",
        f"{filled}/a/b",
        "--yes",
        "--limit",
        "1",
        "--output",
        "json",
    )

    assert ran.status == 0
    assert [each["repository"] for each in ran.document["repositories"]] == [
        filled,
        f"{filled}/a/b",
    ]
    assert [each["deleted"] for each in ran.document["repositories"]] == [3, 2]


def test_a_pattern_that_matches_nothing_is_an_error(ecrdrain: Command, name: str) -> None:
    """Nothing done is not what was wanted."""
    ran = ecrdrain("drain", f"{name}/*")

    assert ran.status == 2
    place = "account 123456789012, region us-east-1"
    assert ran.err == f"Error: there is no repository matching {name}/* in {place}\n"


def test_json_is_all_that_standard_output_gets(ecrdrain: Command, filled: str) -> None:
    """In a pipe standard error gets nothing then, unless something is wrong."""
    ran = ecrdrain("drain", filled, "--yes", "--output", "json")

    [report] = ran.document["repositories"]
    assert ran.status == 0
    assert report["repository"] == filled
    assert report["registry"] == "private"
    assert report["region"] == "us-east-1"
    assert (report["images"], report["deleted"], report["left"]) == (3, 3, 0)
    assert report["empty"] is True
    assert report["calls"]["BatchDeleteImage"] == 1
    assert (ran.document["account"], ran.document["region"]) == ("123456789012", "us-east-1")
    assert ran.err == ""


def test_a_registry_can_be_named(ecrdrain: Command, filled: str) -> None:
    """The account goes into every call and into the report."""
    ran = ecrdrain("drain", filled, "--yes", "--registry-id", "123456789012", "--output", "json")

    [report] = ran.document["repositories"]
    assert report["registryId"] == "123456789012"
    assert report["deleted"] == 3


def test_two_hundred_repositories_are_drained_in_one_go(
    ecrdrain: Command, ecr: ECRClient, name: str
) -> None:
    """The plan lists every one, and all end empty."""
    for number in range(200):
        ecr.create_repository(repositoryName=f"{name}/{number:03}")
    for number in (0, 57, 199):
        push_many(ecr, f"{name}/{number:03}", 2)

    ran = ecrdrain("drain", f"{name}/*", "--yes", "--limit", "200")

    lines = ran.out.splitlines()
    assert ran.status == 0
    assert lines[-1] == "200 repositories empty, 6 images deleted"
    assert len([line for line in lines if ": empty, " in line]) == 200


def test_a_repository_of_the_public_registry_is_emptied(
    on_lab: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The emulator has no public registry; the strict ECR server has."""
    del on_lab
    with StrictEcr.start(
        service="ecr-public", repository="web", images=250, topology="buildx", in_process=True
    ) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint_url)

        planned = run(["drain", "web", "--public", "--dry-run"])
        plan = capsys.readouterr().out
        status = run(["drain", "w*", "--public", "--yes", "--limit", "1", "--output", "json"])
        [report] = json.loads(capsys.readouterr().out)["repositories"]
        server.seed(service="ecr-public", repository="app", images=1)
        unknown = run(["drain", "wbe", "--public"])
        hint = capsys.readouterr().err

        assert (planned, status, unknown) == (0, 0, 2)
        assert plan.splitlines()[2].split()[:4] == ["web", "250", "50", "50"]
        assert hint.startswith("Error: there is no repository wbe in account ")
        assert hint.endswith(", region us-east-1. Did you mean web?\n")
        assert report["registry"] == "public"
        assert report["region"] == "us-east-1"
        assert (report["deleted"], report["empty"]) == (250, True)
        assert server.state().images == 1


def test_several_repositories_are_counted_beside_the_first_drains(
    process: Callable[..., Ran], name: str
) -> None:
    """Under --yes one that is read for long holds nobody up; a wrong name still stops them all."""
    with StrictEcr.start() as server:
        for each in ("a", "b"):
            server.seed(repository=f"{name}/{each}", images=3)
        endpoint = ("--endpoint-url", server.endpoint_url)
        wrong = process("drain", f"{name}/a", f"{name}/c", "--yes", *endpoint)
        untouched = server.state().images
        ran = process("drain", f"{name}/a", f"{name}/b", "--yes", *endpoint)
        left = server.state().images

    assert (wrong.status, untouched) == (2, 6)
    assert (ran.status, left) == (0, 0)
    assert ran.out.splitlines()[0].endswith(": 2 repositories")
    assert ran.out.splitlines()[-1] == "2 repositories empty, 6 images deleted"
