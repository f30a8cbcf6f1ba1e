"""Where else an image is deleted when it is deleted here: the registry's replication rules.

A rule may carry deletions on: whoever deletes an image by its digest deletes it, with all its
tags, in each destination of the rule (Amazon ECR User Guide, "Replicating image deletions";
API_ReplicationRule, API_DeleteReplication). The rules are those of the registry in one region.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

WITHOUT_RULES = ("UnknownOperationException", "UnknownOperation", "InvalidAction", 404, 501)
"""The code or status by which an emulator says that it does not know an operation: then it
replicates nothing either. ECR answers DescribeRegistry with none of these (API_DescribeRegistry,
"Errors")."""


def describe_registry(ecr: Any) -> Mapping[str, Any]:  # noqa: ANN401 - boto3's type lacks a member
    """Describe the caller's own registry, the only one that DescribeRegistry tells of.

    Args:
        ecr: A boto3 client for ECR.

    Returns:
        The answer as AWS sent it. An SDK from before November 2026 drops what its model does not
        know of while it parses: that deletions are replicated.

    Raises:
        botocore.exceptions.ClientError: It may not be described.
    """
    # "after-call" (boto3, "Extensibility guide") hands out the HTTP response with its whole body,
    # beside the parsed answer that the caller is about to get.
    event = "after-call.ecr.DescribeRegistry"
    ecr.meta.events.register(event, _take_all, unique_id="ecrdrain-rules")
    return ecr.describe_registry()  # type: ignore[no-any-return]


def _take_all(http_response: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401
    if "registryId" in parsed:  # not in an error
        parsed.update(json.loads(http_response.content))


def find_destinations(registry: Mapping[str, Any], name: str) -> Iterator[Mapping[str, str]]:
    """Find where the deletion of a repository's images is carried on to.

    A rule without filters applies to all repositories (API_RepositoryFilter); a filter of a type
    that is not known may mean any.

    Args:
        registry: The answer of DescribeRegistry.
        name: The repository's.

    Yields:
        Destinations of rules, each with its registryId and region (API_ReplicationDestination).
    """
    for rule in registry.get("replicationConfiguration", {}).get("rules", []):
        filters = rule.get("repositoryFilters")
        applies = not filters or any(
            each.get("filterType") != "PREFIX_MATCH" or name.startswith(each["filter"])
            for each in filters
        )
        if applies and (rule.get("deleteReplication") or {}).get("enabled"):
            yield from rule["destinations"]
