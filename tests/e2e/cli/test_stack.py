"""``ecrdrain stack show`` and ``ecrdrain stack delete`` on the lab."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.lab import push, push_many, single_platform_image
from ecrdrain.templates import TemplateName, render
from tests.e2e.cli.conftest import count_images, create_stack, repository, wait_for

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from ecrdrain.lab import Lab
    from tests.e2e.cli.conftest import Command


def deploy_standalone(cloudformation: CloudFormationClient, name: str) -> None:
    """Create a stack from the rendered standalone template."""
    cloudformation.create_stack(
        StackName=name,
        TemplateBody=render(TemplateName.STANDALONE)["standalone.yaml"],
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": "RepositoryName", "ParameterValue": name}],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )


def delete_function_of(lab: Lab, cloudformation: CloudFormationClient, name: str) -> None:
    """Delete the function of the standalone template behind its stack's back."""
    resource = cloudformation.describe_stack_resource(
        StackName=name, LogicalResourceId="Function"
    )["StackResourceDetail"]
    functions = lab.client("lambda")
    functions.delete_function(FunctionName=resource["PhysicalResourceId"])
    functions.close()


def wait_for_failure(cloudformation: CloudFormationClient, name: str) -> None:
    """Wait until a deletion has failed."""
    wait_for(cloudformation, name, "DELETE_FAILED")


def exported(name: str) -> dict[str, Any]:
    """Return the outputs of a stack that exports a value."""
    return {"Export": {"Value": "x", "Export": {"Name": name}}}


def importing(name: str) -> dict[str, Any]:
    """Return the outputs of a stack that imports a value."""
    return {"Import": {"Value": {"Fn::ImportValue": name}}}


TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}


def test_show_says_what_blocks_and_what_does_not(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """One line for each repository with its verdict and the evidence."""
    create_stack(
        cloudformation,
        name,
        {
            "Blocks": repository(f"{name}/blocks"),
            "Empty": repository(f"{name}/empty"),
            "Kept": repository(f"{name}/kept", DeletionPolicy="Retain"),
            "Native": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": f"{name}/native", "EmptyOnDelete": True},
            },
        },
    )
    for each in ("blocks", "kept", "native"):
        push_many(ecr, f"{name}/{each}", 2)

    ran = ecrdrain("stack", "show", name)

    lines = {line.split()[0].removeprefix(f"{name}/"): line for line in ran.out.splitlines()}
    assert ran.status == 0
    assert lines["blocks"].endswith("blocks deletion: it holds images, and no drain is attached")
    assert lines["empty"].endswith("deletes natively: it is empty")
    assert lines["kept"].endswith(f"kept: the DeletionPolicy of Kept in {name} keeps it")
    assert lines["native"].endswith("deletes natively: EmptyOnDelete")


def test_show_finds_the_drain_of_the_standalone_template(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """Its repository is drained on delete."""
    deploy_standalone(cloudformation, name)
    push_many(ecr, name, 2)

    [shown] = ecrdrain("stack", "show", name, "--output", "json").document["stacks"]

    [found] = shown["repositories"]
    assert found["verdict"] == "drained on delete"
    assert found["drain"] == "Drain"
    assert found["images"] == 2


def test_show_tells_why_a_deletion_failed_who_imports_and_what_is_protected(
    ecrdrain: Command, cloudformation: CloudFormationClient, stack: str
) -> None:
    """CloudFormation's own reason is given."""
    create_stack(cloudformation, f"{stack}-base", TOPIC, exported(stack))
    create_stack(cloudformation, f"{stack}-web", TOPIC, importing(stack))
    cloudformation.update_termination_protection(
        StackName=f"{stack}-base", EnableTerminationProtection=True
    )
    cloudformation.delete_stack(StackName=stack)
    wait_for_failure(cloudformation, stack)

    ran = ecrdrain("stack", "show", stack, f"{stack}-base")

    assert f"{stack}: DELETE_FAILED" in ran.out
    assert (
        f"failed: Repository (AWS::ECR::Repository) in {stack}: "
        f"The repository with name '{stack}' in registry with id '123456789012' "
        "cannot be deleted because it still contains images"
    ) in ran.out
    assert f"export {stack}: imported by {stack}-web" in ran.out
    assert "termination protection: on" in ran.out
    assert "no repositories" in ran.out


def test_delete_drains_deletes_and_follows(ecrdrain: Command, ecr: ECRClient, stack: str) -> None:
    """The events go to standard error, the verdict to standard output."""
    ran = ecrdrain("stack", "delete", stack, "--yes")

    assert ran.status == 0
    assert f"{stack}: empty, 3 images deleted" in ran.out
    assert ran.out.splitlines()[-1].startswith(f"{stack}: deleted in ")
    assert f"DELETE_COMPLETE  {stack} (AWS::CloudFormation::Stack)" in ran.err
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        count_images(ecr, stack)


def test_delete_run_again_says_that_it_is_done(ecrdrain: Command, stack: str) -> None:
    """A name that never was remains an error."""
    ecrdrain("stack", "delete", stack, "--yes")

    again = ecrdrain("stack", "delete", stack, "--yes")
    never = ecrdrain("stack", "delete", f"{stack}-never", "--yes")

    assert again.status == 0
    assert again.out.splitlines()[-1] == f"{stack}: was deleted before"
    assert never.status == 2
    assert never.err.startswith(f"Error: there is no stack {stack}-never")


def test_delete_needs_an_answer(ecrdrain: Command, ecr: ECRClient, stack: str) -> None:
    """Without --yes and without a terminal nothing is touched."""
    ran = ecrdrain("stack", "delete", stack)

    assert ran.status == 2
    assert "nobody is there to answer the question" in ran.err
    assert count_images(ecr, stack) == 3


def test_a_dry_run_shows_the_plan_and_its_obstacles(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, stack: str
) -> None:
    """The status says whether the deletion could go ahead."""
    free = ecrdrain("stack", "delete", stack, "--dry-run", "--output", "json")
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)
    protected = ecrdrain("stack", "delete", stack, "--dry-run", "--output", "json")

    assert free.status == 0
    assert free.document["obstacles"] == []
    assert free.document["stacks"][0]["repositories"][0]["verdict"] == "blocks deletion"
    assert protected.status == 1
    assert protected.document["obstacles"] == [
        {
            "stack": stack,
            "why": "termination protection is on: say --disable-termination-protection to lift it",
        }
    ]
    assert count_images(ecr, stack) == 3


