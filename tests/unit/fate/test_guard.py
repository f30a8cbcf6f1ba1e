"""The guard's table, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecrdrain.fate.guard import (
    Decision,
    Evidence,
    HeldResource,
    Situation,
    decide_by,
    find_situation,
)
from ecrdrain.fate.policies import UNKNOWN, Policies

if TYPE_CHECKING:
    from ecrdrain.fate.guard import Verdict

OWNER, PARENT, ROOT, OTHER = (
    f"arn:stack/{name}/1" for name in ("owner", "parent", "root", "other")
)

SILENT = Policies(deletion=None, update_replace=None)
NOT_UNDERSTOOD = Policies(deletion=UNKNOWN, update_replace=UNKNOWN)
GONE = NOT_UNDERSTOOD


def going_away(facts: Evidence) -> Decision:
    """Decide on what CloudFormation says."""
    return decide_by(*find_situation(facts), facts)


def policy(word: str | None) -> Policies:
    """Have a template say this DeletionPolicy."""
    return {**SILENT, "deletion": word}


def on_replacement(word: str | None) -> Policies:
    """Have a template say this UpdateReplacePolicy."""
    return {**SILENT, "update_replace": word}


def held(stack: str, logical_id: str, status: str, policies: Policies) -> HeldResource:
    """List a resource in its stack."""
    return {
        "stack": stack,
        "logical_id": logical_id,
        "status": status,
        "new_goes": False,
        **policies,
    }


def listed(
    *statuses: str,
    repository: Policies = SILENT,
    above: Policies = SILENT,
    status: str = "CREATE_COMPLETE",
) -> Evidence:
    """Have the stacks from the owner up with these statuses, and the policies in each."""
    stacks = (OWNER, PARENT, ROOT)[: len(statuses)]
    return {
        "repository": "app",
        "stack": OWNER,
        "owners": [OWNER],
        "statuses": dict(zip(stacks, statuses, strict=True)),
        "chain": [
            held(stacks[0], "Repository", status, repository),
            *(held(stack, "Nested", "CREATE_COMPLETE", above) for stack in stacks[1:]),
        ],
    }


def flagged(facts: Evidence) -> Evidence:
    """Have the latest request of every stack say RetainExceptOnCreate."""
    return {**facts, "chain": [{**each, "new_goes": True} for each in facts["chain"]]}


def replaced(*statuses: str, policies: Policies = SILENT, asking: str = OWNER) -> Evidence:
    """Have the repository replaced in an update; statuses from the owner up."""
    return {
        "repository": "app",
        "stack": asking,
        "statuses": dict(zip((OWNER, ROOT), statuses, strict=False)),
        "replaced": held(OWNER, "Repository", "UPDATE_COMPLETE", policies),
    }


DELETE, ROLLBACK = "DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS"
UPDATE, CLEANUP = "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
UPDATE_ROLLBACK = "UPDATE_ROLLBACK_IN_PROGRESS"
ROLLBACK_CLEANUP = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS"
DONE = "CREATE_COMPLETE"
RETAIN, DELETED, EXCEPT = policy("Retain"), policy("Delete"), policy("RetainExceptOnCreate")

CASES: dict[str, tuple[Evidence, Situation, Verdict]] = {
    # The owner or an ancestor is being deleted.
    "deleted, no policy": (listed(DELETE), Situation.DELETED, "drain"),
    "deleted, Delete": (listed(DELETE, repository=DELETED), Situation.DELETED, "drain"),
    "deleted with its parent": (listed(DONE, DELETE), Situation.DELETED, "drain"),
    "deleted with its root": (
        listed(DONE, DONE, DELETE, above=DELETED),
        Situation.DELETED,
        "drain",
    ),
    "deleted, Retain": (listed(DELETE, repository=RETAIN), Situation.RETAINED, "keep"),
    "deleted with its root, Retain": (
        listed(DONE, DELETE, repository=RETAIN),
        Situation.RETAINED,
        "keep",
    ),
    "deleted with its root, Retain on the nested stack": (
        listed(DONE, DELETE, above=RETAIN),
        Situation.RETAINED,
        "keep",
    ),
    "deleted with its root, Retain on a stack between": (
        listed(DONE, DONE, DELETE, above=RETAIN),
        Situation.RETAINED,
        "keep",
    ),
    "deleted, RetainExceptOnCreate": (
        listed(DELETE, repository=EXCEPT),
        Situation.RETAINED,
        "keep",
    ),
    "deleted with its root, RetainExceptOnCreate on the nested stack": (
        listed(DONE, DELETE, above=EXCEPT),
        Situation.RETAINED,
        "keep",
    ),
    "deleted again after its drain failed": (
        listed(DELETE, status="DELETE_FAILED"),
        Situation.DELETED,
        "drain",
    ),
    # The creation is rolled back.
    "rolled back, no policy": (listed(ROLLBACK), Situation.DELETED, "drain"),
    "rolled back with its root": (listed(DONE, ROLLBACK), Situation.DELETED, "drain"),
    "rolled back, RetainExceptOnCreate": (
        listed(ROLLBACK, repository=EXCEPT),
        Situation.DELETED,
        "drain",
    ),
    "rolled back while it is deleted, RetainExceptOnCreate": (
        listed(ROLLBACK, repository=EXCEPT, status="DELETE_IN_PROGRESS"),
        Situation.DELETED,
        "drain",
    ),
    "rolled back, RetainExceptOnCreate, but imported and tagged": (
        listed(ROLLBACK, repository=EXCEPT, status="UPDATE_COMPLETE"),
        Situation.RETAINED,
        "keep",
    ),
    "rolled back, RetainExceptOnCreate, but imported": (
        listed(ROLLBACK, repository=EXCEPT, status="IMPORT_COMPLETE"),
        Situation.RETAINED,
        "keep",
    ),
    "rolled back with its root, RetainExceptOnCreate": (
        listed(DONE, ROLLBACK, repository=EXCEPT),
        Situation.RETAINED,
        "keep",
    ),
    "deleted in its root's rollback, RetainExceptOnCreate": (
        {**listed(DELETE, repository=EXCEPT), "statuses": {OWNER: DELETE, ROOT: ROLLBACK}},
        Situation.RETAINED,
        "keep",
    ),
    "rolled back with its root, RetainExceptOnCreate on the nested stack": (
        listed(DONE, ROLLBACK, above=EXCEPT),
        Situation.DELETED,
        "drain",
    ),
    "rolled back, Retain": (listed(ROLLBACK, repository=RETAIN), Situation.RETAINED, "keep"),
    "rolled back with its root, Retain on the nested stack": (
        listed(DONE, ROLLBACK, above=RETAIN),
        Situation.RETAINED,
        "keep",
    ),
    # The request said that a rollback deletes what is new, whatever its policy.
    "rolled back, Retain, by a request with RetainExceptOnCreate": (
        flagged(listed(ROLLBACK, repository=RETAIN)),
        Situation.DELETED,
        "drain",
    ),
    "rolled back, policy unknown, by a request with RetainExceptOnCreate": (
        flagged(listed(ROLLBACK, repository=policy(UNKNOWN))),
        Situation.DELETED,
        "drain",
    ),
    "rolled back, Retain, but imported, by a request with RetainExceptOnCreate": (
        flagged(listed(ROLLBACK, repository=RETAIN, status="IMPORT_COMPLETE")),
        Situation.RETAINED,
        "keep",
    ),
    "deleted, Retain, after a request with RetainExceptOnCreate": (
        flagged(listed(DELETE, repository=RETAIN)),
        Situation.RETAINED,
        "keep",
    ),
    "rolled back with its root, Retain, by a request with RetainExceptOnCreate": (
        flagged(listed(DONE, ROLLBACK, repository=RETAIN)),
        Situation.RETAINED,
        "keep",
    ),
    # A policy cannot be read.
    "deleted, policy unknown": (
        listed(DELETE, repository=policy(UNKNOWN)),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "deleted, Snapshot": (
        listed(DELETE, repository=policy("Snapshot")),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "deleted, not in its template": (
        listed(DELETE, repository=GONE),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "deleted, template not understood": (
        listed(DELETE, repository=NOT_UNDERSTOOD),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "deleted with its root, the nested stack's policy unknown": (
        listed(DONE, DELETE, above=policy(UNKNOWN)),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "rolled back, policy unknown": (
        listed(ROLLBACK, repository=policy(UNKNOWN)),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "deleted, policy unknown, but Retain on the nested stack": (
        listed(DONE, DELETE, repository=policy(UNKNOWN), above=RETAIN),
        Situation.RETAINED,
        "keep",
    ),
    # It is still listed, and no stack is ending.
    "the drain removed": (listed(CLEANUP), Situation.STAYS, "keep"),
    "the drain removed, by the emulator": (listed(UPDATE), Situation.STAYS, "keep"),
    "the drain's stack alone deleted": (
        {**listed(DONE), "stack": OTHER},
        Situation.STAYS,
        "keep",
    ),
    "the drain's addition rolled back": (listed(ROLLBACK_CLEANUP), Situation.STAYS, "keep"),
    "the drain's creation cancelled": (listed("CREATE_IN_PROGRESS"), Situation.STAYS, "keep"),
    "an import rolled back": (listed("IMPORT_ROLLBACK_IN_PROGRESS"), Situation.STAYS, "keep"),
    "a status from the future": (listed("SOMETHING_NEW"), Situation.STAYS, "keep"),
    "removed together with the drain": (
        listed(CLEANUP, repository=GONE),
        Situation.POLICY_GONE,
        "keep",
    ),
    "its addition rolled back": (
        listed(ROLLBACK_CLEANUP, repository=GONE),
        Situation.POLICY_GONE,
        "keep",
    ),
    "an update, its policy no word": (
        listed(UPDATE, repository=policy("!Ref Policy")),
        Situation.POLICY_GONE,
        "keep",
    ),
    "an update, its nested stack's policy no word": (
        listed(UPDATE, UPDATE, above=policy("!Ref Policy")),
        Situation.POLICY_GONE,
        "keep",
    ),
    "the template not understood": (
        listed(CLEANUP, repository=NOT_UNDERSTOOD),
        Situation.POLICY_GONE,
        "keep",
    ),
    # It is another repository now.
    "renamed, no policy": (replaced(CLEANUP), Situation.REPLACED, "drain"),
    "renamed, Delete": (
        replaced(CLEANUP, policies=on_replacement("Delete")),
        Situation.REPLACED,
        "drain",
    ),
    "renamed, whatever the DeletionPolicy": (
        replaced(CLEANUP, policies=RETAIN),
        Situation.REPLACED,
        "drain",
    ),
    "renamed, in a tree that is all updated": (
        replaced(CLEANUP, CLEANUP, asking=OTHER),
        Situation.REPLACED,
        "drain",
    ),
    "renamed, by the emulator": (replaced(UPDATE), Situation.REPLACED, "drain"),
    "renamed, Retain": (
        replaced(CLEANUP, policies=on_replacement("Retain")),
        Situation.RETAINED,
        "keep",
    ),
    "renamed, RetainExceptOnCreate": (
        replaced(CLEANUP, policies=on_replacement("RetainExceptOnCreate")),
        Situation.RETAINED,
        "keep",
    ),
    "renamed, policy unknown": (
        replaced(CLEANUP, policies=on_replacement(UNKNOWN)),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "renamed, Snapshot": (
        replaced(CLEANUP, policies=on_replacement("Snapshot")),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "renamed, not in its template": (
        replaced(CLEANUP, policies=GONE),
        Situation.POLICY_UNKNOWN,
        "refuse",
    ),
    "renamed, the owner's update can still fail": (
        replaced(UPDATE, UPDATE, asking=OTHER),
        Situation.UPDATE_UNFINISHED,
        "keep",
    ),
    "renamed, the root's update can still fail": (
        replaced(CLEANUP, UPDATE, asking=OTHER),
        Situation.UPDATE_UNFINISHED,
        "keep",
    ),
    "renamed, being rolled back": (replaced(UPDATE_ROLLBACK), Situation.UPDATE_UNFINISHED, "keep"),
    "renamed, the root being rolled back": (
        replaced(CLEANUP, UPDATE_ROLLBACK),
        Situation.UPDATE_UNFINISHED,
        "keep",
    ),
    "the new name, rolled back": (replaced(ROLLBACK_CLEANUP), Situation.UPDATE_UNFINISHED, "keep"),
    # It belongs to nobody here.
    "a hand-made repository": ({"repository": "app", "stack": OWNER}, Situation.NO_OWNER, "keep"),
    "two owners": (
        {**listed(DELETE), "owners": [OWNER, OTHER]},
        Situation.SEVERAL_OWNERS,
        "refuse",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_situation_has_the_verdict_of_its_row(case: str) -> None:
    """The design's table, and what it does not say but AWS does."""
    facts, situation, verdict = CASES[case]
    decision = going_away(facts)
    assert (decision.evidence["situation"], decision.verdict) == (situation.name, verdict)


