"""Where else an image is deleted when it is deleted here: the registry's replication rules.

A rule may carry deletions on: whoever deletes an image by its digest deletes it, with all its
tags, in each destination of the rule (Amazon ECR User Guide, "Replicating image deletions";
API_ReplicationRule, API_DeleteReplication). The rules are those of the registry in one region.
"""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MEMBER = "deleteReplication"


class Destination(NamedTuple):
    """A registry that deletions are carried on to, in one region.

    Attributes:
        registry_id: The account of the registry.
        region: The region.
    """

    registry_id: str
    region: str

    def __str__(self) -> str:
        return f"{self.registry_id} in {self.region}"


def describe_registry(ecr: Any) -> "Mapping[str, Any]":  # noqa: ANN401 - boto3's type lacks the member
    """Describe the caller's own registry, the only one that DescribeRegistry tells of.

    Args:
        ecr: A boto3 client for ECR.

    Returns:
        The answer, deletions of its replication rules included.

    Raises:
        botocore.exceptions.ClientError: It may not be described.
    """
    rule = ecr.meta.service_model.shape_for("ReplicationRule")
    if _MEMBER not in rule.members:
        # An SDK from before November 2026 drops what its model does not know while it parses the
        # answer. The event after-call (boto3, "Extensibility guide") hands out the HTTP response
        # with its whole body, beside the parsed answer that the caller is about to get.
        event = "after-call.ecr.DescribeRegistry"
        ecr.meta.events.register(event, _keep_rules_whole, unique_id="ecrdrain-replication")
    answer: Mapping[str, Any] = ecr.describe_registry()
    return answer


def find_destinations(
    registry: "Mapping[str, Any]", repository_name: str
) -> tuple[Destination, ...]:
    """Find where the deletion of a repository's images is carried on to, each place once.

    Args:
        registry: The answer of DescribeRegistry.
        repository_name: The repository.
    """
    rules = registry.get("replicationConfiguration", {}).get("rules", [])
    found = [
        Destination(destination["registryId"], destination["region"])
        for rule in rules
        if (rule.get(_MEMBER) or {}).get("enabled")
        and _matches(rule.get("repositoryFilters") or (), repository_name)
        for destination in rule["destinations"]
    ]
    return tuple(dict.fromkeys(found))


def _matches(filters: "Iterable[Mapping[str, str]]", repository_name: str) -> bool:
    """Say whether a rule applies: without filters to all repositories (API_RepositoryFilter).

    A filter of a type that is not known may mean any repository.
    """
    filters = list(filters)
    return not filters or any(
        each.get("filterType") != "PREFIX_MATCH" or repository_name.startswith(each["filter"])
        for each in filters
    )


def _keep_rules_whole(http_response: Any, parsed: dict[str, Any], **_: object) -> None:  # noqa: ANN401
    """Put the replication rules as AWS sent them into a parsed answer."""
    name = "replicationConfiguration"
    if name in parsed:  # not in an error
        parsed[name] = json.loads(http_response.content)[name]
