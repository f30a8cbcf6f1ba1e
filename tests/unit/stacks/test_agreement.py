"""Function and command come to the same decision about the same stack."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from cfnlint.decode import decode_str
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.fate.arns import repository_beside
from ecrdrain.fate.evidence import decide
from ecrdrain.fate.guard import verdict_of
from ecrdrain.stacks.repositories import find_fate, find_repositories, tree_in_deletion
from ecrdrain.stacks.tree import Resource
from ecrdrain.stacks.tree import Stack as Seen
from tests.effort import examples
from tests.unit.fate.cloudformation import REPOSITORY, STACK, CloudFormation, Stack, arn
from tests.unit.fate.real_templates import as_get_template_returns, real_templates
from tests.unit.fate.test_evidence import HELD_OR_NOT
from tests.unit.fate.test_policies_generated import damaged, templates

DONE = "CREATE_COMPLETE"
STYLES = {"block": False, "flow": True, "mixed": None}
PLAIN = {"Resources": {"Repository": {"Type": REPOSITORY}}}


def by_function(aws: CloudFormation, stack: str) -> tuple[str, object]:
    """Let the function decide on the repository "app"."""
    app = repository_beside(arn("root"), "app")
    decision = decide(aws.client, "WithRepository", arn(stack), app)
    return decision.verdict, decision.evidence["situation"]


def by_command(root: Seen) -> tuple[str, object]:
    """Let the command decide on the one repository of a tree."""
    [found] = find_repositories(root)
    [resource] = [
        each for stack in root.walk() for each in stack.resources if each.physical_id == "app"
    ]
    situation, why = find_fate(root, tree_in_deletion(root), resource)
    assert (found.fate, found.why) == (verdict_of(situation), why)
    return found.fate, situation.name


def seen(name: str, template: object, *rows: tuple[str, str, str, str], **more: object) -> Seen:
    """Return a stack as the command reads it, before its deletion."""
    resources = tuple(Resource(*row) for row in rows)
    return Seen(arn(name), name, DONE, resources=resources, template=template, **more)  # type: ignore[arg-type] # values of any attribute


def decisions(text: str, logical_id: str, status: str) -> list[tuple[str, object]]:
    """Delete a stack in which the template's resource is a repository, or is the stack of one."""
    body = as_get_template_returns(text)
    row = (logical_id, REPOSITORY, "app", status)
    alone = CloudFormation(root=Stack("DELETE_IN_PROGRESS", [row], template=text))
    found = [by_function(alone, "root")]
    if found[0][1] == "NO_OWNER":
        assert find_repositories(seen("root", body, row)) == []
    else:
        found.append(by_command(seen("root", body, row)))

    inner, outer = ("Repository", REPOSITORY, "app", DONE), (logical_id, STACK, arn("child"), DONE)
    around = text.replace(REPOSITORY, STACK)
    nested = CloudFormation(
        root=Stack("DELETE_IN_PROGRESS", [outer], template=around),
        child=Stack(DONE, [inner], parent="root", template=PLAIN),
    )
    child = seen("child", PLAIN, inner)
    root = seen("root", as_get_template_returns(around), outer, nested={logical_id: child})
    return [*found, by_function(nested, "root"), by_command(root)]


def assert_agreement(text: str, logical_ids: list[str], status: str = DONE) -> int:
    """Compare the decisions, and return how many there were."""
    for logical_id in logical_ids:
        found = decisions(text, logical_id, status)
        assert found[-2] == found[-1], (logical_id, text)
        assert len(found) == 3 or found[0] == found[1], (logical_id, text)
    return len(logical_ids)


@pytest.mark.once
def test_both_decide_the_same_on_hundreds_of_real_templates() -> None:
    """Each resource is taken for a repository, and for a nested stack around one."""
    compared = 0
    for _, text in real_templates():
        template, mistakes = decode_str(text)
        resources = template.get("Resources") if isinstance(template, dict) else None
        if not mistakes and isinstance(resources, dict):
            text = re.sub(r"AWS::\w+::\w+", REPOSITORY, text)  # noqa: PLW2901 - it stands for it
            compared += assert_agreement(text, [str(each) for each in resources])
    assert compared >= 1_200


@examples(50)
@given(
    template=templates(),
    style=st.sampled_from(("JSON", *STYLES)),
    status=st.sampled_from((DONE, "DELETE_FAILED", "UPDATE_COMPLETE", "DELETE_SKIPPED")),
)
def test_both_decide_the_same_however_a_template_is_written(
    template: dict[str, object], style: str, status: str
) -> None:
    """Block style, flow style and JSON: what one does not understand, neither does the other."""
    text = json.dumps(template)
    if style in STYLES:
        text = yaml.safe_dump(template, default_flow_style=STYLES[style], sort_keys=False)
    assert_agreement(text, ["A", "B"], status)


