"""The guard's table, row by row."""

from dataclasses import replace

import pytest

from ecrdrain.resource.guard import (
    TABLE,
    Decision,
    Evidence,
    Link,
    Verdict,
    decide_by,
    going_away,
)
from ecrdrain.resource.policies import UNKNOWN, Policies

OWNER, PARENT, ROOT, OTHER = (
    f"arn:stack/{name}/1" for name in ("owner", "parent", "root", "other")
)

SILENT = Policies(present=True, deletion=None, update_replace=None)
GONE = Policies(present=False)
NOT_UNDERSTOOD = Policies()


def policy(word: str | None) -> Policies:
    """Have a template say this DeletionPolicy."""
    return replace(SILENT, deletion=word)


def on_replacement(word: str | None) -> Policies:
    """Have a template say this UpdateReplacePolicy."""
    return replace(SILENT, update_replace=word)


def listed(
    *statuses: str,
    repository: Policies = SILENT,
    above: Policies = SILENT,
    status: str = "CREATE_COMPLETE",
) -> Evidence:
    """Have the stacks from the owner up with these statuses, and the policies in each."""
    stacks = (OWNER, PARENT, ROOT)[: len(statuses)]
    links = [Link(stacks[0], "Repository", status, repository)]
    links += [Link(stack, "Nested", "CREATE_COMPLETE", above) for stack in stacks[1:]]
    return Evidence(
        "app",
        OWNER,
        owners=(OWNER,),
        statuses=dict(zip(stacks, statuses, strict=True)),
        chain=tuple(links),
    )


def replaced(*statuses: str, policies: Policies = SILENT, asking: str = OWNER) -> Evidence:
    """Have the repository replaced in an update; statuses from the owner up."""
    return Evidence(
        "app",
        asking,
        statuses=dict(zip((OWNER, ROOT), statuses, strict=False)),
        replaced=Link(OWNER, "Repository", "UPDATE_COMPLETE", policies),
    )


DELETE, ROLLBACK = "DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"
UPDATE, CLEANUP = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
UPDATE_ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"
ROLLBACK_CLEANUP = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
DONE = "CREATE_COMPLETE"
RETAIN, DELETED, EXCEPT = policy("Retain"), policy("Delete"), policy("RetainExceptOnCreate")

