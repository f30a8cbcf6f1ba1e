"""Repositories of both registries, with boto3."""

from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab.strict import StrictEcr
from tests.integration.strict.conftest import Start

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient


def test_a_repository_is_created_described_and_deleted(ecr: "ECRClient") -> None:
    """What CreateRepository was told is what DescribeRepositories and its tags say."""
    tags = [{"Key": "team", "Value": "a"}]
    created = ecr.create_repository(
        repositoryName="team/app",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        tags=tags,  # type: ignore[arg-type] # plain dicts
    )["repository"]

    (described,) = ecr.describe_repositories(repositoryNames=["team/app"])["repositories"]

    assert described == created
    assert created["repositoryArn"] == "arn:aws:ecr:us-east-1:123456789012:repository/team/app"
    assert created["imageTagMutability"] == "IMMUTABLE"
    assert created["imageScanningConfiguration"] == {"scanOnPush": True}
    assert ecr.list_tags_for_resource(resourceArn=created["repositoryArn"])["tags"] == tags
    ecr.delete_repository(repositoryName="team/app")
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.describe_repositories(repositoryNames=["team/app"])


def test_a_repository_exists_once(ecr: "ECRClient") -> None:
    """Creating a repository that is there is refused."""
    with pytest.raises(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName="lab")


def test_repositories_are_described_in_pages(ecr: "ECRClient") -> None:
    """Pages go by name; names and pages cannot be asked for together."""
    for number in range(4):
        ecr.create_repository(repositoryName=f"r{number}")

    paginator = ecr.get_paginator("describe_repositories")
    pages = [
        [repository["repositoryName"] for repository in page["repositories"]]
        for page in paginator.paginate(PaginationConfig={"PageSize": 2})
    ]

    assert pages == [["lab", "r0"], ["r1", "r2"], ["r3"]]
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.describe_repositories(repositoryNames=["lab"], maxResults=5)


def test_a_seeded_repository_can_have_tags(start: Start) -> None:
    """Tags given at the start are those that ListTagsForResource shows."""
    ecr = start(tags={"aws-cdk:auto-delete-images": "true"}).client("ecr")
    (repository,) = ecr.describe_repositories()["repositories"]
    tags = ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"]
    ecr.close()

    assert tags == [{"Key": "aws-cdk:auto-delete-images", "Value": "true"}]


def test_an_arn_of_another_account_has_no_tags(ecr: "ECRClient") -> None:
    """An ARN that is not the repository's own is refused."""
    with pytest.raises(ecr.exceptions.InvalidParameterException):
        ecr.list_tags_for_resource(resourceArn="arn:aws:ecr:us-east-1:999999999999:repository/lab")


def test_the_registries_are_apart(server: StrictEcr, ecr_public: "ECRPublicClient") -> None:
    """A private repository is not in the public registry; the same name can be in both."""
    with pytest.raises(ecr_public.exceptions.RepositoryNotFoundException):
        ecr_public.describe_images(repositoryName="lab")

    created = ecr_public.create_repository(repositoryName="lab")["repository"]

    assert created["repositoryArn"] == "arn:aws:ecr-public::123456789012:repository/lab"
    assert "imageTagMutability" not in created
    assert set(server.state().repositories) == {"ecr/lab", "ecr-public/lab"}


def test_the_public_registry_describes_and_deletes(start: Start) -> None:
    """Public images are described in pages, without a status, and deleted by ECR's rules."""
    server = start(service="ecr-public", topology="untagged-indexes", images=150, order="push")
    public = server.client("ecr-public")
    pages = [
        page["imageDetails"]
        for page in public.get_paginator("describe_images").paginate(repositoryName="lab")
    ]
    child, _, index = pages[0][:3]
    refused = public.batch_delete_image(
        repositoryName="lab", imageIds=[{"imageDigest": child["imageDigest"]}]
    )
    deleted = public.batch_delete_image(
        repositoryName="lab", imageIds=[{"imageDigest": index["imageDigest"]}]
    )
    public.close()

    assert [len(page) for page in pages] == [100, 50]
    assert "imageStatus" not in child
    assert index["imageManifestMediaType"].startswith("application/vnd.docker.")
    assert [failure["failureCode"] for failure in refused["failures"]] == [
        "ImageReferencedByManifestList"
    ]
    assert deleted["imageIds"] == [{"imageDigest": index["imageDigest"]}]
