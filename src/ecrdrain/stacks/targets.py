"""Repositories given by name or by pattern: which ones are meant, and whether all is permitted."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, aws_errors, call_error
from ecrdrain.engine.parallel import at_once
from ecrdrain.stacks.clients import Clients, patient_client, registry_client
from ecrdrain.stacks.errors import StacksError, UnknownNameError
from ecrdrain.stacks.replication import NOT_REPLICATED, Replication, read_replication
from ecrdrain.stacks.survey import ABSENT, Survey, check_deletion, check_listing, survey

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient

_PAGE_SIZE = 1000  # API_DescribeRepositories: maxResults


class TooManyMatchesError(StacksError):
    """Patterns match more repositories than the user allows."""


@dataclass(frozen=True)
class Target:
    """A repository to be drained, with what is in it.

    Attributes:
        repository: The name.
        registry: private or public.
        survey: Its images.
        replication: Where their deletion is carried on to.
    """

    repository: str
    registry: str
    survey: Survey
    replication: Replication = NOT_REPLICATED


def is_pattern(name: str) -> bool:
    """Return whether a name is a pattern: names hold none of these characters."""
    return any(character in name for character in "*?[")


def find_targets(
    clients: Clients,
    registry: str,
    names: Sequence[str],
    *,
    registry_id: str | None = None,
    limit: int | None = None,
) -> list[Target]:
    """Return the repositories meant, each once, after checking all of them.

    Args:
        clients: The AWS clients.
        registry: private or public.
        names: Names, and patterns in which * stands for any characters, slashes too.
        registry_id: The account of the registry; None means the caller's own.
        limit: How many repositories the patterns may match together; None means any number.

    Raises:
        UnknownNameError: A name does not exist, or a pattern matches nothing.
        TooManyMatchesError: The patterns match more than `limit`.
        botocore.exceptions.ClientError: A repository's images may not be listed and deleted.
    """
    client = registry_client(clients, registry)
    known: list[str] = []
    if any(is_pattern(name) for name in names):
        known = _repository_names(client, registry_id)
    chosen: dict[str, None] = {}
    matched: set[str] = set()
    for name in names:
        if not is_pattern(name):
            chosen[name] = None
            continue
        matches = [candidate for candidate in known if fnmatchcase(candidate, name)]
        if not matches:
            raise UnknownNameError("repository matching", name)
        matched.update(matches)
        chosen.update(dict.fromkeys(matches))
    if limit is not None and len(matched) > limit:
        raise TooManyMatchesError(
            f"the patterns match {len(matched)} repositories, more than --limit {limit}: "
            "nothing was deleted"
        )

    def look(name: str) -> Target:
        try:  # first, and with the client that gives up soon: an endpoint may be mistyped
            check_listing(client, name, registry_id)
            with ThreadPoolExecutor(1) as beside:
                deletion = beside.submit(check_deletion, client, name, registry_id)
                found = survey(patient_client(clients, registry), name, registry_id)
                deletion.result()
        except aws_errors() as error:
            if call_error(error).code != REPOSITORY_NOT_FOUND:
                raise
            found = ABSENT
        if not found.exists:
            raise UnknownNameError("repository", name, _hints(client, registry_id))
        return Target(name, registry, found)

    with ThreadPoolExecutor(1) as beside:
        rules = beside.submit(read_replication, clients, registry, registry_id)
        found = at_once(look, chosen)
        replication_of = rules.result()
    return [replace(target, replication=replication_of(target.repository)) for target in found]


def _repository_names(client: "ECRClient | ECRPublicClient", registry_id: str | None) -> list[str]:
    where = {"registryId": registry_id} if registry_id else {}
    paginator: Any = client.get_paginator("describe_repositories")
    pages = paginator.paginate(**where, PaginationConfig={"PageSize": _PAGE_SIZE})
    return [repository["repositoryName"] for page in pages for repository in page["repositories"]]


def _hints(client: "ECRClient | ECRPublicClient", registry_id: str | None) -> list[str]:
    try:
        return _repository_names(client, registry_id)
    except aws_errors():
        return []  # only a hint is lost