@examples(50)
@given(text=damaged())
def test_both_decide_the_same_on_damaged_templates(text: str) -> None:
    """Whatever the reader says of them, it says it to both."""
    assert_agreement(text, ["A", "B"])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"Resources:\n  R: {{Type: {REPOSITORY}, DeletionPolicy: Retain}}\n", "refuse"),
        (f"Resources: {{R: {{Type: {REPOSITORY}}}}}\n", "refuse"),
        (f"Resources:\n  R:\n    Type: {REPOSITORY}\n    DeletionPolicy: Retain\n", "keep"),
        (f"Resources:\n  R:\n    Type: {REPOSITORY}\n", "drain"),
    ],
)
def test_flow_style_is_unknown_to_both(text: str, verdict: str) -> None:
    """The reader knows block style; what it does not know is refused, not guessed."""
    assert {each for each, _ in decisions(text, "R", DONE)} == {verdict}


def app(status: str, logical_id: str = "R") -> tuple[str, str, str, str]:
    """List the repository "app"."""
    return (logical_id, REPOSITORY, "app", status)


def bucket(status: str) -> tuple[str, str, str, str]:
    """List something else."""
    return ("Bucket", "AWS::S3::Bucket", "bucket", status)


def child(status: str) -> tuple[str, str, str, str]:
    """List the nested stack "child"."""
    return ("Child", STACK, arn("child"), status)


STORIES = {
    "it was created": ([app(DONE)], "drain"),
    "a creation without rollback failed elsewhere": (
        [app(DONE), bucket("CREATE_FAILED")],
        "drain",
    ),
    "its name was taken": ([app("CREATE_FAILED")], "keep"),
    "its deletion failed": ([app("DELETE_FAILED")], "drain"),
    "its update failed": ([app("UPDATE_FAILED")], "drain"),
    "it was retained, then the deletion failed": (
        [app("DELETE_SKIPPED"), bucket("DELETE_FAILED")],
        "keep",
    ),
    "it was deleted, and one of its name made by hand": (
        [app("DELETE_COMPLETE"), bucket("DELETE_FAILED")],
        "keep",
    ),
    "it was imported": ([app("IMPORT_COMPLETE")], "drain"),
    "its import failed": ([app("IMPORT_FAILED")], "keep"),
    "its import was rolled back": ([app("IMPORT_ROLLBACK_COMPLETE")], "keep"),
    "it was let go, then imported": (
        [app("DELETE_SKIPPED", "Old"), app("IMPORT_COMPLETE")],
        "drain",
    ),
    "it was refactored into another stack": ([app("EXPORT_COMPLETE")], "keep"),
    "its refactoring failed": ([app("EXPORT_FAILED")], "keep"),
    "its refactoring was rolled back": ([app("EXPORT_ROLLBACK_COMPLETE")], "keep"),
    "it was refactored into the nested stack": ([app("EXPORT_COMPLETE"), child(DONE)], "drain"),
    "its stack was nested by an import": ([child("IMPORT_COMPLETE")], "drain"),
    "its nested stack failed to be deleted": ([child("DELETE_FAILED")], "drain"),
    "its nested stack was retained, then the deletion failed": (
        [child("DELETE_SKIPPED"), bucket("DELETE_FAILED")],
        "keep",
    ),
    "its nested stack was refactored into another": ([child("EXPORT_COMPLETE")], "keep"),
    "its nested stack was never created": ([child("CREATE_FAILED")], "keep"),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_command_spares_what_the_function_spares(story: str) -> None:
    """What CloudFormation does not certainly delete keeps its images, whoever drains."""
    rows, verdict = STORIES[story]
    inner = app("CREATE_COMPLETE")
    aws = CloudFormation(
        root=Stack("DELETE_IN_PROGRESS", rows), child=Stack(DONE, [inner], parent="root")
    )
    # The command follows nested stacks that are held (test_tree).
    nested = {
        row[0]: seen("child", aws.stacks[arn("child")].template, inner)
        for row in rows
        if row[1] == STACK and Resource(*row).held
    }
    root = seen("root", aws.stacks[arn("root")].template, *rows, nested=nested)

    by_the_command = {each.fate for each in find_repositories(root)} or {"keep"}

    assert by_function(aws, "root")[0] == verdict
    assert by_the_command == {verdict}


@pytest.mark.parametrize("status", [*HELD_OR_NOT, "SOMETHING_NEW"])
def test_the_command_takes_for_held_what_the_function_does(status: str) -> None:
    """There is one list of statuses."""
    found = find_repositories(seen("root", PLAIN, app(status, "Repository")))

    assert bool(found) is HELD_OR_NOT.get(status, False)
