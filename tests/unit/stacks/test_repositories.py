"""What becomes of a stack's repositories."""

from __future__ import annotations

import pytest

from ecrdrain.stacks.repositories import (
    Drain,
    Judgement,
    StackRepository,
    Verdict,
    find_repositories,
    is_drain,
    judge,
)
from ecrdrain.stacks.survey import ABSENT, Survey
from ecrdrain.stacks.tree import Resource, Stack
from tests.unit.stacks.trees import arn, drain, nested, resource, stack, stack_id

FULL = Survey(images=3)
EMPTY = Survey()
ATTACHED = Drain("Drain", "web")
NEVER = Drain("Drain", "web", objection="says OnDelete: Never")
DEAD = Drain("Drain", "web", function_gone=True)


def owned(**attributes: object) -> StackRepository:
    """Return a repository with what the test is about."""
    facts = {"name": "app", "registry": "private", "logical_id": "R", "stack": "web"}
    facts["why"] = "the reason"
    return StackRepository(stack_id=stack_id("web"), **{**facts, **attributes})  # type: ignore[arg-type] # values of any attribute


@pytest.mark.parametrize(
    ("repository", "found", "verdict"),
    [
        (owned(), FULL, Verdict.BLOCKS),
        (owned(), EMPTY, Verdict.NATIVE),
        (owned(), ABSENT, Verdict.GONE),
        (owned(empty_on_delete=True), FULL, Verdict.NATIVE),
        (owned(drain=ATTACHED), FULL, Verdict.DRAINED),
        (owned(drain=ATTACHED), EMPTY, Verdict.DRAINED),
        (owned(drain=ATTACHED, empty_on_delete=True), FULL, Verdict.NATIVE),
        (owned(drain=NEVER), FULL, Verdict.BLOCKS),
        (owned(drain=DEAD), FULL, Verdict.BLOCKS),
        (owned(drain=DEAD), EMPTY, Verdict.BLOCKS),
        (owned(drain=DEAD, fate="keep"), FULL, Verdict.KEPT),
        (owned(drain=NEVER), EMPTY, Verdict.NATIVE),
        (owned(fate="keep"), FULL, Verdict.KEPT),
        (owned(fate="keep", drain=ATTACHED), FULL, Verdict.KEPT),
        (owned(fate="keep", empty_on_delete=True), FULL, Verdict.KEPT),
        (owned(fate="refuse"), FULL, Verdict.UNKNOWN),
        (owned(fate="refuse", drain=ATTACHED), FULL, Verdict.UNKNOWN),
        (owned(fate="refuse", empty_on_delete=True), FULL, Verdict.UNKNOWN),
        (owned(fate="keep"), ABSENT, Verdict.GONE),
    ],
)
def test_the_verdict_follows_the_table(
    repository: StackRepository, found: Survey, verdict: Verdict
) -> None:
    """Kept beats everything but absence, and doubt beats whatever would delete."""
    judgement = judge(repository, found)

    assert judgement.verdict is verdict
    assert judgement.why


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_a_policy_that_retains_keeps_the_repository(policy: str) -> None:
    """Both retaining policies hold when a stack is deleted, its creation long over."""
    [found] = find_repositories(stack("web", resource("R", policy=policy)))

    assert found.deletion_policy == policy
    assert (found.fate, found.why) == ("keep", "the DeletionPolicy of R in web keeps it")


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_retained_nested_stack_keeps_all_repositories_below_it(depth: int) -> None:
    """However deep the repository stands, the Retain of a stack around it keeps it."""
    inner = stack(f"level{depth}", resource("R"))
    for level in range(depth, 0, -1):
        policy = "Retain" if level == 1 else None
        holder = nested(f"Level{level}", policy)
        inner = stack(f"level{level - 1}", holder, nested={f"Level{level}": inner})

    [found] = find_repositories(inner)

    assert (found.fate, found.why) == ("keep", "the DeletionPolicy of Level1 in level0 keeps it")
    assert found.stack == f"level{depth}"


@pytest.mark.parametrize("policy", [{"Ref": "Policy"}, "Snapshot"])
def test_a_policy_that_is_no_answer_is_doubt(policy: object) -> None:
    """Neither a computed policy nor one that repositories do not have is guessed at."""
    [found] = find_repositories(stack("web", resource("R", policy=policy)))

    assert (found.fate, found.deletion_policy) == ("refuse", None)
    assert found.why == "the DeletionPolicy of R in web cannot be read"


