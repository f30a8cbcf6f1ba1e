"""Whether deletions here are carried on elsewhere: asked before anything is deleted."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.replication import WITHOUT_RULES, describe_registry, find_destinations
from ecrdrain.stacks.clients import Clients


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


@dataclass(frozen=True)
class Replication:
    """Where the deletion of a repository's images is carried on to.

    Attributes:
        destinations: The registries.
        unknown: Why they are not known; "" when they are.
    """

    destinations: tuple[Destination, ...] = ()
    unknown: str = ""

    @property
    def note(self) -> str:
        """What there is to know before the images are deleted; "" when there is nothing."""
        if self.unknown:
            return f"whether deletions are replicated is not known: {self.unknown}"
        return f"deletions are replicated to {self._places}" if self.destinations else ""

    @property
    def objection(self) -> str:
        """Why no image may be deleted unless the user says so, and the remedy; "" when it may."""
        if self.unknown:
            return f"{self.note}, or say --accept-replicated-deletions to delete all the same"
        if self.destinations:
            return (
                f"{self.note}, where the images would be deleted, too: turn deleteReplication off "
                "in the registry's replication rules, or say --accept-replicated-deletions"
            )
        return ""

    @property
    def _places(self) -> str:
        return ", ".join(map(str, self.destinations))


NOT_REPLICATED = Replication()


def read_replication(
    clients: Clients, registry: str, registry_id: str | None = None
) -> Callable[[str], Replication]:
    """Read the replication rules of a registry, and return what they say of a repository's name.

    Args:
        clients: The AWS clients.
        registry: private or public; the public one has no replication.
        registry_id: The account of the registry; None means the caller's own.
    """
    if registry != "private":
        return lambda _: NOT_REPLICATED
    try:
        described = describe_registry(clients.ecr)
    except aws_errors() as error:
        failure = call_error(error)
        if failure.code in WITHOUT_RULES or failure.status in WITHOUT_RULES:
            return lambda _: NOT_REPLICATED
        if not failure.denied:
            raise
        return lambda _: Replication(unknown="grant ecr:DescribeRegistry")
    if registry_id not in (None, described["registryId"]):
        # DescribeRegistry has no member for another one (API_DescribeRegistry).
        return lambda _: Replication(
            unknown=f"ask as the account {registry_id}, which alone can see its replication rules"
        )
    return lambda name: Replication(destinations_of(described, name))


def destinations_of(registry: Mapping[str, Any], name: str) -> tuple[Destination, ...]:
    """Return where the deletion of a repository's images is carried on to, each place once.

    Args:
        registry: The answer of DescribeRegistry.
        name: The repository's.
    """
    found = (
        Destination(each["registryId"], each["region"])
        for each in find_destinations(registry, name)
    )
    return tuple(dict.fromkeys(found))


def in_groups(
    replications: Iterable[tuple[str, Replication]],
) -> Iterator[tuple[str, Replication]]:
    """Yield what is to be known of repositories: names that have it in common, and what it is.

    Args:
        replications: Each repository's name and its own.
    """
    groups: dict[Replication, list[str]] = {}
    for name, replication in replications:
        if replication.note:
            groups.setdefault(replication, []).append(name)
    for replication, names in groups.items():
        yield ", ".join(names), replication