def test_every_situation_is_reached() -> None:
    """No row is dead, and none is missing."""
    reached = {situation for _, situation, _ in CASES.values()}
    asked_first = {
        *(Situation.ALWAYS, Situation.BLIND, Situation.NEVER),
        *(Situation.NOT_READABLE, Situation.ELSEWHERE),
    }
    assert reached | asked_first == set(Situation)


@pytest.mark.parametrize(
    ("situation", "verdict", "why"),
    [
        (Situation.ALWAYS, "drain", "OnDelete is Always"),
        (Situation.NEVER, "keep", "OnDelete is Never"),
    ],
)
def test_always_and_never_need_no_evidence(
    situation: Situation, verdict: Verdict, why: str
) -> None:
    """OnDelete can decide by itself."""
    evidence = {"situation": situation.name, "facts": None}
    assert decide_by(situation) == Decision(verdict, why, evidence)


def test_a_decision_names_the_resource_that_decides_and_carries_all_facts() -> None:
    """One log line tells what, why, and on which evidence."""
    facts = listed(DONE, DELETE, above=RETAIN)
    decision = going_away(facts)
    assert decision.why == "the DeletionPolicy of Nested in parent keeps it"
    assert decision.evidence == {"situation": "RETAINED", "facts": facts}


def test_after_a_replacement_the_other_policy_is_named() -> None:
    """What the old repository's UpdateReplacePolicy says decides, and is told."""
    retained = replaced(CLEANUP, policies=on_replacement("Retain"))
    unknown = replaced(CLEANUP, policies=on_replacement("!Ref Policy"))
    assert going_away(retained).why == "the UpdateReplacePolicy of Repository in owner keeps it"
    assert going_away(unknown).why.startswith(
        "the UpdateReplacePolicy of Repository in owner cannot be read; write it in block style"
    )


@pytest.mark.parametrize("situation", [Situation.SEVERAL_OWNERS, Situation.POLICY_UNKNOWN])
def test_every_refusal_says_what_to_do(situation: Situation) -> None:
    """An operator who reads the reason knows the next step."""
    assert "OnDelete: Always" in situation.value[1]
    assert "Never keeps it" in situation.value[1]
