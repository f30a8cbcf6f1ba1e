"""Stacks are drained and deleted on the lab, and rescued where they are stuck."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.stacks.context import DeletionContext
from ecrdrain.stacks.deletions import delete_stacks
from ecrdrain.stacks.inspection import inspect
from ecrdrain.stacks.outcome import Ending, Outcome
from ecrdrain.stacks.plan import plan_deletion
from ecrdrain.stacks.repositories import Judgement, Verdict
from tests.integration.stacks.conftest import digests, drain, fill, repository
from tests.integration.stacks.functions import ARN, ROLE, function
from tests.replication import put_rules, rule
from tests.unit.stacks.clients import Functions

if TYPE_CHECKING:
    from collections.abc import Collection

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient

    from tests.integration.stacks.conftest import LabClients, StackMaker


def delete(
    clients: LabClients,
    *names: str,
    lift_protection: bool = False,
    more_drains: Collection[str] = (),
) -> list[Outcome]:
    """Plan the deletion of stacks and carry it out."""
    plan = plan_deletion(
        [inspect(clients, name) for name in names], lift_protection=lift_protection
    )
    assert plan.obstacles == ()
    context = DeletionContext(
        clients,
        threading.Event(),
        lift_protection=lift_protection,
        more_drains=frozenset(more_drains),
    )
    return delete_stacks(context, plan)


def status(cloudformation: CloudFormationClient, name: str) -> str:
    """Return the status of a stack, deleted ones included."""
    pages = cloudformation.get_paginator("list_stacks").paginate()
    return next(
        each["StackStatus"]
        for page in pages
        for each in page["StackSummaries"]
        if each["StackName"] == name
    )


def delete_function(clients: LabClients, name: str) -> None:
    """Delete the function of a stack behind CloudFormation's back."""
    function_name = clients.cloudformation.describe_stack_resource(
        StackName=name, LogicalResourceId="Function"
    )["StackResourceDetail"]["PhysicalResourceId"]
    clients.functions.delete_function(FunctionName=function_name)


