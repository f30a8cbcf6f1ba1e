"""Is the repository going away? The decision, as a table over plain facts."""

from collections.abc import Mapping
from enum import Enum
from typing import Literal, NamedTuple, TypedDict

from ecrdrain.fate.policies import Policies

Verdict = Literal["drain", "keep", "refuse"]

CREATION_ROLLBACK = "ROLLBACK_IN_PROGRESS"
ENDINGS = ("DELETE_IN_PROGRESS", CREATION_ROLLBACK)
"""The statuses of a stack that is ending, and what it created with it."""


class Decision(NamedTuple):
    """What becomes of the images.

    Attributes:
        verdict: "drain", "keep" (SUCCESS), or "refuse" (FAILED; nothing is deleted).
        why: A sentence, and after a refusal also what to do.
        evidence: Plain facts for the log.
    """

    verdict: Verdict
    why: str
    evidence: Mapping[str, object]


class Link(Policies):
    """A resource in its stack, and its policies: a repository in its owner, or a nested stack."""

    stack: str
    resource: str
    status: str


class Evidence(TypedDict, total=False):
    """What CloudFormation says about a repository; what does not apply is absent.

    Attributes:
        repository: Its name.
        stack: The stack that sent the request.
        elsewhere: The repository is in another account or region than that stack.
        owners: The stacks of the tree that hold the repository.
        statuses: The statuses, by stack id, of the owner and its ancestors, up to the root or to
            the first stack that is ending.
        chain: The repository in its owner, the owner in its parent, and so on to the first stack
            that is ending; without such a stack, the repository in its owner alone.
        replaced: The resource that was this repository before the update under way.
    """

    repository: str
    stack: str
    elsewhere: bool
    owners: list[str]
    statuses: Mapping[str, str]
    chain: list[Link]
    replaced: Link


REMEDY = (
    "nothing was deleted. Write the policy as one plain word, or set OnDelete: Always; or empty "
    "the repository yourself; then delete again"
)
OVERRIDE = "OnDelete: Always drains it all the same"


class Situation(Enum):
    """What CloudFormation does: the verdict on the images, why, and what the user can do.

    {} stands for the resource that decides.
    """

    ALWAYS = "drain", "OnDelete is Always"
    NEVER = "keep", "OnDelete is Never"
    NOT_READABLE = "refuse", "{}"
    ELSEWHERE = "keep", "it is in another account or region than the stack"
    SEVERAL_OWNERS = "refuse", "several stacks list it", REMEDY
    RETAINED = "keep", "the DeletionPolicy of {} keeps it"
    POLICY_UNKNOWN = "refuse", "the DeletionPolicy of {} cannot be read", REMEDY
    DELETED = "drain", "it is deleted with {}"
    STAYS = "keep", "{} stays: only the drain was removed, moved or replaced"
    LEFT_TEMPLATE = "keep", "{} left the template, and its DeletionPolicy too", OVERRIDE
    TEMPLATE_UNKNOWN = "keep", "the template that holds {} is not understood", OVERRIDE
    UPDATE_UNFINISHED = "keep", "the update that replaced {} may still bring it back"
    REPLACED_RETAINED = "keep", "the UpdateReplacePolicy of {} keeps it"
    REPLACED_UNKNOWN = "refuse", "the UpdateReplacePolicy of {} cannot be read", REMEDY
    REPLACED = "drain", "it is deleted: {} is another repository now"
    NO_OWNER = "keep", "no stack of this tree holds it", OVERRIDE

    def __init__(self, verdict: Verdict, sentence: str, remedy: str = "") -> None:
        self.verdict = verdict
        self.sentence = sentence
        self.remedy = remedy


POLICIES: Mapping[str | None, Verdict] = {
    # Neither a repository nor a nested stack is among the types with another default.
    None: "drain",
    "Delete": "drain",
    "Retain": "keep",
    "RetainExceptOnCreate": "keep",
}
"""What a policy means for the images. Snapshot means nothing for either type.

Source: CloudFormation template reference, "DeletionPolicy attribute".
"""

ON_END = (Situation.RETAINED, Situation.POLICY_UNKNOWN, Situation.DELETED)
"""What the end of a stack means, by the policies in the chain: what keeps goes first."""

ON_REPLACEMENT = (Situation.REPLACED_RETAINED, Situation.REPLACED_UNKNOWN, Situation.REPLACED)

LISTED: Mapping[bool | None, Situation] = {
    True: Situation.STAYS,
    False: Situation.LEFT_TEMPLATE,
    None: Situation.TEMPLATE_UNKNOWN,
}
"""What it means that no stack is ending, by whether the template declares the repository."""


def going_away(facts: Evidence) -> Decision:
    """Decide on what CloudFormation says."""
    situation, link = find_situation(facts)
    return decide_by(situation, name_of(link) if link else "", facts)


def decide_by(
    situation: Situation, resource: str = "", facts: Mapping[str, object] | None = None
) -> Decision:
    """Look a situation up."""
    why = situation.sentence.format(resource)
    if situation.remedy:
        why = f"{why}; {situation.remedy}"
    return Decision(situation.verdict, why, {"situation": situation.name, "facts": facts})


def name_of(link: Link) -> str:
    """Name a resource and its stack (arn:...:stack/NAME/UUID)."""
    return f"{link['resource']} in stack {link['stack'].split('/')[1]}"


def find_situation(facts: Evidence) -> tuple[Situation, Link | None]:
    """Find the situation, and the resource that decides."""
    if facts.get("elsewhere"):
        return Situation.ELSEWHERE, None
    if "replaced" in facts:
        return _after_replacement(facts), facts["replaced"]
    if not facts.get("owners"):
        return Situation.NO_OWNER, None
    if len(facts["owners"]) > 1:
        return Situation.SEVERAL_OWNERS, None
    chain = facts["chain"]
    if facts["statuses"][chain[-1]["stack"]] not in ENDINGS:
        return LISTED[chain[0]["present"]], chain[0]
    verdicts = [_on_end(link, facts["statuses"][link["stack"]]) for link in chain]
    situation = next(situation for situation in ON_END if situation.verdict in verdicts)
    return situation, chain[verdicts.index(situation.verdict)]


def _on_end(link: Link, stack_status: str) -> Verdict:
    """Say what a resource's policy means when its stack, or one around that, is ending."""
    policy = link["deletion"]
    # The rollback of the operation that created a resource deletes it; not one that was imported
    # then, and whether deleting a nested stack in a rollback counts is not documented.
    if policy == "RetainExceptOnCreate" and stack_status == CREATION_ROLLBACK:
        return "drain" if link["status"].startswith(("CREATE_", "DELETE_")) else "keep"
    return POLICIES.get(policy, "refuse")


def _after_replacement(facts: Evidence) -> Situation:
    # CloudFormation deletes what an update replaced once the whole tree is updated (Knowledge
    # Center, "cloudformation-stack-cleanup-stuck"). Of that, a request of the owner itself is a
    # sign. What a rollback removes may also be what failed to be created, its name being taken.
    link, statuses = facts["replaced"], " ".join(facts["statuses"].values())
    by_owner = link["stack"] == facts["stack"]
    if "ROLLBACK" in statuses or ("UPDATE_IN_PROGRESS" in statuses and not by_owner):
        return Situation.UPDATE_UNFINISHED
    verdict = POLICIES.get(link["update_replace"], "refuse")
    return next(situation for situation in ON_REPLACEMENT if situation.verdict == verdict)