def test_termination_protection_stops_it_until_the_option_lifts_it(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, stack: str
) -> None:
    """--yes alone is not enough."""
    cloudformation.update_termination_protection(StackName=stack, EnableTerminationProtection=True)

    refused = ecrdrain("stack", "delete", stack, "--yes")
    left = count_images(ecr, stack)
    deleted = ecrdrain("stack", "delete", stack, "--yes", "--disable-termination-protection")

    assert refused.status == 1
    assert "termination protection is on" in refused.err
    assert left == 3
    assert deleted.status == 0
    assert f"{stack}: lifting termination protection" in deleted.err


def test_imported_exports_are_refused_unless_the_importers_go_too(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """The importer is named; together they go, it first."""
    create_stack(cloudformation, name, TOPIC, exported(name))
    create_stack(cloudformation, f"{name}-web", TOPIC, importing(name))

    refused = ecrdrain("stack", "delete", name, "--yes")
    together = ecrdrain("stack", "delete", name, f"{name}-web", "--yes", "--output", "json")

    assert refused.status == 1
    assert f"{name}: its export {name} is imported by {name}-web" in refused.err
    assert together.status == 0
    assert [(each["stack"], each["ending"]) for each in together.document["stacks"]] == [
        (f"{name}-web", "deleted"),
        (name, "deleted"),
    ]


def test_what_is_retained_is_named_in_the_end(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """Nothing stays behind unsaid, and it keeps its images."""
    create_stack(cloudformation, name, {"Kept": repository(name, DeletionPolicy="Retain")})
    push_many(ecr, name, 2)

    ran = ecrdrain("stack", "delete", name, "--yes")

    assert ran.status == 0
    assert f"{name}: Kept ({name}) was kept by its DeletionPolicy" in ran.out
    assert count_images(ecr, name) == 2


def test_a_stack_whose_function_is_gone_is_rescued(
    ecrdrain: Command,
    lab: Lab,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    name: str,
) -> None:
    """The standalone template's function was deleted: the dead drain is let go, which is said."""
    deploy_standalone(cloudformation, name)
    push_many(ecr, name, 2)
    delete_function_of(lab, cloudformation, name)
    cloudformation.delete_stack(StackName=name)
    wait_for_failure(cloudformation, name)

    ran = ecrdrain("stack", "delete", name, "--yes")

    assert ran.status == 0
    assert (
        f"{name}: Drain in {name} was let go: its function is gone; "
        "its repository was drained from here"
    ) in ran.out
    assert ran.out.splitlines()[-1].startswith(f"{name}: deleted in ")


def test_a_stack_in_progress_is_refused_or_waited_for(
    ecrdrain: Command, cloudformation: CloudFormationClient, stack: str
) -> None:
    """With --wait the deletion under way is seen to its end, and then rescued."""
    cloudformation.delete_stack(StackName=stack)

    ran = ecrdrain("stack", "delete", stack, "--yes", "--wait")

    assert ran.status == 0
    assert ran.out.splitlines()[-1].startswith(f"{stack}: deleted in ")


PUSHER = """
import boto3, json, urllib.request

def handler(event, context):
    given = event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        boto3.client("ecr").put_image(
            repositoryName=given["RepositoryName"], imageManifest=given["Manifest"]
        )
    names = ("StackId", "RequestId", "LogicalResourceId")
    body = {"Status": "SUCCESS", "PhysicalResourceId": "pusher", **{k: event[k] for k in names}}
    request = urllib.request.Request(
        event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT"
    )
    urllib.request.urlopen(request).close()
"""
"""A function that pushes an image when its resource is deleted."""


@pytest.fixture
def pushed_to(cloudformation: CloudFormationClient, ecr: ECRClient, name: str) -> str:
    """The name of a stack, and repository, to which somebody pushes once the drain is done.

    CloudFormation deletes the drain first, then the pusher, then the repository.
    """
    provider = render(TemplateName.PROVIDER)["provider.yaml"]
    cloudformation.create_stack(
        StackName=f"{name}-provider",
        TemplateBody=re.sub(r"\n    Export:\n      Name: .*", "", provider),
        Capabilities=["CAPABILITY_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=f"{name}-provider", WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )
    [described] = cloudformation.describe_stacks(StackName=f"{name}-provider")["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described["Outputs"]}
    image = single_platform_image("pushed")
    target = {"RepositoryName": {"Ref": "Repository"}}
    create_stack(
        cloudformation,
        name,
        {
            "Repository": repository(name),
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "index.handler",
                    "Role": "arn:aws:iam::123456789012:role/any",
                    "Code": {"ZipFile": PUSHER},
                },
            },
            "Pusher": {
                "Type": "Custom::Pusher",
                "Properties": {
                    "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
                    "Manifest": image.manifest.decode(),
                    **target,
                },
            },
            "Drain": {
                "Type": "Custom::EcrDrain",
                "DependsOn": "Pusher",
                "Properties": {"ServiceToken": outputs["ServiceToken"], **target},
            },
        },
    )
    push(ecr, name, image)
    return name


def test_a_push_after_the_drain_leaves_a_stack_that_is_mended(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, pushed_to: str
) -> None:
    """The drain is DELETE_COMPLETE and asked no more; the repository is drained from here."""
    cloudformation.delete_stack(StackName=pushed_to)
    wait_for_failure(cloudformation, pushed_to)
    events = cloudformation.describe_stack_events(StackName=pushed_to)["StackEvents"]
    statuses = {each["LogicalResourceId"]: each["ResourceStatus"] for each in reversed(events)}
    left = count_images(ecr, pushed_to)

    ran = ecrdrain("stack", "delete", pushed_to, "--yes")

    assert statuses["Drain"] == "DELETE_COMPLETE"
    assert statuses["Repository"] == "DELETE_FAILED"
    assert left == 1
    assert ran.status == 0, ran.err
    assert "blocks deletion: it holds images, and no drain is attached" in ran.out
    assert f"{pushed_to}: empty, 1 image deleted" in ran.out
    assert ran.out.splitlines()[-1].startswith(f"{pushed_to}: deleted in ")


def test_a_push_while_the_command_deletes_is_drained_before_a_second_attempt(
    ecrdrain: Command, pushed_to: str
) -> None:
    """One run of the command is enough."""
    ran = ecrdrain("stack", "delete", pushed_to, "--yes", "--output", "json")

    [outcome] = ran.document["stacks"]
    assert ran.status == 0, ran.err
    assert (outcome["ending"], outcome["attempts"]) == ("deleted", 2)
    assert [each["deleted"] for each in outcome["repositories"]] == [1, 1]


def test_a_creation_that_failed_without_a_rollback_goes_with_its_images(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """What was created is drained and deleted; what was made by hand keeps its images."""
    ecr.create_repository(repositoryName=f"{name}/by-hand")
    nobody = "arn:aws:lambda:us-east-1:123456789012:function:nobody"
    resources = {
        "Repository": repository(name),
        "Kept": repository(f"{name}/kept", DeletionPolicy="Retain"),
        "Failing": {
            "Type": "Custom::Failing",
            "DependsOn": ["Repository", "Kept"],
            "Properties": {"ServiceToken": nobody, "RepositoryName": f"{name}/by-hand"},
        },
    }
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": resources}), DisableRollback=True
    )
    wait_for(cloudformation, name, "CREATE_FAILED")
    for each in (name, f"{name}/kept", f"{name}/by-hand"):
        push_many(ecr, each, 2)

    ran = ecrdrain("stack", "delete", name, "--yes")

    assert ran.status == 0, ran.err
    assert f"{name}: empty, 2 images deleted" in ran.out
    assert ran.out.splitlines()[-1].startswith(f"{name}: deleted in ")
    assert count_images(ecr, f"{name}/kept") == 2
    assert count_images(ecr, f"{name}/by-hand") == 2


def test_what_an_earlier_deletion_retained_keeps_its_images(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """The stack failed, was deleted without a repository, failed again, and is deleted by us."""
    create_stack(
        cloudformation,
        name,
        {"Goes": repository(name), "Retained": repository(f"{name}/retained")},
    )
    for each in (name, f"{name}/retained"):
        push_many(ecr, each, 2)
    cloudformation.delete_stack(StackName=name)
    wait_for_failure(cloudformation, name)
    cloudformation.delete_stack(StackName=name, RetainResources=["Retained"])
    wait_for_failure(cloudformation, name)
    rows = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    statuses = {each["LogicalResourceId"]: each["ResourceStatus"] for each in rows}

    ran = ecrdrain("stack", "delete", name, "--yes")

    assert statuses == {"Goes": "DELETE_FAILED", "Retained": "DELETE_SKIPPED"}
    assert ran.status == 0, ran.err
    assert f"{name}: empty, 2 images deleted" in ran.out
    assert f"{name}/retained: empty" not in ran.out
    assert count_images(ecr, f"{name}/retained") == 2


def test_a_plan_names_all_that_dies_and_what_is_kept(
    ecrdrain: Command, cloudformation: CloudFormationClient, ecr: ECRClient, name: str
) -> None:
    """Tables and buckets by name, all else by type and count, and images of EmptyOnDelete."""
    key = [{"AttributeName": "id", "AttributeType": "S"}]
    create_stack(
        cloudformation,
        name,
        {
            "Repository": repository(name),
            "Native": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": f"{name}/native", "EmptyOnDelete": True},
            },
            "Orders": {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {
                    "TableName": f"{name}-orders",
                    "AttributeDefinitions": key,
                    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                    "BillingMode": "PAY_PER_REQUEST",
                },
            },
            "Archive": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "Properties": {"BucketName": f"{name}-archive"},
            },
            "One": {"Type": "AWS::SNS::Topic"},
            "Two": {"Type": "AWS::SNS::Topic"},
        },
    )
    push_many(ecr, name, 3)
    push_many(ecr, f"{name}/native", 2)

    planned = ecrdrain("stack", "delete", name, "--dry-run")
    document = ecrdrain("stack", "delete", name, "--dry-run", "--output", "json").document

    kept = f"kept: AWS::S3::Bucket {name}-archive (Archive in {name})"
    assert planned.out.startswith("account 123456789012, region us-east-1:\n")
    for line in (
        f"{name}/native: CloudFormation deletes 2 images with it (EmptyOnDelete)",
        f"deleted with its data: AWS::DynamoDB::Table {name}-orders (Orders in {name})",
        "deleted as well: 2 AWS::SNS::Topic",
        f"{kept}: the DeletionPolicy of Archive in {name} keeps it",
    ):
        assert line in planned.out.splitlines()
    assert {each["logicalId"] for each in document["deleted"]} == {"Orders", "One", "Two"}
    assert [each["logicalId"] for each in document["kept"]] == ["Archive"]


def test_stacks_are_shown_by_pattern(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """Sorted, each once; a pattern that matches nothing is an error."""
    for each in ("b", "a"):
        create_stack(
            cloudformation, f"{name}-{each}", {"Repository": repository(f"{name}-{each}")}
        )

    shown = ecrdrain("stack", "show", f"{name}-*", f"{name}-b", "--output", "json").document
    none = ecrdrain("stack", "show", f"{name}-x*")

    assert [each["stack"] for each in shown["stacks"]] == [f"{name}-a", f"{name}-b"]
    assert none.status == 2
    assert none.err.startswith(f"Error: there is no stack matching {name}-x* in account ")


def test_an_export_that_is_imported_names_the_command_that_deletes_both(
    ecrdrain: Command, cloudformation: CloudFormationClient, name: str
) -> None:
    """The importer goes first in it."""
    exported = {"Export": {"Value": "x", "Export": {"Name": f"{name}-export"}}}
    create_stack(cloudformation, name, {"Repository": repository(name)}, exported)
    imported = {"Import": {"Value": {"Fn::ImportValue": f"{name}-export"}}}
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    create_stack(cloudformation, f"{name}-web", topic, imported)

    ran = ecrdrain("stack", "delete", name, "--yes")

    assert ran.status == 1
    assert f"ecrdrain stack delete {name}-web {name} deletes all of them" in ran.err
