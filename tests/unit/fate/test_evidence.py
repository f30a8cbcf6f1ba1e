"""Reading: what the guard is told, by how few calls, and what happens when it cannot be read."""

from functools import partial
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from ecrdrain.fate.arns import RepositoryArn
from ecrdrain.fate.evidence import (
    READS,
    StackReadError,
    StackTree,
    decide,
    read_stack,
)
from ecrdrain.fate.evidence import gather as gather_in
from ecrdrain.fate.guard import Evidence, HeldResource
from ecrdrain.fate.policies import Policies
from tests.unit.fate.cloudformation import HOME, REPOSITORY, STACK, CloudFormation, Stack, arn

APP = RepositoryArn("aws", "eu-west-1", "111122223333", "app")
ROW = ("Repository", REPOSITORY, "app", "CREATE_COMPLETE")
DRAIN = (
    "Drain",
    "Custom::EcrDrain",
    "arn:aws:ecr:eu-west-1:111122223333:repository/app",
    "CREATE_COMPLETE",
)
SILENT = Policies(deletion=None, update_replace=None)


def gather(cloudformation: Any, stack_id: str, repository: RepositoryArn) -> Evidence:
    """Read what the decision stands on, as the function does."""
    return gather_in(StackTree(partial(read_stack, cloudformation)), stack_id, repository)


def held(stack: str, logical_id: str, status: str) -> HeldResource:
    """Be a resource without policies in its stack."""
    return {
        "stack": arn(stack),
        "logical_id": logical_id,
        "status": status,
        "new_goes": False,
        **SILENT,
    }


def nested(name: str, status: str = "CREATE_COMPLETE") -> tuple[str, str, str, str]:
    """List a nested stack in its parent."""
    return (name.capitalize(), STACK, arn(name), status)


def article(root_status: str = "DELETE_IN_PROGRESS") -> CloudFormation:
    """Make the article's tree: the repository and its drain in stacks side by side."""
    held = [nested("ecr"), nested("drain"), nested("old", "DELETE_COMPLETE")]
    return CloudFormation(
        root=Stack(root_status, held),
        ecr=Stack("CREATE_COMPLETE", [ROW], parent="root"),
        drain=Stack("DELETE_IN_PROGRESS", [DRAIN], parent="root"),
    )


def test_a_repository_in_the_same_stack_takes_three_calls() -> None:
    """The stack itself, what it holds, and its template: that is all a plain teardown reads."""
    aws = CloudFormation(one=Stack("DELETE_IN_PROGRESS", [DRAIN, DRAIN, ROW]))
    assert gather(aws.client, arn("one"), APP) == {
        "repository": "app",
        "stack": arn("one"),
        "owners": [arn("one")],
        "statuses": {arn("one"): "DELETE_IN_PROGRESS"},
        "chain": [held("one", "Repository", "CREATE_COMPLETE")],
    }
    assert aws.calls == [
        ("ListStackResources", "one"),
        ("DescribeStacks", "one"),
        ("GetTemplate", "one"),
    ]


def test_a_repository_in_a_sibling_stack_is_found_over_the_root() -> None:
    """The chain goes from the repository up to the stack that is being deleted."""
    aws = article()
    assert gather(aws.client, arn("drain"), APP) == {
        "repository": "app",
        "stack": arn("drain"),
        "owners": [arn("ecr")],
        "statuses": {arn("ecr"): "CREATE_COMPLETE", arn("root"): "DELETE_IN_PROGRESS"},
        "chain": [
            held("ecr", "Repository", "CREATE_COMPLETE"),
            held("root", "Ecr", "CREATE_COMPLETE"),
        ],
    }
    assert ("ListStackResources", "old") not in aws.calls
    assert len(aws.calls) == len(set(aws.calls))


def test_a_repository_two_levels_down_is_found_from_the_root() -> None:
    """Stacks nested in nested stacks belong to the tree."""
    aws = CloudFormation(
        root=Stack("DELETE_IN_PROGRESS", [DRAIN, nested("middle")]),
        middle=Stack("UPDATE_COMPLETE", [nested("ecr")], parent="root"),
        ecr=Stack("CREATE_COMPLETE", [ROW], parent="middle"),
    )
    facts = gather(aws.client, arn("root"), APP)
    assert [each["logical_id"] for each in facts["chain"]] == ["Repository", "Ecr", "Middle"]