CASES: dict[str, tuple[Evidence, str, Verdict]] = {
    # The owner or an ancestor is being deleted.
    "deleted, no policy": (listed(DELETE), "ending, drain", "drain"),
    "deleted, Delete": (listed(DELETE, repository=DELETED), "ending, drain", "drain"),
    "deleted with its parent": (listed(DONE, DELETE), "ending, drain", "drain"),
    "deleted with its root": (listed(DONE, DONE, DELETE, above=DELETED), "ending, drain", "drain"),
    "deleted, Retain": (listed(DELETE, repository=RETAIN), "ending, keep", "keep"),
    "deleted with its root, Retain": (
        listed(DONE, DELETE, repository=RETAIN),
        "ending, keep",
        "keep",
    ),
    "deleted with its root, Retain on the nested stack": (
        listed(DONE, DELETE, above=RETAIN),
        "ending, keep",
        "keep",
    ),
    "deleted with its root, Retain on a stack between": (
        listed(DONE, DONE, DELETE, above=RETAIN),
        "ending, keep",
        "keep",
    ),
    "deleted, RetainExceptOnCreate": (listed(DELETE, repository=EXCEPT), "ending, keep", "keep"),
    "deleted with its root, RetainExceptOnCreate on the nested stack": (
        listed(DONE, DELETE, above=EXCEPT),
        "ending, keep",
        "keep",
    ),
    "deleted again after its drain failed": (
        listed(DELETE, status="DELETE_FAILED"),
        "ending, drain",
        "drain",
    ),
    # The creation is rolled back.
    "rolled back, no policy": (listed(ROLLBACK), "ending, drain", "drain"),
    "rolled back with its root": (listed(DONE, ROLLBACK), "ending, drain", "drain"),
    "rolled back, RetainExceptOnCreate": (
        listed(ROLLBACK, repository=EXCEPT),
        "ending, drain",
        "drain",
    ),
    "rolled back while it is deleted, RetainExceptOnCreate": (
        listed(ROLLBACK, repository=EXCEPT, status="DELETE_IN_PROGRESS"),
        "ending, drain",
        "drain",
    ),
    "rolled back, RetainExceptOnCreate, but imported and tagged": (
        listed(ROLLBACK, repository=EXCEPT, status="UPDATE_COMPLETE"),
        "ending, keep",
        "keep",
    ),
    "rolled back, RetainExceptOnCreate, but imported": (
        listed(ROLLBACK, repository=EXCEPT, status="IMPORT_COMPLETE"),
        "ending, keep",
        "keep",
    ),
    "rolled back with its root, RetainExceptOnCreate": (
        listed(DONE, ROLLBACK, repository=EXCEPT),
        "ending, keep",
        "keep",
    ),
    "deleted in its root's rollback, RetainExceptOnCreate": (
        replace(listed(DELETE, repository=EXCEPT), statuses={OWNER: DELETE, ROOT: ROLLBACK}),
        "ending, keep",
        "keep",
    ),
    "rolled back with its root, RetainExceptOnCreate on the nested stack": (
        listed(DONE, ROLLBACK, above=EXCEPT),
        "ending, drain",
        "drain",
    ),
    "rolled back, Retain": (listed(ROLLBACK, repository=RETAIN), "ending, keep", "keep"),
    "rolled back with its root, Retain on the nested stack": (
        listed(DONE, ROLLBACK, above=RETAIN),
        "ending, keep",
        "keep",
    ),
    # A policy cannot be read.
    "deleted, policy unknown": (
        listed(DELETE, repository=policy(UNKNOWN)),
        "ending, refuse",
        "refuse",
    ),
    "deleted, Snapshot": (
        listed(DELETE, repository=policy("Snapshot")),
        "ending, refuse",
        "refuse",
    ),
    "deleted, not in its template": (listed(DELETE, repository=GONE), "ending, refuse", "refuse"),
    "deleted, template not understood": (
        listed(DELETE, repository=NOT_UNDERSTOOD),
        "ending, refuse",
        "refuse",
    ),
    "deleted with its root, the nested stack's policy unknown": (
        listed(DONE, DELETE, above=policy(UNKNOWN)),
        "ending, refuse",
        "refuse",
    ),
    "rolled back, policy unknown": (
        listed(ROLLBACK, repository=policy(UNKNOWN)),
        "ending, refuse",
        "refuse",
    ),
    "deleted, policy unknown, but Retain on the nested stack": (
        listed(DONE, DELETE, repository=policy(UNKNOWN), above=RETAIN),
        "ending, keep",
        "keep",
    ),
    # It is still listed, and no stack is ending.
    "the drain removed": (listed(CLEANUP), "listed, True", "keep"),
    "the drain removed, by the emulator": (listed(UPDATE), "listed, True", "keep"),
    "the drain's stack alone deleted": (
        replace(listed(DONE), stack_id=OTHER),
        "listed, True",
        "keep",
    ),
    "the drain's addition rolled back": (listed(ROLLBACK_CLEANUP), "listed, True", "keep"),
    "the drain's creation cancelled": (listed("CREATE_IN_PROGRESS"), "listed, True", "keep"),
    "an import rolled back": (listed("IMPORT_ROLLBACK_IN_PROGRESS"), "listed, True", "keep"),
    "a status from the future": (listed("SOMETHING_NEW"), "listed, True", "keep"),
    "removed together with the drain": (listed(CLEANUP, repository=GONE), "listed, False", "keep"),
    "its addition rolled back": (
        listed(ROLLBACK_CLEANUP, repository=GONE),
        "listed, False",
        "keep",
    ),
    "the template not understood": (
        listed(CLEANUP, repository=NOT_UNDERSTOOD),
        "listed, None",
        "keep",
    ),
    # It is another repository now.
    "renamed, no policy": (replaced(CLEANUP), "replaced, drain", "drain"),
    "renamed, Delete": (
        replaced(CLEANUP, policies=on_replacement("Delete")),
        "replaced, drain",
        "drain",
    ),
    "renamed, whatever the DeletionPolicy": (
        replaced(CLEANUP, policies=RETAIN),
        "replaced, drain",
        "drain",
    ),
    "renamed, in a tree that is all updated": (
        replaced(CLEANUP, CLEANUP, asking=OTHER),
        "replaced, drain",
        "drain",
    ),
    "renamed, by the emulator": (replaced(UPDATE), "replaced, drain", "drain"),
    "renamed, Retain": (
        replaced(CLEANUP, policies=on_replacement("Retain")),
        "replaced, keep",
        "keep",
    ),
    "renamed, RetainExceptOnCreate": (
        replaced(CLEANUP, policies=on_replacement("RetainExceptOnCreate")),
        "replaced, keep",
        "keep",
    ),
    "renamed, policy unknown": (
        replaced(CLEANUP, policies=on_replacement(UNKNOWN)),
        "replaced, refuse",
        "refuse",
    ),
    "renamed, Snapshot": (
        replaced(CLEANUP, policies=on_replacement("Snapshot")),
        "replaced, refuse",
        "refuse",
    ),
    "renamed, not in its template": (
        replaced(CLEANUP, policies=GONE),
        "replaced, refuse",
        "refuse",
    ),
    "renamed, the owner's update can still fail": (
        replaced(UPDATE, UPDATE, asking=OTHER),
        "undecided",
        "keep",
    ),
    "renamed, the root's update can still fail": (
        replaced(CLEANUP, UPDATE, asking=OTHER),
        "undecided",
        "keep",
    ),
    "renamed, being rolled back": (replaced(UPDATE_ROLLBACK), "undecided", "keep"),
    "renamed, the root being rolled back": (
        replaced(CLEANUP, UPDATE_ROLLBACK),
        "undecided",
        "keep",
    ),
    "the new name, rolled back": (replaced(ROLLBACK_CLEANUP), "undecided", "keep"),
    # It belongs to nobody here.
    "a hand-made repository": (Evidence("app", OWNER), "no owner", "keep"),
    "another account's": (replace(listed(DELETE), foreign=True), "foreign", "keep"),
    "two owners": (replace(listed(DELETE), owners=(OWNER, OTHER)), "several owners", "refuse"),
}


