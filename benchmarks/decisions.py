"""Writes into docs/safety.md what becomes of the images when, from the table that decides.

`make docs` runs it; a test sees that the page is up to date.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.page import put
from ecrdrain.fate.guard import Situation, verdict_of

PAGE = Path(__file__).parents[1] / "docs" / "safety.md"
MARKER = "decisions"
HEADER = ("when", "situation in the log", "images", "why, in the log")

WHEN = {
    Situation.ALWAYS: "`OnDelete: Always`, and no stack of the tree is in a rollback",
    Situation.BLIND: "`OnDelete: Always`, and the function may not or cannot read its stack",
    Situation.NEVER: "`OnDelete: Never`",
    Situation.NOT_READABLE: "a call that has to be made is denied or fails",
    Situation.ELSEWHERE: "the repository is in another account or region than the stack",
    Situation.SEVERAL_OWNERS: "two stacks of the tree hold it, and each may keep it",
    Situation.RETAINED: (
        "its stack, or a stack around that, is being deleted or its creation rolled back; on the "
        "way there stands `DeletionPolicy: Retain`, or `RetainExceptOnCreate` outside the "
        "rollback of the creation. Or an update made another repository of the resource, under "
        "`UpdateReplacePolicy: Retain`"
    ),
    Situation.POLICY_UNKNOWN: (
        "the same, and the policy is no plain word, or the template is not understood"
    ),
    Situation.DELETED: (
        "its stack, or a stack around that, is being deleted or its creation rolled back, and no "
        "policy keeps it"
    ),
    Situation.STAYS: "an update, and the repository stands in the template",
    Situation.POLICY_GONE: (
        "an update took the repository out of the template, and its policy with it; or the "
        "template is not understood, or a policy on the way up is no plain word"
    ),
    Situation.UPDATE_UNFINISHED: (
        "an update made another repository of the resource, and it may still be rolled back, or is"
    ),
    Situation.REPLACED: (
        "an update made another repository of the resource, and no policy keeps the old one"
    ),
    Situation.NO_OWNER: (
        "no stack of the tree holds it: it was made by hand, belongs to another stack, or was "
        "moved, retained or never created"
    ),
}

POLICIES = "DeletionPolicy (or UpdateReplacePolicy) of …"
ABOUT = {
    Situation.RETAINED: POLICIES,
    Situation.POLICY_UNKNOWN: POLICIES,
}


def decision_table() -> str:
    """Return one line a situation."""
    lines = [" | ".join(HEADER), " | ".join("---" for _ in HEADER)]
    for situation in Situation:
        sentence, remedy, _ = situation.value[1].partition("; ")
        why = sentence.format(ABOUT.get(situation, "…")) + ("; …" if remedy else "")
        lines.append(f"{WHEN[situation]} | `{situation.name}` | {verdict_of(situation)} | {why}")
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(put(PAGE.read_text(), MARKER, decision_table()))
