"""What the guard has to know, read from CloudFormation: the request's own stack first."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.resource.guard import ENDINGS, Decision, Evidence, Link, decide_by, going_away
from ecrdrain.resource.policies import read_policies
from ecrdrain.resource.target import Target

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

GUARD_READS = {
    "describe_stacks": "Stacks",
    "list_stack_resources": "StackResourceSummaries",
    "describe_stack_events": "StackEvents",
    "get_template": "TemplateBody",
}
"""The calls, and what of their answers is looked at. Each is an IAM action of its own, needed on
every stack of the tree: arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/* (Service
Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation")."""

REPOSITORY_TYPE, STACK_TYPE = "AWS::ECR::Repository", "AWS::CloudFormation::Stack"


class StackReadError(Exception):
    """CloudFormation did not say what the guard has to know; the message says what to do.

    Attributes:
        action: The IAM action.
        resource: The ARN to grant it on.
        denied: Whether a grant is what is missing.
    """

    def __init__(self, call: str, stack_id: str, error: Exception) -> None:
        self.action = "cloudformation:" + call.title().replace("_", "")
        self.resource = stack_id.rpartition("/")[0] + "/*"
        failure = call_error(error)
        self.denied = failure.denied
        what = f"{self.action} on {self.resource}"
        remedy = f"grant the function's role {what}" if self.denied else "then try again"
        super().__init__(f"{what}: {failure}; nothing was deleted; {remedy}")


def decide(
    cloudformation: "CloudFormationClient", mode: str, stack_id: str, target: Target
) -> Decision:
    """Decide what becomes of a repository's images; what cannot be read is a refusal.

    Args:
        cloudformation: Its client; throttling is left to its retries.
        mode: OnDelete.
        stack_id: The stack that sent the request.
        target: The repository.
    """
    if mode in ("Always", "Never"):
        return decide_by(mode)
    try:
        return going_away(gather(cloudformation, stack_id, target))
    except StackReadError as error:
        return Decision("refuse", str(error), {"situation": "not readable"})


def gather(cloudformation: "CloudFormationClient", stack_id: str, target: Target) -> Evidence:
    """Read what the decision stands on.

    Raises:
        StackReadError: A read failed.
    """
    facts = Evidence(target.name, stack_id)
    arn = stack_id.split(":")
    if [*arn[1:2], *arn[3:5]] != [target.partition, target.region, target.account]:
        return replace(facts, foreign=True)
    tree = _StackTree(cloudformation)
    owners = tree.owners([stack_id], target.name)
    stacks = [] if owners else tree.stacks(stack_id)
    owners = owners or tree.owners(stacks, target.name)
    if owners:
        statuses = tree.statuses(owners[0], *ENDINGS)
        chain = tree.chain(statuses, target.name)
        return replace(facts, owners=tuple(owners), statuses=statuses, chain=chain)
    for each in stacks:
        replaced = tree.replaced(each, target.name)
        if replaced:
            return replace(facts, statuses=tree.statuses(each), replaced=replaced)
    return facts


def readable(cloudformation: "CloudFormationClient", stack_id: str) -> list[tuple[str, str]]:
    """Try what the guard reads on a stack and its ancestors.

    Returns:
        Each IAM action that is denied, with the ARN to grant it on.

    Raises:
        StackReadError: A read failed for another reason.
    """
    line, missing = [stack_id], []
    for each in line:
        for call in GUARD_READS:
            try:
                told = next(_read(cloudformation, call, each), None)
            except StackReadError as error:
                if not error.denied:
                    raise
                missing.append((error.action, error.resource))
                continue
            parent = told.get("ParentId") if told and call == "describe_stacks" else None
            line += [parent] if parent and parent not in line else []
    return missing


def _read(cloudformation: Any, call: str, stack_id: str) -> Iterator[Any]:  # noqa: ANN401
    """Make one of the GUARD_READS, page by page where its answer has pages.

    GetTemplate's default is the Processed stage, in which transforms have been carried out; of a
    template without any it is what the user sent (API_GetTemplate, TemplateStage).
    """
    try:
        if cloudformation.can_paginate(call):
            pages = cloudformation.get_paginator(call).paginate(StackName=stack_id)
        else:
            pages = [getattr(cloudformation, call)(StackName=stack_id)]
        for page in pages:
            told = page[GUARD_READS[call]]
            yield from told if isinstance(told, list) else [told]
    except aws_errors() as error:
        raise StackReadError(call, stack_id, error) from error


class _StackTree:
    """The stacks around the request's own; what is told of each is asked for once."""

    def __init__(self, cloudformation: "CloudFormationClient") -> None:
        self.ask = partial(_read, cloudformation)
        self.told = cache(lambda call, stack_id: list(self.ask(call, stack_id)))

    def statuses(self, stack_id: str | None, *last: str) -> dict[str, str]:
        """Return the status of a stack and of those above it, up to the root or a last one."""
        statuses: dict[str, str] = {}
        while stack_id and stack_id not in statuses:
            stack = self.told("describe_stacks", stack_id)[0]
            statuses[stack_id] = stack["StackStatus"]
            stack_id = None if stack["StackStatus"] in last else stack.get("ParentId")
        return statuses

    def held(self, stack_id: str, kind: str, name: str = "") -> list[dict[str, Any]]:
        """List what a stack holds of a type: all of it, or what has a physical id.

        What it has deleted or let go is listed for a while longer, and so is what it failed to
        create, for instance because the name was taken.
        """
        return [
            row
            for row in self.told("list_stack_resources", stack_id)
            if row["ResourceType"] == kind
            and row["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED", "CREATE_FAILED")
            and name in ("", row.get("PhysicalResourceId"))
        ]

    def owners(self, stacks: list[str], name: str) -> list[str]:
        """List the stacks that hold a repository."""
        return [each for each in stacks for _ in self.held(each, REPOSITORY_TYPE, name)]

    def stacks(self, stack_id: str) -> list[str]:
        """List a stack, its ancestors, and all that is nested in these.

        What a stack held can be listed for 90 days after its deletion (API_ListStackResources).
        """
        stacks = list(self.statuses(stack_id))
        for each in stacks:
            ids = [row.get("PhysicalResourceId") for row in self.held(each, STACK_TYPE)]
            stacks += [child for child in ids if child and child not in stacks]
        return stacks

    def link(self, stack_id: str, row: dict[str, Any]) -> Link:
        """Add what the template says to what the stack holds."""
        name = row["LogicalResourceId"]
        template = self.told("get_template", stack_id)[0]
        policies = read_policies(template, name, row["ResourceType"])
        return Link(stack_id, name, row["ResourceStatus"], policies)

    def chain(self, statuses: dict[str, str], name: str) -> tuple[Link, ...]:
        """Go from a repository up to the first stack that is ending, if there is one."""
        stacks = list(statuses)
        if statuses[stacks[-1]] not in ENDINGS:
            stacks = stacks[:1]
        links: list[Link] = []
        kind = REPOSITORY_TYPE
        for each in stacks:
            rows = self.held(each, kind, name)
            if not rows:
                # This stack has let the nested one go: its end is not the repository's.
                break
            links.append(self.link(each, rows[0]))
            kind, name = STACK_TYPE, each
        return tuple(links)

    def replaced(self, stack_id: str, name: str) -> Link | None:
        """Find what was a repository until the update under way gave it another."""
        rows = {row["LogicalResourceId"]: row for row in self.held(stack_id, REPOSITORY_TYPE)}
        status = self.statuses(stack_id)[stack_id] if rows else ""
        if not (status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS")):
            return None
        found = None
        for event in self.ask("describe_stack_events", stack_id):
            physical_id, logical_id = event.get("PhysicalResourceId"), event["LogicalResourceId"]
            if physical_id == stack_id and event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                return self.link(stack_id, rows[found]) if found else None
            if physical_id == name and logical_id in rows:
                found = logical_id
        return None