def fail_to_delete(cloudformation: CloudFormationClient, name: str) -> None:
    """Delete a stack without help and wait until that has failed."""
    cloudformation.delete_stack(StackName=name)
    while True:
        [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        if described["StackStatus"] == "DELETE_FAILED":
            return


def broken(token: str) -> dict[str, Any]:
    """Return a custom resource that cannot be deleted and is no drain."""
    properties = {"ServiceToken": token, "RepositoryName": "none"}
    return {"Type": "Custom::Broken", "Properties": properties}


@pytest.fixture
def failing_token(make_stack: StackMaker, cloudformation: CloudFormationClient) -> str:
    """The ARN of a function that answers FAILED to every Delete."""
    name = make_stack({"Function": function(ROLE, fails=True)}, outputs={"Token": {"Value": ARN}})
    [described] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return described["Outputs"][0]["OutputValue"]


def test_a_repository_that_blocks_is_drained_and_goes_with_its_stack(
    clients: LabClients,
    make_stack: StackMaker,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    image_name: str,
) -> None:
    """The images go first, then CloudFormation deletes stack and repository."""
    name = make_stack({"Repository": repository(image_name)})
    fill(ecr, image_name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert [(each.repository, each.deleted) for each in outcome.drained] == [(image_name, 3)]
    assert outcome.attempts == 1
    assert status(cloudformation, name) == "DELETE_COMPLETE"
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        digests(ecr, image_name)


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_retained_repository_keeps_every_image(
    policy: str,
    clients: LabClients,
    make_stack: StackMaker,
    ecr: ECRClient,
    image_name: str,
) -> None:
    """It is not drained, stays behind as its policy says, and is named as kept."""
    name = make_stack(
        {
            "Kept": repository(image_name, DeletionPolicy=policy),
            "Gone": repository(f"{image_name}-gone"),
        }
    )
    fill(ecr, image_name)
    fill(ecr, f"{image_name}-gone")
    before = digests(ecr, image_name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert digests(ecr, image_name) == before
    assert [(each.logical_id, each.physical_id) for each in outcome.kept] == [("Kept", image_name)]
    assert [each.repository for each in outcome.drained] == [f"{image_name}-gone"]


def test_repositories_of_nested_stacks_are_drained_two_levels_deep(
    clients: LabClients, make_stack: StackMaker, nest: Any, ecr: ECRClient, image_name: str
) -> None:
    """The whole tree is read, and goes."""
    inner = nest({"Repository": repository(f"{image_name}/inner")})
    outer = nest({"Repository": repository(f"{image_name}/outer"), "Inner": inner})
    name = make_stack({"Outer": outer})
    fill(ecr, f"{image_name}/inner")
    fill(ecr, f"{image_name}/outer")

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert {each.repository for each in outcome.drained} == {
        f"{image_name}/inner",
        f"{image_name}/outer",
    }


def test_a_retained_nested_stack_keeps_the_images_of_its_repositories(
    clients: LabClients, make_stack: StackMaker, nest: Any, ecr: ECRClient, image_name: str
) -> None:
    """Retain on the nested stack holds for what is in it."""
    name = make_stack(
        {"Child": nest({"Repository": repository(image_name)}, DeletionPolicy="Retain")}
    )
    fill(ecr, image_name)
    before = digests(ecr, image_name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert outcome.drained == ()
    assert digests(ecr, image_name) == before
    assert [each.logical_id for each in outcome.kept] == ["Child"]


def test_a_stack_that_failed_on_its_images_is_rescued(
    clients: LabClients,
    make_stack: StackMaker,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    image_name: str,
) -> None:
    """DELETE_FAILED for a repository that was not empty needs nothing but the drain."""
    name = make_stack({"Repository": repository(image_name)})
    fill(ecr, image_name)
    fail_to_delete(cloudformation, name)

    inspection = inspect(clients, name)
    [outcome] = delete(clients, name)

    assert [each.logical_id for each in inspection.failures] == ["Repository"]
    assert "still contains images" in inspection.failures[0].reason
    assert outcome.ending is Ending.DELETED
    assert outcome.attempts == 1


def test_a_drain_whose_function_is_gone_is_let_go_of_and_its_repository_drained_from_here(
    clients: LabClients,
    make_stack: StackMaker,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    image_name: str,
) -> None:
    """A first deletion took the function along; the rescue leaves nothing behind."""
    name = make_stack(
        {
            "Function": function(ROLE),
            "Repository": repository(image_name),
            "Drain": drain(ARN, {"Ref": "Repository"}),
        }
    )
    fill(ecr, image_name)
    delete_function(clients, name)
    fail_to_delete(cloudformation, name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert [(each.logical_id, each.why) for each in outcome.let_go] == [
        ("Drain", "its function is gone; its repository was drained from here")
    ]
    assert outcome.kept == ()
    assert outcome.attempts == 1
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        digests(ecr, image_name)


def test_a_function_that_went_before_the_stack_is_found_out_on_the_way(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """The first attempt fails on the drain, the second goes without it."""
    name = make_stack(
        {
            "Function": function(ROLE),
            "Repository": repository(image_name),
            "Drain": drain(ARN, {"Ref": "Repository"}),
        }
    )
    fill(ecr, image_name)
    delete_function(clients, name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert outcome.attempts == 2
    assert [each.logical_id for each in outcome.let_go] == ["Drain"]


def test_an_older_drain_is_let_go_of_only_by_the_users_word(
    clients: LabClients, make_stack: StackMaker, image_name: str
) -> None:
    """Its type and its physical id do not tell that it stands for nothing."""
    name = make_stack(
        {
            "Function": function(ROLE, old=True),
            "Repository": repository(image_name),
            "Empty": {**drain(ARN, {"Ref": "Repository"}), "Type": "Custom::CustomResource"},
        }
    )
    fill(clients.ecr, image_name)
    delete_function(clients, name)

    [unsaid] = delete(clients, name)
    [said] = delete(clients, name, more_drains={"Empty"})

    assert unsaid.ending is Ending.FAILED
    assert [each.logical_id for each in unsaid.failed] == ["Empty"]
    assert unsaid.failed[0].why.endswith(
        "Its function is gone; if all that it did was to empty a repository, "
        "say --drain-resource Empty"
    )
    assert said.ending is Ending.DELETED
    assert [each.logical_id for each in said.let_go] == ["Empty"]


def test_a_dead_drain_is_seen_before_anything_is_deleted(
    clients: LabClients, make_stack: StackMaker, image_name: str
) -> None:
    """It blocks, images or not; to somebody who may not ask Lambda it counts as alive."""
    name = make_stack(
        {
            "Function": function(ROLE),
            "Repository": repository(image_name),
            "Drain": drain(ARN, {"Ref": "Repository"}),
        }
    )
    [alive] = inspect(clients, name).repositories
    delete_function(clients, name)

    [dead] = inspect(clients, name).repositories
    denying: Any = Functions(code="AccessDeniedException")
    unasked = replace(clients, functions=denying)
    [unknown] = inspect(unasked, name).repositories

    assert alive.judgement == Judgement(Verdict.DRAINED, "by Drain")
    assert unknown.judgement == alive.judgement
    assert dead.judgement == Judgement(Verdict.BLOCKS, "the function of Drain is gone")


def test_a_dead_drain_in_a_nested_stack_is_let_go_of_there(
    clients: LabClients,
    make_stack: StackMaker,
    nest: Any,
    image_name: str,
) -> None:
    """The nested stack is deleted without its drain, the root stack whole: nothing stays."""
    provider = make_stack(
        {"Function": function(ROLE)},
        outputs={"Token": {"Value": ARN}},
    )
    [described] = clients.cloudformation.describe_stacks(StackName=provider)["Stacks"]
    token = described["Outputs"][0]["OutputValue"]
    child = nest(
        {
            "Repository": repository(image_name),
            "Drain": drain({"Ref": "Token"}, {"Ref": "Repository"}),
        },
        more={"Parameters": {"Token": {"Type": "String"}}},
        properties={"Parameters": {"Token": token}},
    )
    name = make_stack({"Child": child})
    fill(clients.ecr, image_name)
    clients.functions.delete_function(FunctionName=token)
    fail_to_delete(clients.cloudformation, name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert [each.logical_id for each in outcome.let_go] == ["Drain"]
    assert outcome.kept == ()
    with pytest.raises(clients.ecr.exceptions.RepositoryNotFoundException):
        digests(clients.ecr, image_name)


def test_a_drain_that_keeps_failing_is_let_go_of_after_a_second_try(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """Its repository is empty by then, so its FAILED has no ground."""
    name = make_stack(
        {
            "Function": function(ROLE, fails=True),
            "Repository": repository(image_name),
            "Drain": drain({"Fn::Sub": "${Function.Arn}"}, {"Ref": "Repository"}),
        }
    )
    # A function in the stack itself would be gone after the first try.
    fill(ecr, image_name)

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.DELETED
    assert outcome.attempts == 3
    assert [each.why for each in outcome.let_go] == [
        "its function does not answer; its repository was drained from here"
    ]


def test_what_fails_for_another_reason_is_reported_and_stays(
    clients: LabClients, make_stack: StackMaker, nest: Any, failing_token: str
) -> None:
    """A custom resource that is no drain is none of our business: it is not left behind."""
    name = make_stack({"Child": nest({"Broken": broken(failing_token)})})

    [outcome] = delete(clients, name)

    assert outcome.ending is Ending.FAILED
    assert outcome.status == "DELETE_FAILED"
    assert [(each.logical_id, each.type) for each in outcome.failed] == [
        ("Broken", "Custom::Broken"),
        ("Child", "AWS::CloudFormation::Stack"),
    ]
    assert "as the test wants it" in outcome.failed[0].why
    assert outcome.let_go == ()
    assert inspect(clients, name).failures[0].logical_id == "Broken"


def test_stacks_go_in_the_order_of_their_imports(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """An export can only be deleted when its last importer is gone."""
    export = image_name.replace("/", "-")
    base = make_stack(
        {"Repository": repository(image_name)},
        outputs={"Name": {"Value": "x", "Export": {"Name": export}}},
    )
    importing = {"Description": {"Fn::ImportValue": export}}
    first = make_stack(
        {"Topic": {"Type": "AWS::SNS::Topic"}}, outputs={"X": {"Value": importing["Description"]}}
    )
    second = make_stack(
        {"Topic": {"Type": "AWS::SNS::Topic"}}, outputs={"X": {"Value": importing["Description"]}}
    )
    fill(ecr, image_name)

    plan = plan_deletion([inspect(clients, base)])
    outcomes = delete(clients, base, first, second)

    [obstacle] = plan.obstacles
    assert first in obstacle.why
    assert second in obstacle.why
    assert [each.stack for each in outcomes] == [first, second, base]
    assert {each.ending for each in outcomes} == {Ending.DELETED}


def test_what_a_stack_that_stays_imports_from_is_not_touched(
    clients: LabClients,
    make_stack: StackMaker,
    ecr: ECRClient,
    image_name: str,
    failing_token: str,
) -> None:
    """The exporter is skipped, its images included, when its importer cannot be deleted."""
    export = image_name.replace("/", "-")
    base = make_stack(
        {"Repository": repository(image_name)},
        outputs={"Name": {"Value": "x", "Export": {"Name": export}}},
    )
    importer = make_stack(
        {"Broken": broken(failing_token)}, outputs={"X": {"Value": {"Fn::ImportValue": export}}}
    )
    fill(ecr, image_name)

    failed, skipped = delete(clients, base, importer)

    assert failed.ending is Ending.FAILED
    assert skipped.ending is Ending.SKIPPED
    assert skipped.why == f"not started, because {importer} imports from it and is still there"
    assert len(digests(ecr, image_name)) == 3


def test_termination_protection_is_lifted_only_when_that_is_said(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """Without the permission the plan is refused; with it the stack goes."""
    name = make_stack({"Repository": repository(image_name)}, protected=True)
    fill(ecr, image_name)

    refused = plan_deletion([inspect(clients, name)])
    [outcome] = delete(clients, name, lift_protection=True)

    assert len(refused.obstacles) == 1
    assert outcome.ending is Ending.DELETED


def test_a_stack_that_has_changed_since_the_plan_is_not_touched(
    clients: LabClients,
    make_stack: StackMaker,
    cloudformation: CloudFormationClient,
    ecr: ECRClient,
    image_name: str,
) -> None:
    """Somebody retained the repository while the question waited: no image is deleted."""
    name = make_stack({"Repository": repository(image_name)})
    fill(ecr, image_name)
    plan = plan_deletion([inspect(clients, name)])
    template = {"Resources": {"Repository": repository(image_name, DeletionPolicy="Retain")}}
    cloudformation.update_stack(StackName=name, TemplateBody=json.dumps(template))
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )

    [outcome] = delete_stacks(DeletionContext(clients, threading.Event()), plan)

    assert outcome.ending is Ending.FAILED
    assert outcome.why == "it has changed since the plan was made: run this again"
    assert len(digests(ecr, image_name)) == 3


def test_images_are_looked_at_again_after_an_attempt_that_failed(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """The plan saw an empty repository; what was pushed since then goes in the second attempt."""
    name = make_stack({"Repository": repository(image_name)})
    plan = plan_deletion([inspect(clients, name)])
    fill(ecr, image_name)

    [outcome] = delete_stacks(DeletionContext(clients, threading.Event()), plan)

    assert outcome.ending is Ending.DELETED
    assert outcome.attempts == 2
    assert [(report.repository, report.deleted) for report in outcome.drained] == [(image_name, 3)]


def test_a_stack_that_somebody_else_deleted_meanwhile_is_done(
    clients: LabClients,
    make_stack: StackMaker,
    cloudformation: CloudFormationClient,
    image_name: str,
) -> None:
    """What was wanted is so."""
    name = make_stack({"Repository": repository(image_name)})
    plan = plan_deletion([inspect(clients, name)])
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )

    [outcome] = delete_stacks(DeletionContext(clients, threading.Event()), plan)

    assert outcome.ending is Ending.DELETED
    assert outcome.attempts == 0


def test_an_interrupt_before_the_start_touches_nothing(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """The stack is reported as not started."""
    name = make_stack({"Repository": repository(image_name)})
    fill(ecr, image_name)
    stop = threading.Event()
    stop.set()

    [outcome] = delete_stacks(
        DeletionContext(clients, stop), plan_deletion([inspect(clients, name)])
    )

    assert outcome.ending is Ending.INTERRUPTED
    assert outcome.why == "not started"
    assert len(digests(ecr, image_name)) == 3


def test_a_replication_rule_made_after_the_plan_keeps_every_image(
    clients: LabClients, make_stack: StackMaker, ecr: ECRClient, image_name: str
) -> None:
    """The rules are read again before the drains begin."""
    name = make_stack({"Repository": repository(image_name)})
    fill(ecr, image_name)
    plan = plan_deletion([inspect(clients, name)])
    put_rules(ecr, rule(("210987654321", "eu-west-1"), prefix=image_name))

    try:
        [outcome] = delete_stacks(DeletionContext(clients, threading.Event()), plan)
    finally:
        put_rules(ecr)

    assert (outcome.ending, outcome.attempts) == (Ending.FAILED, 0)
    assert outcome.why.startswith(f"{image_name}: deletions are replicated to 210987654321 in ")
    assert len(digests(ecr, image_name)) == 3
