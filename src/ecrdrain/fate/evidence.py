"""What the decision stands on, read from CloudFormation: the request's own stack first."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.arns import RepositoryArn
from ecrdrain.fate.guard import (
    ENDINGS,
    ROLLBACKS,
    Decision,
    Evidence,
    HeldResource,
    Situation,
    decide_by,
    find_situation,
)
from ecrdrain.fate.policies import read_policies

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient

Summary: TypeAlias = dict[str, Any]
"""What ListStackResources says of a resource."""

READS = {
    "list_stack_resources": "StackResourceSummaries",
    "get_template": "TemplateBody",
    "describe_stack_events": "StackEvents",
    "describe_stacks": "Stacks",
}
"""The calls, and what of their answers is looked at. Each is an IAM action of its own, needed on
every stack of the tree: arn:PARTITION:cloudformation:REGION:ACCOUNT:stack/NAME/* (Service
Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation")."""

REPOSITORY_TYPE, STACK_TYPE = "AWS::ECR::Repository", "AWS::CloudFormation::Stack"

HELD = ("CREATE_COMPLETE", "IMPORT_COMPLETE", "UPDATE_", "DELETE_IN_PROGRESS", "DELETE_FAILED")
"""How the statuses begin of what a stack holds, whatever became of a later update of it. Of all
others it is not certain that the stack's end deletes them (ResourceStatus in botocore's model of
CloudFormation; a test goes through its members):

- DELETE_COMPLETE, DELETE_SKIPPED: deleted, or kept, and listed for a while longer (template
  reference, "DeletionPolicy attribute").
- CREATE_IN_PROGRESS, CREATE_FAILED: the name may be that of another's repository.
- IMPORT_* but IMPORT_COMPLETE: not, or not yet, the stack's (User Guide, "resource-import").
- EXPORT_*: moved to another stack, or about to be (User Guide, "stack-refactoring"); whether
  EXPORT_ROLLBACK_COMPLETE means that it is back is not documented.
- ROLLBACK_*: of stacks, whose events share the enumeration.
"""


class StackReadError(Exception):
    """CloudFormation did not say what the decision stands on; the message says what to do.

    Attributes:
        grant: The IAM action, and the ARN to grant it on.
        cause: What CloudFormation said.
    """

    def __init__(self, call: str, stack_id: str, error: Exception) -> None:
        self.grant = grant_to_read(call, stack_id)
        self.cause = call_error(error)
        remedy = f"grant the function's role {self.grant}" if self.cause.denied else "try again"
        super().__init__(f"{self.grant}: {self.cause}; {remedy}")


def grant_to_read(call: str, stack_id: str) -> str:
    """Name what one of the READS needs: the IAM action, and the ARN to grant it on."""
    action = call.title().replace("_", "")
    return f"cloudformation:{action} on {stack_id.rpartition('/')[0]}/*"


def decide(
    cloudformation: "CloudFormationClient", mode: str, stack_id: str, repository: RepositoryArn
) -> Decision:
    """Decide what becomes of a repository's images; what cannot be read is a refusal.

    Args:
        cloudformation: Its client; throttling is left to its retries.
        mode: OnDelete.
        stack_id: The stack that sent the request.
        repository: The repository.
    """
    if mode == "Never":
        return decide_by(Situation.NEVER)
    tree = StackTree(partial(read_stack, cloudformation))
    blind = mode == "Always"
    try:
        # What a rollback removes is not what the user wanted gone: there Always is no more than
        # WithRepository. Its own stack's status comes first: the role may read no other.
        if blind and "ROLLBACK" not in str(tree.statuses(stack_id, ROLLBACKS).values()):
            return decide_by(Situation.ALWAYS)
        blind = False
        if stack_id.split(":")[3:5] != [repository.region, repository.account]:
            return decide_by(Situation.ELSEWHERE)
        facts = gather(tree, stack_id, repository)
        return decide_by(*find_situation(facts), facts)
    except StackReadError as error:
        # The article's role may read no stack, a function in a VPC may not reach CloudFormation,
        # and their users want the images gone.
        if blind and (error.cause.denied or error.cause.lost):
            return decide_by(Situation.BLIND, error.grant)
        return decide_by(Situation.NOT_READABLE, str(error))


def gather(tree: "StackTree", stack_id: str, repository: RepositoryArn) -> Evidence:
    """Read what the decision stands on.

    Raises:
        StackReadError: A read failed.
    """
    facts: Evidence = {"repository": repository.name, "stack": stack_id}
    name = repository.name
    owners = tree.held([stack_id], name) or tree.held(tree.stacks(stack_id), name)
    if owners:
        return {**facts, **tree.ownership(owners)}
    for stack in tree.stacks(stack_id):
        replaced = tree.replaced(stack, name)
        if replaced:
            return {**facts, "statuses": tree.statuses(stack), "replaced": replaced}
    return facts


def read_stack(cloudformation: Any, call: str, stack_id: str) -> Iterator[Any]:  # noqa: ANN401
    """Make one of the READS, page by page.

    GetTemplate's default is the Processed stage, in which transforms have been carried out; of a
    template without any it is what the user sent (API_GetTemplate, TemplateStage).
    """
    token: dict[str, str] = {}
    while True:
        try:
            page = getattr(cloudformation, call)(StackName=stack_id, **token)
        except aws_errors() as error:
            raise StackReadError(call, stack_id, error) from error
        found = page[READS[call]]
        yield from found if isinstance(found, list) else [found]
        if "NextToken" not in page:
            return
        token = {"NextToken": page["NextToken"]}


class StackTree:
    """The stacks around one of them; what each says is asked for once.

    Args:
        read: Answers one of the READS on a stack.
    """

    def __init__(self, read: Callable[[str, str], Iterable[Any]]) -> None:
        self.read = read
        self.known = cache(lambda call, stack_id: list(read(call, stack_id)))

    def statuses(self, stack_id: str | None, last: tuple[str, ...] = ()) -> dict[str, str]:
        """Return the status of a stack and of those above it, up to the root or a last one."""
        statuses: dict[str, str] = {}
        while stack_id and stack_id not in statuses:
            stack = self.known("describe_stacks", stack_id)[0]
            statuses[stack_id] = stack["StackStatus"]
            stack_id = None if stack["StackStatus"].startswith(last) else stack.get("ParentId")
        return statuses

    def held(
        self,
        stacks: Iterable[str],
        physical_id: str = "",
        kind: str = REPOSITORY_TYPE,
        statuses: tuple[str, ...] = HELD,
    ) -> list[tuple[str, Summary]]:
        """List what stacks hold of a type: all of it, or what has a physical id."""
        return [
            (stack, row)
            for stack in stacks
            for row in self.known("list_stack_resources", stack)
            if row["ResourceType"] == kind
            and row["ResourceStatus"].startswith(statuses)
            and physical_id in ("", row.get("PhysicalResourceId"))
        ]

    def stacks(self, stack_id: str) -> list[str]:
        """List a stack, its ancestors, and all that is nested in these.

        What a stack held can be listed for 90 days after its deletion (API_ListStackResources).
        """
        stacks: list[str] = []
        waiting = list(self.statuses(stack_id))
        while waiting:
            stack = waiting.pop(0)
            if stack not in stacks:
                stacks.append(stack)
                nested = self.held([stack], kind=STACK_TYPE)
                waiting += [row["PhysicalResourceId"] for _, row in nested]
        return stacks

    def with_policies(self, stack_id: str, row: Summary) -> HeldResource:
        """Add what the template says to what the stack holds."""
        name = row["LogicalResourceId"]
        template = self.known("get_template", stack_id)[0]
        policies = read_policies(template, name, row["ResourceType"])
        stack = self.known("describe_stacks", stack_id)[0]
        return {
            "stack": stack_id,
            "logical_id": name,
            "status": row["ResourceStatus"],
            "new_goes": stack.get("RetainExceptOnCreate", False),
            **policies,
        }

    def ownership(self, owners: list[tuple[str, Summary]]) -> Evidence:
        """Follow what a stack holds up to the first stack that is ending, if there is one."""
        statuses = self.statuses(owners[0][0], ENDINGS)
        chain = [self.with_policies(*owners[0])]
        for stack, parent in pairwise(statuses):
            # It is still being created when what is in it asks.
            holder = self.held([parent], stack, STACK_TYPE, (*HELD, "CREATE_IN_PROGRESS"))
            if not holder:
                # The parent has let the nested stack go: its end is not the repository's.
                break
            chain.append(self.with_policies(*holder[0]))
        return {"owners": [stack for stack, _ in owners], "statuses": statuses, "chain": chain}

    def replaced(self, stack_id: str, name: str) -> HeldResource | None:
        """Find what was a repository until the update under way gave it another.

        The first event of a replacement still has the old id (localstack/localstack, recorded from
        AWS: tests/aws/services/cloudformation/v2/test_change_sets.snapshot.json,
        TestCaptureUpdateProcess).
        """
        rows = {row["LogicalResourceId"]: row for _, row in self.held([stack_id])}
        status = self.statuses(stack_id)[stack_id] if rows else ""
        if not (status.startswith("UPDATE_") and status.endswith("_IN_PROGRESS")):
            return None
        found = None
        for event in self.read("describe_stack_events", stack_id):
            physical_id, logical_id = event.get("PhysicalResourceId"), event["LogicalResourceId"]
            if physical_id == stack_id and event["ResourceStatus"] == "UPDATE_IN_PROGRESS":
                return self.with_policies(stack_id, rows[found]) if found else None
            if physical_id == name and logical_id in rows:
                found = logical_id
        return None