def test_a_computed_policy_of_a_nested_stack_is_doubt_about_all_in_it() -> None:
    """What is around a repository must be readable as well."""
    child = stack("child", resource("R"))
    root = stack("root", nested("Child", {"Ref": "Policy"}), nested={"Child": child})

    [found] = find_repositories(root)

    assert found.fate == "refuse"
    assert found.why == "the DeletionPolicy of Child in root cannot be read"


def test_a_repository_that_the_template_no_longer_holds_is_doubt() -> None:
    """Its DeletionPolicy is gone with its declaration."""
    root = stack("web", Resource("R", "AWS::ECR::Repository", "app", "DELETE_FAILED"))

    [found] = find_repositories(root)

    assert found.fate == "refuse"
    assert not found.empty_on_delete


def test_a_repository_that_two_stacks_hold_is_doubt() -> None:
    """Each may keep it, so none of them decides alone."""
    child = stack("child", resource("S", physical_id="app"))
    root = stack(
        "root", resource("R", physical_id="app"), nested("Child"), nested={"Child": child}
    )

    assert [(each.logical_id, each.fate, each.why) for each in find_repositories(root)] == [
        ("R", "refuse", "several stacks list it"),
        ("S", "refuse", "several stacks list it"),
    ]


def test_deleted_and_unmade_resources_are_no_repositories() -> None:
    """A resource that is gone, or that never came to be, is not the stack's any more."""
    gone = resource("Gone", status="DELETE_COMPLETE")
    unmade = Resource("Unmade", gone.type, "", "CREATE_COMPLETE")
    other = resource("Bucket", "AWS::S3::Bucket")

    assert find_repositories(stack("web", gone, unmade, other)) == []


@pytest.mark.parametrize(
    "status", ["DELETE_SKIPPED", "CREATE_FAILED", "EXPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"]
)
def test_what_the_stack_let_go_or_failed_to_create_is_not_drained(status: str) -> None:
    """The deletion of the stack does not delete it, though it is listed with its name."""
    root = stack("web", resource("R", physical_id="app", status=status))

    assert find_repositories(root) == []


def test_public_repositories_are_told_from_private_ones() -> None:
    """The registry follows from the resource type."""
    root = stack("web", resource("A"), resource("B", "AWS::ECR::PublicRepository"))

    assert [each.registry for each in find_repositories(root)] == ["private", "public"]


def test_a_drain_is_known_by_its_physical_id_wherever_it_stands_in_the_tree() -> None:
    """A drain in one nested stack can empty a repository in another."""
    root = stack(
        "root",
        nested("Ecr"),
        nested("Drains"),
        nested={
            "Ecr": stack("ecr", resource("R", physical_id="app")),
            "Drains": stack("drains", drain("Drain", "app")),
        },
    )

    [found] = find_repositories(root)

    assert found.drain == Drain("Drain", "drains")


def test_a_custom_resource_of_another_type_counts_by_its_physical_id() -> None:
    """Old templates call the resource Custom::CustomResource; its function can be ours."""
    root = stack(
        "web",
        resource("R", physical_id="app"),
        resource("C", "Custom::CustomResource", arn("app")),
    )

    [found] = find_repositories(root)

    assert found.drain == Drain("C", "web")


@pytest.mark.parametrize("where", ["drain", "nested stack"])
def test_a_retained_drain_empties_nothing(where: str) -> None:
    """CloudFormation sends no Delete to what it keeps."""
    kept = drain("Drain", "app", policy="Retain" if where == "drain" else None)
    root = stack(
        "root",
        resource("R", physical_id="app"),
        nested("Drains", "Retain" if where == "nested stack" else None),
        nested={"Drains": stack("drains", kept)},
    )

    [found] = find_repositories(root)

    assert found.drain is None


