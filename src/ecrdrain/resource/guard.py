"""Is the repository going away? The decision, as a table over plain facts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from ecrdrain.resource.policies import Policies

Verdict = Literal["drain", "keep", "refuse"]

CREATION_ROLLBACK = "ROLLBACK_IN_PROGRESS"
ENDINGS = ("DELETE_IN_PROGRESS", CREATION_ROLLBACK)
"""The statuses of a stack that is ending, and what it created with it."""


@dataclass(frozen=True)
class Decision:
    """What becomes of the images.

    Attributes:
        verdict: "drain", "keep" (SUCCESS), or "refuse" (FAILED; nothing is deleted).
        why: A sentence, and after a refusal also what to do.
        evidence: Plain facts for the log.
    """

    verdict: Verdict
    why: str
    evidence: dict[str, object]


@dataclass(frozen=True)
class Link:
    """A resource in its stack: the repository in its owner, or a nested stack in its parent."""

    stack_id: str
    logical_id: str
    status: str
    policies: Policies


@dataclass(frozen=True)
class Evidence:
    """What CloudFormation says about a repository.

    Attributes:
        repository: Its name.
        stack_id: The stack that sent the request.
        foreign: The repository is in another account or region than that stack.
        owners: The stacks of the tree that list the repository.
        statuses: The statuses, by stack id, of the owner and its ancestors, up to the root or to
            the first stack that is ending.
        chain: The repository in its owner, the owner in its parent, and so on to the first stack
            that is ending; without such a stack, the repository in its owner alone.
        replaced: The resource that was this repository before the update under way.
    """

    repository: str
    stack_id: str
    foreign: bool = False
    owners: tuple[str, ...] = ()
    statuses: Mapping[str, str] = field(default_factory=dict)
    chain: tuple[Link, ...] = ()
    replaced: Link | None = None


FATES: Mapping[str | None, Verdict] = {
    # Neither a repository nor a nested stack is among the types with another default.
    None: "drain",
    "Delete": "drain",
    "Retain": "keep",
    "RetainExceptOnCreate": "keep",
}
"""What a policy means for the images. Snapshot means nothing for either type.

Source: CloudFormation template reference, "DeletionPolicy attribute".
"""

REMEDY = (
    "nothing was deleted. Write the policy as one plain word, or set OnDelete: Always; or empty "
    "the repository yourself; then delete again"
)
OVERRIDE = "OnDelete: Always drains it all the same"

TABLE: Mapping[str, tuple[Verdict, str]] = {
    "Always": ("drain", "OnDelete is Always"),
    "Never": ("keep", "OnDelete is Never"),
    "foreign": ("keep", "it is in another account or region than the stack"),
    "several owners": ("refuse", f"several stacks list it; {REMEDY}"),
    "ending, keep": ("keep", "the DeletionPolicy of {} keeps it"),
    "ending, refuse": ("refuse", f"the DeletionPolicy of {{}} cannot be read; {REMEDY}"),
    "ending, drain": ("drain", "it is deleted with the stack of {}"),
    "listed, True": ("keep", "{} stays: only the drain was removed, moved or replaced"),
    "listed, False": ("keep", f"{{}} left the template, and its DeletionPolicy too; {OVERRIDE}"),
    "listed, None": ("keep", f"the template of {{}} is not understood; {OVERRIDE}"),
    "undecided": ("keep", "the update that replaced it in {} may still bring it back"),
    "replaced, keep": ("keep", "the UpdateReplacePolicy of {} keeps it"),
    "replaced, refuse": ("refuse", f"the UpdateReplacePolicy of {{}} cannot be read; {REMEDY}"),
    "replaced, drain": ("drain", "it is deleted: {} is another repository now"),
    "no owner": ("keep", f"no stack of this tree holds it; {OVERRIDE}"),
}
"""Each situation's verdict and sentence; {} stands for the resource that decides."""


def going_away(facts: Evidence) -> Decision:
    """Decide on what CloudFormation says."""
    situation, link = _situation(facts)
    return decide_by(situation, link, asdict(facts))


def decide_by(situation: str, link: Link | None = None, facts: object = None) -> Decision:
    """Look a situation up."""
    verdict, why = TABLE[situation]
    resource = f"{link.logical_id} ({link.stack_id})" if link else ""
    return Decision(verdict, why.format(resource), {"situation": situation, "facts": facts})


def _situation(facts: Evidence) -> tuple[str, Link | None]:
    """Name the situation, and the resource that decides."""
    if facts.foreign:
        return "foreign", None
    if len(facts.owners) > 1:
        return "several owners", None
    if facts.replaced:
        return _after_replacement(facts, facts.replaced), facts.replaced
    if not facts.chain:
        return "no owner", None
    statuses = [facts.statuses[link.stack_id] for link in facts.chain]
    if statuses[-1] not in ENDINGS:
        return f"listed, {facts.chain[0].policies.present}", facts.chain[0]
    fates = [_fate(link, status) for link, status in zip(facts.chain, statuses, strict=True)]
    fate = next(each for each in ("keep", "refuse", "drain") if each in fates)
    return f"ending, {fate}", facts.chain[fates.index(fate)]


def _fate(link: Link, stack_status: str) -> Verdict:
    policy = link.policies.deletion
    # The rollback of the operation that created a resource deletes it; not one that was imported
    # then, and whether deleting a nested stack in a rollback counts is not documented.
    if policy == "RetainExceptOnCreate" and stack_status == CREATION_ROLLBACK:
        return "drain" if link.status.startswith(("CREATE_", "DELETE_")) else "keep"
    return FATES.get(policy, "refuse")


def _after_replacement(facts: Evidence, link: Link) -> str:
    # CloudFormation deletes what an update replaced once the whole tree is updated (Knowledge
    # Center, "cloudformation-stack-cleanup-stuck"). Of that, a request of the owner itself is a
    # sign. What a rollback removes may also be what failed to be created, its name being taken.
    statuses = " ".join(facts.statuses.values())
    if "ROLLBACK" in statuses or (
        "UPDATE_IN_PROGRESS" in statuses and link.stack_id != facts.stack_id
    ):
        return "undecided"
    return f"replaced, {FATES.get(link.policies.update_replace, 'refuse')}"
