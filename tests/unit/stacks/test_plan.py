"""What a plan of deletion drains, in which order it deletes, and what forbids it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from ecrdrain.stacks.imports import find_cycle
from ecrdrain.stacks.inspection import Inspection
from ecrdrain.stacks.plan import Obstacle, plan_deletion
from ecrdrain.stacks.replication import Destination, Replication
from ecrdrain.stacks.repositories import Drain
from ecrdrain.stacks.tree import is_busy
from tests.unit.stacks.trees import inspected, inspection, nested, stack, stack_id

if TYPE_CHECKING:
    from ecrdrain.stacks.inspection import InspectedRepository


def why(*inspections: Inspection, lift_protection: bool = False) -> list[str]:
    """Return what forbids the deletion."""
    plan = plan_deletion(inspections, lift_protection=lift_protection)
    return [each.why for each in plan.obstacles]


def order(*inspections: Inspection) -> list[str]:
    """Return the stacks in the order of the plan."""
    return [each.stack.name for each in plan_deletion(inspections).inspections]


def test_what_goes_away_with_images_is_drained_and_nothing_else() -> None:
    """Kept, native, empty and missing repositories are left alone; one with a drain is not."""
    plan = plan_deletion(
        [
            inspection(
                "web",
                inspected("blocks"),
                inspected("drained", drain=Drain("Drain", "web")),
                inspected("kept", fate="keep"),
                inspected("kept-with-drain", fate="keep", drain=Drain("Drain", "web")),
                inspected("native", empty_on_delete=True),
                inspected("empty", images=0),
            )
        ]
    )

    assert [each.repository.name for each in plan.drains] == ["blocks", "drained"]
    assert plan.obstacles == ()


def replicated(name: str, **attributes: Any) -> InspectedRepository:
    """Return a repository whose deletions are replicated."""
    there = Replication((Destination("210987654321", "eu-west-1"),))
    return replace(inspected(name, **attributes), replication=there)


def test_replicated_deletions_forbid_it_unless_they_are_accepted() -> None:
    """Repositories with the same destinations are named together."""
    web = inspection("web", replicated("app"), inspected("other"), replicated("api"))

    [obstacle] = why(web)

    assert obstacle.startswith("app, api: deletions are replicated to 210987654321 in eu-west-1, ")
    assert plan_deletion([web], accept_replicated=True).obstacles == ()


def test_replication_does_not_matter_where_nothing_is_drained() -> None:
    """Neither for what is kept or empty nor for what CloudFormation empties itself."""
    kept, native = replicated("kept", fate="keep"), replicated("native", empty_on_delete=True)

    assert why(inspection("web", kept, native, replicated("empty", images=0))) == []


def test_importers_are_deleted_before_what_they_import_from() -> None:
    """The order follows the imports, and is else the one given."""
    base = inspection("base", importers={"Token": ("middle",)})
    middle = inspection("middle", importers={"Other": ("top", "top-2")})

    assert order(inspection("alone"), base, middle, inspection("top"), inspection("top-2")) == [
        "alone",
        "top",
        "top-2",
        "middle",
        "base",
    ]


def test_an_import_by_a_nested_stack_counts_for_its_root() -> None:
    """ListImports names the nested stack, which goes with its root."""
    base = inspection("base", importers={"Token": ("child",)})
    root = Inspection(stack("root", nested("Child"), nested={"Child": stack("child")}))

    plan = plan_deletion([base, root])

    assert plan.obstacles == ()
    assert plan.waits_for == {stack_id("base"): {stack_id("root")}, stack_id("root"): set()}


def test_an_import_by_a_stack_that_stays_forbids_the_deletion() -> None:
    """The importers are named."""
    assert why(inspection("base", importers={"Token": ("web", "api")}), inspection("web")) == [
        (
            "its export Token is imported by api, which must be gone first: "
            "ecrdrain stack delete api base deletes all of them"
        )
    ]


def test_stacks_that_import_from_one_another_are_a_circle_that_is_named() -> None:
    """No order can delete them, so nothing is touched."""
    plan = plan_deletion(
        [
            inspection("a", importers={"A": ("b",)}),
            inspection("b", importers={"B": ("a",)}),
        ]
    )

    assert [each.stack.name for each in plan.inspections] == ["a", "b"]
    [obstacle] = plan.obstacles
    assert "in a circle: " in obstacle.why
    assert "a <- b" in obstacle.why or "b <- a" in obstacle.why


def test_without_a_circle_none_is_found() -> None:
    """A chain is no circle."""
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_termination_protection_forbids_the_deletion_unless_it_may_be_lifted() -> None:
    """The option that lifts it is named."""
    protected = inspection("web", protected=True)

    assert why(protected) == [
        "termination protection is on: say --disable-termination-protection to lift it"
    ]
    assert why(protected, lift_protection=True) == []


@pytest.mark.parametrize(
    ("status", "busy"),
    [
        ("CREATE_IN_PROGRESS", True),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", True),
        ("DELETE_IN_PROGRESS", True),
        ("UPDATE_ROLLBACK_FAILED", False),
        ("DELETE_FAILED", False),
        ("REVIEW_IN_PROGRESS", False),
    ],
)
def test_a_stack_in_the_middle_of_an_operation_is_not_raced(status: str, *, busy: bool) -> None:
    """Every *_IN_PROGRESS counts but that of a stack which waits for its first change set."""
    assert is_busy(status) is busy
    assert bool(why(inspection("web", status=status))) is busy


def test_a_nested_stack_is_refused_and_its_root_is_named() -> None:
    """Deleting a part of a tree is not what anybody means."""
    child = inspection("child", parent_id=stack_id("parent"), root_id=stack_id("root"))

    assert why(child) == ["it is nested: delete its root stack root instead"]


def test_an_unreadable_policy_forbids_the_deletion() -> None:
    """Where nobody can say whether CloudFormation keeps the repository, nothing is deleted."""
    [obstacle] = plan_deletion(
        [
            inspection(
                "web", inspected("app", fate="refuse", why="its DeletionPolicy cannot be read")
            )
        ]
    ).obstacles

    assert obstacle == Obstacle(
        "web",
        "it is not clear whether CloudFormation would keep app: its DeletionPolicy cannot "
        "be read. Write Delete or Retain and update the stack",
    )


def test_a_drain_that_says_never_forbids_the_deletion_while_there_are_images() -> None:
    """Whoever wrote OnDelete: Never wants the images to be deleted on purpose only."""
    never = Drain("Drain", "web", objection="says OnDelete: Never")

    [obstacle] = why(inspection("web", inspected("app", drain=never)))
    assert obstacle == (
        "Drain says OnDelete: Never, so app is not emptied: drain it by name "
        "(ecrdrain drain app) if you mean to"
    )
    assert why(inspection("web", inspected("app", images=0, drain=never))) == []


def test_a_deleted_stack_meets_no_obstacle() -> None:
    """There is nothing left to forbid."""
    gone = inspection("web", status="DELETE_COMPLETE", protected=True)

    assert why(gone) == []