@pytest.mark.parametrize("case", CASES)
def test_each_situation_has_the_verdict_of_its_row(case: str) -> None:
    """The design's table, and what it does not say but AWS does."""
    facts, situation, verdict = CASES[case]
    decision = going_away(facts)
    assert (decision.evidence["situation"], decision.verdict) == (situation, verdict)


def test_every_row_of_the_table_is_reached() -> None:
    """No row is dead, and none is missing."""
    reached = {situation for _, situation, _ in CASES.values()}
    assert reached | {"Always", "Never"} == set(TABLE)


@pytest.mark.parametrize(("mode", "verdict"), [("Always", "drain"), ("Never", "keep")])
def test_always_and_never_need_no_evidence(mode: str, verdict: Verdict) -> None:
    """OnDelete can decide by itself."""
    assert decide_by(mode) == Decision(
        verdict, f"OnDelete is {mode}", {"situation": mode, "facts": None}
    )


def test_a_decision_names_the_resource_that_decides_and_carries_all_facts() -> None:
    """One log line tells what, why, and on which evidence."""
    facts = listed(DONE, DELETE, above=RETAIN)
    decision = going_away(facts)
    assert decision.why == f"the DeletionPolicy of Nested ({PARENT}) keeps it"
    told = decision.evidence["facts"]
    assert isinstance(told, dict)
    assert told["repository"] == "app"
    assert told["statuses"] == {OWNER: DONE, PARENT: DELETE}
    assert told["chain"][1]["policies"]["deletion"] == "Retain"


@pytest.mark.parametrize(
    "situation", [name for name, (verdict, _) in TABLE.items() if verdict == "refuse"]
)
def test_every_refusal_says_that_nothing_was_deleted_and_what_to_do(situation: str) -> None:
    """An operator who reads the reason knows the next step."""
    _, why = TABLE[situation]
    assert "nothing was deleted" in why
    assert "OnDelete: Always" in why
    assert "empty the repository yourself" in why
