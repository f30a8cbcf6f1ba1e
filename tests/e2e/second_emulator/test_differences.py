"""moto is not ECR: what these tests work round, or cannot try, is still so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecrdrain.lab import multi_platform_image, push, push_many

if TYPE_CHECKING:
    from tests.e2e.second_emulator.moto_server import Moto


def test_moto_makes_one_digest_for_many_manifests(moto: Moto, repository: str) -> None:
    """It looks at the layers alone; a client that says the digest gets what it said."""
    push_many(moto.plain_ecr, repository, 3, seed="plain")
    assert moto.images(repository) == 1

    told = push_many(moto.ecr, repository, 3, seed="told")
    assert len(set(told)) == 3
    assert moto.images(repository) == 4


def test_moto_deletes_half_of_the_images_that_share_a_digest(moto: Moto, repository: str) -> None:
    """A deletion that succeeds leaves the same digest in the next listing."""
    push_many(moto.plain_ecr, repository, 4)
    [digest] = {
        row["imageDigest"] for row in moto.ecr.list_images(repositoryName=repository)["imageIds"]
    }

    answer = moto.ecr.batch_delete_image(
        repositoryName=repository, imageIds=[{"imageDigest": digest}]
    )

    assert answer["failures"] == []
    assert len(moto.ecr.list_images(repositoryName=repository)["imageIds"]) == 2


def test_moto_has_neither_pages_nor_the_refusal_of_what_an_index_lists(
    moto: Moto, repository: str
) -> None:
    """It lists more than it was asked for, and deletes more than 100 images, children first."""
    image = multi_platform_image("index")
    push(moto.ecr, repository, image, ["latest"])
    children = [child.digest for child in image.children]
    digests = children + push_many(moto.ecr, repository, 110)

    listed = moto.ecr.list_images(repositoryName=repository, maxResults=1)
    deleted = moto.ecr.batch_delete_image(
        repositoryName=repository, imageIds=[{"imageDigest": digest} for digest in digests]
    )

    assert (len(listed["imageIds"]), listed.get("nextToken")) == (115, None)
    assert deleted["failures"] == []
    assert moto.images(repository) == 1


def test_moto_deletes_a_stack_while_it_is_asked_to(moto: Moto, name: str) -> None:
    """No stack is ever seen being deleted, and its resources have no events."""
    stack = create_stack(moto, name)

    moto.cloudformation.delete_stack(StackName=stack)

    [found] = moto.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    events = moto.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert found["StackStatus"] == "DELETE_COMPLETE"
    assert {event["ResourceType"] for event in events} == {"AWS::CloudFormation::Stack"}


def test_moto_forgets_a_stack_that_it_could_not_delete(moto: Moto, name: str) -> None:
    """There is no second try, and nothing in DELETE_FAILED."""
    stack = create_stack(moto, name)
    push_many(moto.ecr, name, 1)
    cloudformation = moto.cloudformation

    with pytest.raises(cloudformation.exceptions.ClientError, match="RepositoryNotEmptyException"):
        cloudformation.delete_stack(StackName=stack)

    with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName=stack)


def create_stack(moto: Moto, name: str) -> str:
    """Create a stack with one repository of the same name, and return its id."""
    properties = {"RepositoryName": name}
    repository = {"Type": "AWS::ECR::Repository", "Properties": properties}
    template = json.dumps({"Resources": {"Repository": repository}})
    return moto.cloudformation.create_stack(StackName=name, TemplateBody=template)["StackId"]