def test_the_chain_ends_at_the_lowest_stack_that_is_ending() -> None:
    """What is above a stack that is being deleted decides nothing, and need not be readable."""
    aws = article()
    aws.stacks[arn("ecr")].status = "DELETE_IN_PROGRESS"
    facts = gather(aws.client, arn("ecr"), APP)
    assert [each["stack"] for each in facts["chain"]] == [arn("ecr")]
    assert {stack for _, stack in aws.calls} == {"ecr"}


def test_without_an_ending_stack_the_chain_goes_to_the_root() -> None:
    """What would hold the repository back at the end of the tree is seen before that."""
    aws = article("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    facts = gather(aws.client, arn("drain"), APP)
    assert [each["stack"] for each in facts["chain"]] == [arn("ecr"), arn("root")]


def test_a_nested_stack_is_its_parents_while_it_is_created() -> None:
    """Its own resources ask before the parent lists it as complete."""
    aws = article("CREATE_IN_PROGRESS")
    aws.stacks[arn("root")].rows[0] = nested("ecr", "CREATE_IN_PROGRESS")
    aws.stacks[arn("root")].rows[1] = ("Later", STACK, "", "CREATE_IN_PROGRESS")
    facts = gather(aws.client, arn("ecr"), APP)
    assert [each["stack"] for each in facts["chain"]] == [arn("ecr"), arn("root")]


def test_the_latest_requests_flag_is_told() -> None:
    """DescribeStacks says whether a rollback deletes what the operation created."""
    aws = CloudFormation(one=Stack("ROLLBACK_IN_PROGRESS", [ROW], retain_except_on_create=True))
    aws.stacks[arn("one")].template = {
        "Resources": {"Repository": {"Type": REPOSITORY, "DeletionPolicy": "Retain"}}
    }
    decision = decide(aws.client, "WithRepository", arn("one"), APP)
    assert decision.verdict == "drain"


@pytest.mark.parametrize("status", ["DELETE_SKIPPED", "DELETE_COMPLETE"])
def test_a_nested_stack_that_was_let_go_does_not_end_with_its_parent(status: str) -> None:
    """A stack that its parent kept is cut off from the parent's fate."""
    aws = article()
    aws.stacks[arn("root")].rows[0] = nested("ecr", status)
    facts = gather(aws.client, arn("ecr"), APP)
    assert [each["stack"] for each in facts["chain"]] == [arn("ecr")]
    assert "owners" not in gather(aws.client, arn("drain"), APP)


HELD_OR_NOT = {
    # What the stack has created, and not deleted yet.
    "CREATE_COMPLETE": True,
    "UPDATE_IN_PROGRESS": True,
    "UPDATE_FAILED": True,
    "UPDATE_COMPLETE": True,
    "UPDATE_ROLLBACK_IN_PROGRESS": True,
    "UPDATE_ROLLBACK_COMPLETE": True,
    "UPDATE_ROLLBACK_FAILED": True,
    "DELETE_IN_PROGRESS": True,
    "DELETE_FAILED": True,
    # The name may be taken by another repository.
    "CREATE_IN_PROGRESS": False,
    "CREATE_FAILED": False,
    # Let go, and listed for a while longer.
    "DELETE_COMPLETE": False,
    "DELETE_SKIPPED": False,
    # Only what has been imported is the stack's.
    "IMPORT_COMPLETE": True,
    "IMPORT_IN_PROGRESS": False,
    "IMPORT_FAILED": False,
    "IMPORT_ROLLBACK_IN_PROGRESS": False,
    "IMPORT_ROLLBACK_FAILED": False,
    "IMPORT_ROLLBACK_COMPLETE": False,
    # Moved to another stack, or to be moved, or perhaps back.
    "EXPORT_IN_PROGRESS": False,
    "EXPORT_FAILED": False,
    "EXPORT_COMPLETE": False,
    "EXPORT_ROLLBACK_IN_PROGRESS": False,
    "EXPORT_ROLLBACK_FAILED": False,
    "EXPORT_ROLLBACK_COMPLETE": False,
    # Of stacks, whose events share the enumeration.
    "ROLLBACK_IN_PROGRESS": False,
    "ROLLBACK_COMPLETE": False,
    "ROLLBACK_FAILED": False,
}


def test_every_status_of_a_resource_is_decided() -> None:
    """Botocore's model of CloudFormation lists them; a new one is not held until it is here."""
    model: Any = CloudFormation().client.meta.service_model
    assert set(HELD_OR_NOT) == set(model.shape_for("ResourceStatus").enum)


@pytest.mark.parametrize("status", [*HELD_OR_NOT, "SOMETHING_NEW"])
def test_only_what_a_stack_certainly_holds_ends_with_it(status: str) -> None:
    """A row that may stand for something else is nobody's, and keeps its images."""
    aws = CloudFormation(one=Stack("DELETE_IN_PROGRESS", [("R", REPOSITORY, "app", status)]))
    decision = decide(aws.client, "WithRepository", arn("one"), APP)
    held = HELD_OR_NOT.get(status, False)
    assert decision.evidence["situation"] == ("DELETED" if held else "NO_OWNER")


def test_a_repository_that_was_moved_to_another_stack_belongs_to_that_one() -> None:
    """After a refactoring the old row says EXPORT_COMPLETE, the new one IMPORT_COMPLETE."""
    aws = article()
    exported = ("Old", REPOSITORY, "app", "EXPORT_COMPLETE")
    aws.stacks[arn("drain")].rows.append(exported)
    aws.stacks[arn("ecr")].rows[0] = (*ROW[:3], "IMPORT_COMPLETE")
    facts = gather(aws.client, arn("drain"), APP)
    assert facts["owners"] == [arn("ecr")]
    assert [each["logical_id"] for each in facts["chain"]] == ["Repository", "Ecr"]


def test_a_nested_stack_that_was_moved_out_of_the_tree_is_not_of_it() -> None:
    """Its new root decides, and that one is not being deleted."""
    aws = article()
    aws.stacks[arn("root")].rows[0] = nested("ecr", "EXPORT_COMPLETE")
    decision = decide(aws.client, "WithRepository", arn("drain"), APP)
    assert decision.evidence["situation"] == "NO_OWNER"


def test_a_repository_that_the_first_deletion_retained_is_kept_in_the_second() -> None:
    """The stack failed on something else, and lists the repository as skipped."""
    aws = CloudFormation(
        one=Stack(
            "DELETE_IN_PROGRESS",
            [("Repository", REPOSITORY, "app", "DELETE_SKIPPED"), (*DRAIN[:3], "DELETE_FAILED")],
        )
    )
    decision = decide(aws.client, "WithRepository", arn("one"), APP)
    assert (decision.verdict, decision.evidence["situation"]) == ("keep", "NO_OWNER")


@pytest.mark.parametrize("status", ["DELETE_SKIPPED", "DELETE_COMPLETE", "CREATE_FAILED"])
def test_a_repository_that_was_let_go_or_never_created_has_no_owner(status: str) -> None:
    """What a stack only lists for the record does not make it the owner."""
    aws = CloudFormation(one=Stack("DELETE_IN_PROGRESS", [(*ROW[:3], status)]))
    assert gather(aws.client, arn("one"), APP) == {"repository": "app", "stack": arn("one")}


def test_another_kind_of_resource_with_the_repository_s_name_is_no_owner() -> None:
    """The physical id alone proves nothing."""
    aws = CloudFormation(
        one=Stack(
            "DELETE_IN_PROGRESS",
            [
                ("Bucket", "AWS::S3::Bucket", "app", "CREATE_COMPLETE"),
                ("New", REPOSITORY, "", "CREATE_IN_PROGRESS"),
            ],
        )
    )
    assert gather(aws.client, arn("one"), APP).get("owners") is None


def test_two_owners_are_both_told() -> None:
    """A repository that several stacks list is not decided on the first of them."""
    aws = article()
    aws.stacks[arn("root")].rows.append(ROW)
    assert gather(aws.client, arn("drain"), APP)["owners"] == [arn("root"), arn("ecr")]
    assert decide(aws.client, "WithRepository", arn("drain"), APP).verdict == "refuse"


@pytest.mark.parametrize(
    "repository",
    [
        RepositoryArn("aws", "eu-west-1", "999988887777", "app"),
        RepositoryArn("aws", "us-east-1", "111122223333", "app"),
        RepositoryArn("aws-cn", "cn-north-1", "111122223333", "app"),
    ],
)
def test_a_repository_elsewhere_is_told_without_a_call(repository: RepositoryArn) -> None:
    """A stack holds repositories of its own account and region only."""
    aws = article()
    for stack_id in (arn("root"), ""):
        decision = decide(aws.client, "WithRepository", stack_id, repository)
        assert (decision.verdict, decision.evidence["situation"]) == ("keep", "ELSEWHERE")
    assert aws.calls == []


def test_stacks_that_name_each_other_as_parents_are_read_once() -> None:
    """A circle, which AWS never makes, ends the way up."""
    aws = CloudFormation(
        one=Stack("DELETE_IN_PROGRESS", [nested("two")], parent="two"),
        two=Stack("DELETE_IN_PROGRESS", [nested("one")], parent="one"),
    )
    assert gather(aws.client, arn("one"), APP).get("owners") is None
    assert len(aws.calls) == 4


UPDATED = ("Repository", REPOSITORY, "new", "UPDATE_COMPLETE")
STARTED = ("one", arn("one"), "UPDATE_IN_PROGRESS")
RENAMED = [
    ("one", arn("one"), "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
    ("Repository", "new", "UPDATE_COMPLETE"),
    ("Repository", "new", "UPDATE_IN_PROGRESS"),
    ("Repository", "app", "UPDATE_IN_PROGRESS"),
    ("Repository", "", "UPDATE_IN_PROGRESS"),
    STARTED,
]


def updating(
    events: list[tuple[str, str, str]],
    *rows: tuple[str, str, str, str],
    status: str = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
) -> CloudFormation:
    """Make a stack that is being updated."""
    return CloudFormation(one=Stack(status, list(rows or [UPDATED]), events=events))


@pytest.mark.parametrize(
    "status",
    [
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    ],
)
def test_a_renamed_repository_is_found_in_the_events_of_the_update(status: str) -> None:
    """The resource that was the repository is told, with the policies it has now."""
    aws = updating(RENAMED, status=status)
    assert gather(aws.client, arn("one"), APP) == {
        "repository": "app",
        "stack": arn("one"),
        "statuses": {arn("one"): status},
        "replaced": held("one", "Repository", "UPDATE_COMPLETE"),
    }


def test_a_renamed_repository_is_found_in_a_sibling_stack() -> None:
    """The drain need not be in the owner's stack."""
    aws = article("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    ecr = aws.stacks[arn("ecr")]
    ecr.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    ecr.rows[0] = UPDATED
    ecr.events = [("Repository", "app", "UPDATE_IN_PROGRESS"), ("ecr", arn("ecr"), STARTED[2])]
    facts = gather(aws.client, arn("drain"), APP)
    assert facts["replaced"] == held("ecr", "Repository", "UPDATE_COMPLETE")
    assert list(facts["statuses"]) == [arn("ecr"), arn("root")]
    assert ("DescribeStackEvents", "root") not in aws.calls


NO_PROOF = {
    "before the update": [STARTED, ("Repository", "app", "CREATE_COMPLETE")],
    "a start that is not known": RENAMED[:-1],
    "no events": [],
    "another resource": [("Other", "app", "UPDATE_IN_PROGRESS"), STARTED],
    "another repository": [("Repository", "apple", "UPDATE_IN_PROGRESS"), STARTED],
}


@pytest.mark.parametrize("what", NO_PROOF)
def test_events_that_prove_no_replacement_are_not_taken_for_one(what: str) -> None:
    """Only the update under way counts, and only a resource that is another repository now."""
    aws = updating(NO_PROOF[what])
    assert gather(aws.client, arn("one"), APP) == {"repository": "app", "stack": arn("one")}


def test_a_stack_without_repositories_has_replaced_none() -> None:
    """The events of the drain's own stack are not read when it holds no repository."""
    aws = updating(RENAMED, DRAIN)
    assert gather(aws.client, arn("one"), APP) == {"repository": "app", "stack": arn("one")}
    assert ("DescribeStackEvents", "one") not in aws.calls


@pytest.mark.parametrize(
    "status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "DELETE_IN_PROGRESS"]
)
def test_an_update_that_is_over_is_not_looked_at(status: str) -> None:
    """A repository renamed in the past, and made again by hand, is nobody's."""
    aws = updating(RENAMED, status=status)
    assert "replaced" not in gather(aws.client, arn("one"), APP)
    assert ("DescribeStackEvents", "one") not in aws.calls


ACTIONS = ["DescribeStacks", "ListStackResources", "GetTemplate"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_denied_read_is_a_refusal_that_names_the_grant(action: str, code: str) -> None:
    """The operator learns which action to grant on which ARN."""
    aws = article()
    aws.fail(action, "root", code)
    decision = decide(aws.client, "WithRepository", arn("drain"), APP)
    assert decision.verdict == "refuse"
    assert f"cloudformation:{action} on {HOME}/root/*" in decision.why
    assert "grant the function's role" in decision.why
    with pytest.raises(StackReadError) as caught:
        gather(aws.client, arn("drain"), APP)
    assert caught.value.cause.denied
    assert caught.value.grant == f"cloudformation:{action} on {HOME}/root/*"


def test_denied_events_are_a_refusal() -> None:
    """The events are read only when no stack lists the repository."""
    aws = updating(RENAMED)
    aws.fail("DescribeStackEvents", "one")
    decision = decide(aws.client, "WithRepository", arn("one"), APP)
    assert decision.verdict == "refuse"
    assert "cloudformation:DescribeStackEvents" in decision.why


@pytest.mark.parametrize("code", ["ValidationError", "InternalFailure"])
def test_any_other_failure_to_read_is_a_refusal_without_a_grant(code: str) -> None:
    """What is not known is not decided, and the operator is not sent after permissions."""
    aws = article()
    aws.fail("ListStackResources", "ecr", code)
    decision = decide(aws.client, "WithRepository", arn("drain"), APP)
    assert decision.verdict == "refuse"
    assert code in decision.why
    assert "grant" not in decision.why


def test_an_answer_that_never_comes_is_a_refusal() -> None:
    """What botocore itself raises counts as well as what AWS answers."""
    aws = article()
    aws.fail("GetTemplate", "ecr", EndpointConnectionError(endpoint_url="https://aws"))
    decision = decide(aws.client, "WithRepository", arn("drain"), APP)
    assert decision.verdict == "refuse"
    assert "EndpointConnectionError" in decision.why


def test_never_reads_nothing() -> None:
    """OnDelete can decide alone, with a role that may read no stack."""
    aws = article()
    assert decide(aws.client, "Never", arn("drain"), APP).verdict == "keep"
    assert aws.calls == []


def by_hand(status: str, parent: str | None = None, root: str = "") -> CloudFormation:
    """Make a stack with a drain and no repository."""
    stacks = {"one": Stack(status, [DRAIN], parent=parent)}
    if parent:
        stacks[parent] = Stack(root, [nested("one")])
    return CloudFormation(**stacks)


@pytest.mark.parametrize(
    "status",
    ["DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_IN_PROGRESS"],
)
def test_always_drains_what_no_stack_holds(status: str) -> None:
    """It asks only whether something is being rolled back."""
    aws = by_hand(status)
    assert decide(aws.client, "Always", arn("one"), APP).evidence["situation"] == "ALWAYS"
    assert aws.calls == [("DescribeStacks", "one")]


@pytest.mark.parametrize(
    "status",
    [
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
    ],
)
def test_always_keeps_in_a_rollback_what_no_stack_deletes(status: str) -> None:
    """The rollback removes the drain, not the repository; in a nested stack as well."""
    assert decide(by_hand(status).client, "Always", arn("one"), APP).verdict == "keep"
    tree = by_hand("DELETE_IN_PROGRESS", "root", status)
    assert decide(tree.client, "Always", arn("one"), APP).verdict == "keep"


def test_always_drains_in_a_rollback_what_the_rollback_deletes() -> None:
    """As WithRepository does: the creation failed, and the stack's own repository goes."""
    aws = CloudFormation(one=Stack("ROLLBACK_IN_PROGRESS", [ROW]))
    assert decide(aws.client, "Always", arn("one"), APP).evidence["situation"] == "DELETED"


def test_always_drains_with_a_role_that_may_read_no_stack() -> None:
    """The article's role is one; the log says what it takes to see a rollback."""
    aws = by_hand("ROLLBACK_IN_PROGRESS")
    aws.fail("DescribeStacks", "one")
    decision = decide(aws.client, "Always", arn("one"), APP)
    assert decision.verdict == "drain"
    assert "without cloudformation:DescribeStacks on" in decision.why


def test_always_refuses_when_the_stack_cannot_be_read_for_another_reason() -> None:
    """Throttled, for instance: it may be a rollback."""
    aws = by_hand("DELETE_IN_PROGRESS")
    aws.fail("DescribeStacks", "one", "Throttling")
    decision = decide(aws.client, "Always", arn("one"), APP)
    assert (decision.verdict, decision.evidence["situation"]) == ("refuse", "NOT_READABLE")


@pytest.mark.parametrize("action", ["ListStackResources", "GetTemplate"])
def test_always_refuses_in_a_rollback_what_it_may_not_read_further(action: str) -> None:
    """It has seen the rollback: what it may not read then is needed, as under WithRepository."""
    aws = CloudFormation(one=Stack("ROLLBACK_IN_PROGRESS", [ROW]))
    aws.fail(action, "one")
    assert decide(aws.client, "Always", arn("one"), APP).verdict == "refuse"


def test_always_sees_the_rollback_of_its_own_stack_though_it_may_not_read_the_one_around() -> None:
    """The role of standalone.yaml reads its own stack alone; nothing is drained blindly."""
    aws = by_hand("UPDATE_ROLLBACK_IN_PROGRESS", "root", "UPDATE_ROLLBACK_IN_PROGRESS")
    aws.fail("DescribeStacks", "root")
    assert decide(aws.client, "Always", arn("one"), APP).verdict != "drain"


def test_always_drains_where_cloudformation_is_out_of_reach() -> None:
    """A function in a VPC may have a way to ECR alone; the log says what it cannot see."""
    aws = by_hand("DELETE_IN_PROGRESS")
    aws.fail("DescribeStacks", "one", EndpointConnectionError(endpoint_url="https://aws"))
    decision = decide(aws.client, "Always", arn("one"), APP)
    assert (decision.verdict, decision.evidence["situation"]) == ("drain", "BLIND")
    assert "no rollback is seen" in decision.why


def test_a_mode_that_is_not_known_is_left_to_the_guard() -> None:
    """A mistake in OnDelete must not decide, least of all by the name of some situation."""
    aws = CloudFormation(one=Stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", [ROW]))
    assert decide(aws.client, "DELETED", arn("one"), APP).verdict == "keep"


def test_with_repository_decides_on_what_it_reads() -> None:
    """The whole way: the article's root stack is deleted, and its repository drained."""
    aws = article()
    decision = decide(aws.client, "WithRepository", arn("drain"), APP)
    assert decision.verdict == "drain"
    assert decision.evidence["situation"] == "DELETED"


def test_yaml_templates_are_read_too() -> None:
    """GetTemplate returns YAML as text."""
    aws = CloudFormation(one=Stack("DELETE_IN_PROGRESS", [ROW]))
    aws.stacks[
        arn("one")
    ].template = (
        "Resources:\n  Repository:\n    Type: AWS::ECR::Repository\n    DeletionPolicy: Retain\n"
    )
    [repository] = gather(aws.client, arn("one"), APP)["chain"]
    assert repository["deletion"] == "Retain"


def test_every_read_belongs_to_an_action_of_its_own() -> None:
    """The templates' policies can be checked against this list."""
    assert list(READS) == [
        "list_stack_resources",
        "get_template",
        "describe_stack_events",
        "describe_stacks",
    ]
