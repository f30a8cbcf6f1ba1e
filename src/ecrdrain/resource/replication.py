"""Deletions that the registry carries on to others, where no stack says that images may go."""

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.arns import RepositoryArn
from ecrdrain.fate.replication import WITHOUT_RULES, describe_registry, find_destinations
from ecrdrain.resource.run import Run

ACCEPT = "turn deleteReplication off, or say ReplicatedDeletions: Accept"


def replicated(run: Run, target: RepositoryArn, mode: str) -> str:
    """Say why images may not be deleted for what goes elsewhere; empty: they may.

    IAM knows no narrower resource than * for the action (Service Authorization Reference,
    "Actions, resources, and condition keys for Amazon Elastic Container Registry").

    Args:
        run: Its properties say whether that is accepted.
        target: The repository.
        mode: OnDelete. Under Always, what the function may not see is no obstacle.
    """
    if run.properties.get("ReplicatedDeletions") == "Accept":
        return ""
    try:
        registry = describe_registry(run.clients("ecr"))
    except aws_errors() as failure:
        error = call_error(failure)
        problem = f"ecr:DescribeRegistry on *: {error}; grant it to the function's role"
        if mode == "Always" and (error.denied or error.lost):
            run.log("replication not seen", problem=problem)
            return ""
        known = {error.code, error.status}.isdisjoint(WITHOUT_RULES)
        return f"{problem}, or {ACCEPT}" if known else ""
    places = {
        f"{to['registryId']} in {to['region']}" for to in find_destinations(registry, target.name)
    }
    return f"deletions are replicated to {', '.join(places)}; {ACCEPT}" if places else ""
