"""Is the repository going away? The decision, as a table over plain facts."""

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypedDict

from ecrdrain.fate.policies import UNKNOWN, Policies

if TYPE_CHECKING:
    from typing import Literal

    Verdict = Literal["drain", "keep", "refuse"]

CREATION_ROLLBACK = "ROLLBACK_IN_PROGRESS"
ENDINGS = ("DELETE_IN_PROGRESS", CREATION_ROLLBACK)
"""The statuses of a stack that is ending, and what it created with it."""
ROLLBACKS = ("ROLLBACK_", "UPDATE_ROLLBACK_")
"""How the statuses of a stack begin whose operation is being, or has been, rolled back."""


class Decision(NamedTuple):
    """What becomes of the images.

    Attributes:
        verdict: "drain", "keep" (SUCCESS), or "refuse" (FAILED; nothing is deleted).
        why: A sentence, and after a refusal also what to do.
        evidence: Plain facts for the log.
    """

    verdict: str
    why: str
    evidence: Mapping[str, object]


class HeldResource(Policies):
    """A resource in its stack, and its policies: a repository in its owner, or a nested stack."""

    stack: str
    logical_id: str
    status: str
    new_goes: bool
    """Whether a rollback deletes what its operation created, whatever the policy says: the
    request had RetainExceptOnCreate (API_DescribeStacks, Stack; API_CreateStack, what it does)."""


class Evidence(TypedDict, total=False):
    """What CloudFormation says about a repository; what does not apply is absent.

    Attributes:
        repository: Its name.
        stack: The stack that sent the request.
        owners: The stacks of the tree that hold the repository.
        statuses: The statuses, by stack id, of the owner and its ancestors, up to the root or to
            the first stack that is ending.
        chain: The repository in its owner, the owner in its parent, and so on to the root or to
            the first stack that is ending.
        replaced: The resource that was this repository before the update under way.
    """

    repository: str
    stack: str
    owners: list[str]
    statuses: Mapping[str, str]
    chain: list[HeldResource]
    replaced: HeldResource


PLAINLY = "write it in block style and plain words, without Transform"
OVERRIDE = "OnDelete: Always drains it, except in rollbacks; Never keeps it"


class Situation(Enum):
    """What CloudFormation does: the verdict on the images, why, and what the user can do.

    {} stands for the resource that decides, or for its policy.
    """

    ALWAYS = "drain", "OnDelete is Always"
    BLIND = "drain", "OnDelete is Always; without {} no rollback is seen"
    NEVER = "keep", "OnDelete is Never"
    NOT_READABLE = "refuse", "{}"
    ELSEWHERE = "keep", "it is not in the stack's account and region"
    SEVERAL_OWNERS = "refuse", f"several stacks list it; {OVERRIDE}"
    RETAINED = "keep", "the {} keeps it"
    POLICY_UNKNOWN = "refuse", f"the {{}} cannot be read; {PLAINLY}; {OVERRIDE}"
    DELETED = "drain", "it is deleted with the stack of {}"
    STAYS = "keep", "the template still has {}"
    POLICY_GONE = "keep", f"the DeletionPolicy of {{}} cannot be read; {PLAINLY}; {OVERRIDE}"
    UPDATE_UNFINISHED = "keep", "the update of {} may still bring it back"
    REPLACED = "drain", "it is deleted: {} is another one now"
    NO_OWNER = "keep", f"no stack of this tree holds it; declare it in one; {OVERRIDE}"


def verdict_of(situation: Situation) -> "Verdict":
    """Return what becomes of the images in a situation."""
    return situation.value[0]


POLICIES: Mapping[str | None, Situation] = {
    # Neither a repository nor a nested stack is among the types with another default.
    None: Situation.DELETED,
    "Delete": Situation.DELETED,
    "Retain": Situation.RETAINED,
    "RetainExceptOnCreate": Situation.RETAINED,
}
"""What a policy means. Snapshot means nothing for either type.

Source: CloudFormation template reference, "DeletionPolicy attribute".
"""

BY_PRECEDENCE = Situation.RETAINED, Situation.POLICY_UNKNOWN, Situation.DELETED
"""Which of several policies decides: what keeps goes first, and what deletes goes last."""


def decide_by(
    situation: Situation, subject: str = "", facts: Mapping[str, object] | None = None
) -> Decision:
    """Look a situation up."""
    evidence = {"situation": situation.name, "facts": facts}
    verdict, sentence = situation.value
    return Decision(verdict, sentence.format(subject), evidence)


def find_situation(facts: Evidence) -> tuple[Situation, str]:
    """Find the situation, and what its sentence is about."""
    if "replaced" in facts:
        return _after_replacement(facts, facts["replaced"])
    if not facts.get("owners"):
        return Situation.NO_OWNER, ""
    if len(facts["owners"]) > 1:
        return Situation.SEVERAL_OWNERS, ""
    chain, statuses = facts["chain"], facts["statuses"]
    if statuses[chain[-1]["stack"]] not in ENDINGS:
        unclear = [each for each in chain if each["deletion"] not in POLICIES]
        situation = Situation.POLICY_GONE if unclear else Situation.STAYS
        return situation, name_of([*unclear, *chain][0])
    meanings = [_at_end(resource, statuses[resource["stack"]]) for resource in chain]
    situation = next(situation for situation in BY_PRECEDENCE if situation in meanings)
    decisive = chain[meanings.index(situation)]
    if situation is Situation.DELETED:
        return situation, name_of(decisive)
    return situation, policy_of(decisive, "DeletionPolicy", decisive["deletion"])


def name_of(resource: HeldResource) -> str:
    """Name a resource and its stack (arn:...:stack/NAME/UUID)."""
    return f"{resource['logical_id']} in {resource['stack'].split('/')[1]}"


def policy_of(resource: HeldResource, name: str, value: str | None) -> str:
    """Name a policy, or what hides it."""
    return f"{'declaration' if value == UNKNOWN else name} of {name_of(resource)}"


def _at_end(resource: HeldResource, stack_status: str) -> Situation:
    """Say what a DeletionPolicy means when the stack, or one around it, is ending."""
    policy = resource["deletion"]
    # The rollback of the operation that created a resource deletes it; not one that was imported
    # then, and whether deleting a nested stack in a rollback counts is not documented.
    created = resource["status"].startswith(("CREATE_", "DELETE_"))
    new_goes = resource["new_goes"] or policy == "RetainExceptOnCreate"
    if new_goes and stack_status == CREATION_ROLLBACK and created:
        return Situation.DELETED
    return POLICIES.get(policy, Situation.POLICY_UNKNOWN)


def _after_replacement(facts: Evidence, resource: HeldResource) -> tuple[Situation, str]:
    # CloudFormation deletes what an update replaced once the whole tree is updated (Knowledge
    # Center, "cloudformation-stack-cleanup-stuck"). Of that, a request of the owner itself is a
    # sign. What a rollback removes may also be what failed to be created, its name being taken.
    statuses = " ".join(facts["statuses"].values())
    by_owner = resource["stack"] == facts["stack"]
    if "ROLLBACK" in statuses or ("UPDATE_IN_PROGRESS" in statuses and not by_owner):
        return Situation.UPDATE_UNFINISHED, name_of(resource)
    policy = resource["update_replace"]
    situation = POLICIES.get(policy, Situation.POLICY_UNKNOWN)
    if situation is Situation.DELETED:
        return Situation.REPLACED, name_of(resource)
    return situation, policy_of(resource, "UpdateReplacePolicy", policy)