@pytest.mark.parametrize("value", ["Never", {"Ref": "OnDelete"}])
def test_on_delete_never_is_seen_as_literal_and_as_parameter(value: object) -> None:
    """The rendered standalone template passes OnDelete through a parameter."""
    root = stack(
        "web",
        resource("R", physical_id="app"),
        drain("Drain", "app", OnDelete=value),
        parameters={"OnDelete": "Never"},
    )

    [found] = find_repositories(root)

    assert found.drain == Drain("Drain", "web", objection="says OnDelete: Never")


@pytest.mark.parametrize(
    "value", [{"Fn::If": ["A", "Never", "Always"]}, {"Ref": "Unknown"}, {"Fn::ImportValue": "X"}]
)
def test_an_on_delete_that_cannot_be_read_may_be_never(value: object) -> None:
    """Images that somebody may want to keep are not deleted on a guess."""
    root = stack("web", resource("R", physical_id="app"), drain("Drain", "app", OnDelete=value))

    [found] = find_repositories(root)

    assert judge(found, FULL) == Judgement(
        Verdict.BLOCKS, "Drain has an OnDelete that cannot be read"
    )


@pytest.mark.parametrize(
    ("value", "empties"),
    [
        (True, True),
        ("true", True),
        ({"Ref": "Empty"}, True),
        (False, False),
        ("false", False),
        ({"Ref": "Unknown"}, False),
        ({"Fn::If": ["A", True, False]}, False),
    ],
)
def test_empty_on_delete_counts_only_when_it_can_be_read(value: object, *, empties: bool) -> None:
    """A literal or a parameter can be read; a condition is taken for no."""
    root = stack("web", resource("R", EmptyOnDelete=value), parameters={"Empty": "true"})

    [found] = find_repositories(root)

    assert found.empty_on_delete is empties


@pytest.mark.parametrize(
    ("type_", "physical_id", "expected"),
    [
        ("Custom::EcrDrain", arn("app"), True),
        ("Custom::EcrDrain", "failed-before-it-had-one", True),
        ("Custom::Anything", arn("app"), True),
        ("AWS::CloudFormation::CustomResource", arn("app"), True),
        ("Custom::EcrRepository", arn("made-by-the-custom-resource"), False),
        ("Custom::Anything", "2024/01/01/[$LATEST]0f", False),
        ("AWS::ECR::Repository", arn("app"), False),
    ],
)
def test_only_what_stands_for_nothing_is_a_drain(
    type_: str, physical_id: str, *, expected: bool
) -> None:
    """A custom resource that may itself be a repository must never be let go of."""
    assert is_drain(stack_id("web"), resource("X", type_, physical_id), {"app"}) is expected


def with_drain(properties: dict[str, object], *, reason: str = "", **more: object) -> Stack:
    """Make a stack whose drain has these properties, and perhaps has failed."""
    status = "DELETE_FAILED" if reason else "CREATE_COMPLETE"
    drain_arn = "arn:aws:ecr:eu-west-1:111122223333:repository/app"
    return Stack(
        arn("web"),
        "web",
        "CREATE_COMPLETE",
        resources=(
            Resource("R", "AWS::ECR::Repository", "app", "CREATE_COMPLETE"),
            Resource("Drain", "Custom::EcrDrain", drain_arn, status, reason),
        ),
        template={
            "Resources": {
                "R": {"Type": "AWS::ECR::Repository"},
                "Drain": {"Type": "Custom::EcrDrain", "Properties": properties, **more},
            }
        },
    )


@pytest.mark.parametrize(
    ("stack", "verdict", "why"),
    [
        (with_drain({"RepositoryName": {"Ref": "R"}}), Verdict.DRAINED, "by Drain"),
        (
            with_drain({"RepositoryName": "app"}),
            Verdict.DRAINED,
            "by Drain, but in no certain order: add DependsOn or !Ref",
        ),
        (with_drain({"RepositoryName": "app"}, DependsOn="R"), Verdict.DRAINED, "by Drain"),
        (
            with_drain({"RepositoryName": {"Ref": "R"}}, reason="images are left"),
            Verdict.BLOCKS,
            "Drain failed: images are left",
        ),
    ],
)
def test_a_drain_is_believed_as_far_as_it_can_be(stack: Stack, verdict: Verdict, why: str) -> None:
    """One that may come too late says so, and one that has just failed is none."""
    [found] = find_repositories(stack)
    assert judge(found, Survey(images=3)) == Judgement(verdict, why)
