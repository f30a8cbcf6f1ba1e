"""Repositories given by name or by pattern: which ones are meant, and whether all is permitted."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from ecrdrain.engine.errors import REPOSITORY_NOT_FOUND, CallError, aws_errors, call_error
from ecrdrain.engine.parallel import at_once
from ecrdrain.stacks.clients import Clients, patient_client, registry_client
from ecrdrain.stacks.denials import DeniedError, gather, unless_denied
from ecrdrain.stacks.errors import StacksError, UnknownNameError
from ecrdrain.stacks.names import is_pattern
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
        survey: Its images; empty while they have not been counted.
        replication: Where their deletion is carried on to.
        denied: The calls of a drain that are not allowed.
    """

    repository: str
    registry: str
    survey: Survey
    replication: Replication = NOT_REPLICATED
    denied: tuple[CallError, ...] = ()


def find_targets(  # noqa: PLR0913 - what a user can say, each by its name
    clients: Clients,
    registry: str,
    names: Sequence[str],
    *,
    registry_id: str | None = None,
    limit: int | None = None,
    counted: bool = True,
) -> list[Target]:
    """Return the repositories meant, each once, after checking all of them.

    Args:
        clients: The AWS clients.
        registry: private or public.
        names: Names, and patterns in which * stands for any characters, slashes too.
        registry_id: The account of the registry; None means the caller's own.
        limit: How many repositories the patterns may match together; None means any number.
        counted: Whether to count their images; else they are only known to be there.

    Raises:
        UnknownNameError: A name does not exist, or a pattern matches nothing.
        TooManyMatchesError: The patterns match more than `limit`.
        DeniedError: The images of some repositories may not be counted.
        botocore.exceptions.ClientError: Something else went wrong.
    """
    client = registry_client(clients, registry)
    chosen = _choose(client, names, registry_id, limit)
    probed = names[0] if _may_list(client, names[0], registry_id) else None
    patient = patient_client(clients, registry)

    def look(name: str) -> Target:
        denied: list[CallError] = []
        found: Survey | None = Survey()
        with ThreadPoolExecutor(2) as beside:
            deletion = beside.submit(check_deletion, patient, name, registry_id)
            listing = None
            if name != probed:
                listing = beside.submit(check_listing, patient, name, registry_id)
            if counted:
                found = unless_denied(denied, lambda: survey(patient, name, registry_id))
            try:
                if found is None or found.exists:
                    if listing is not None:
                        unless_denied(denied, listing.result)
                    unless_denied(denied, deletion.result)
            except aws_errors() as error:
                if call_error(error).code != REPOSITORY_NOT_FOUND:
                    raise
                found = ABSENT
        if found is not None and not found.exists:
            raise UnknownNameError("repository", name, _hints(client, registry_id))
        return Target(name, registry, found or ABSENT, denied=tuple(denied))

    with ThreadPoolExecutor(1) as beside:
        rules = beside.submit(read_replication, clients, registry, registry_id)
        targets = at_once(look, chosen)
        replication_of = rules.result()
    uncounted = [target for target in targets if not target.survey.exists]
    if uncounted:
        raise DeniedError(denials_of(uncounted))
    return [replace(target, replication=replication_of(target.repository)) for target in targets]


def denials_of(targets: Iterable[Target]) -> dict[CallError, list[str]]:
    """Return what is denied, and on which repositories."""
    return gather((target.repository, target.denied) for target in targets)


def _choose(
    client: "ECRClient | ECRPublicClient",
    names: Sequence[str],
    registry_id: str | None,
    limit: int | None,
) -> list[str]:
    """Return the names that are meant, each once."""
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
    return list(chosen)


def _may_list(client: "ECRClient | ECRPublicClient", name: str, registry_id: str | None) -> bool:
    """Make the first call with the client that gives up soon: an endpoint may be mistyped.

    What AWS has to say against it is heard again, and told with all else.
    """
    if is_pattern(name):
        return False
    try:
        check_listing(client, name, registry_id)
    except aws_errors() as error:
        if call_error(error).lost:
            raise
        return False
    return True


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
