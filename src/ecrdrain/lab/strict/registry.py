"""The server's repositories, private and public: how they are seeded, and found by a call."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import count
from typing import Any

from ecrdrain.lab.clients import ACCOUNT_ID, REGION
from ecrdrain.lab.ecr.replication import Place, places
from ecrdrain.lab.ecr.repository import PRIVATE, Repository, repository_not_found
from ecrdrain.lab.ecr.terms import Json
from ecrdrain.lab.strict.behaviour import Behaviour
from ecrdrain.lab.strict.errors import SettingsError, one_of
from ecrdrain.lab.strict.faults import Refusals
from ecrdrain.lab.strict.services import SERVED
from ecrdrain.lab.strict.topologies import TOPOLOGIES, Push, push, pushes

_FIRST_PUSH = 1_767_225_600.0  # 2026-01-01T00:00:00Z; seeded images are pushed a second apart


class Order(StrEnum):
    """The order in which listings show seeded images. AWS documents none."""

    SHUFFLED = "shuffled"
    """By digest: as good as random, another one for each seed."""
    PUSH = "push"
    """As they were pushed: children before their index."""
    PARENTS_FIRST = "parents-first"
    """The other way round: every index before its children, the newest first."""


_RANKS: dict[Order, Callable[[int], int]] = {
    Order.SHUFFLED: lambda _: 0,
    Order.PUSH: lambda place: place,
    Order.PARENTS_FIRST: lambda place: -place,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """What to fill a repository with. The same seed gives the same digests."""

    repository: str = "lab"
    service: str = PRIVATE
    topology: str = "single"
    images: int = 0
    seed: int = 0
    order: Order = Order.SHUFFLED
    tags: Mapping[str, str] = field(default_factory=dict)
    """The repository's own tags, as ListTagsForResource shows them."""

    def __post_init__(self) -> None:
        if self.service not in SERVED:
            raise SettingsError(f"unknown service {self.service}: {', '.join(SERVED)}")
        if self.topology not in TOPOLOGIES:
            raise SettingsError(f"unknown topology {self.topology}: {', '.join(TOPOLOGIES)}")
        if self.images < 0:
            raise SettingsError(f"images must not be negative, got {self.images}")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Seed":
        """Return the seed with these settings; raise SettingsError for an unknown or wrong one."""
        names = [field.name for field in fields(cls)]
        unknown = value.keys() - set(names)
        if unknown:
            raise SettingsError(
                f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(names)}"
            )
        for name in ("images", "seed"):
            if not isinstance(value.get(name, 0), int):
                raise SettingsError(f"{name} must be a whole number, got {value[name]!r}")
        order = one_of(Order, value.get("order", Order.SHUFFLED))
        tags = value.get("tags", {})
        if not isinstance(tags, dict):
            raise SettingsError(f"tags must be a mapping, got {tags!r}")
        return cls(**{**value, "order": order})


class SeededManifests(dict[str, str]):
    """Manifests by digest: those that clients put are kept, seeded ones are made again."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._seed = seed
        self.pushes: dict[str, tuple[str, int]] = {}
        """The topology and the push's number that make an image again, by its digest."""

    def __missing__(self, digest: str) -> str:
        topology, number = self.pushes[digest]
        images = push(topology, number, self._seed)
        return next(image.manifest.text for image in images if image.manifest.digest == digest)


class SeededRepository(Repository):
    """A repository that fills itself with a topology's images, and counts what happens to it."""

    def __init__(self, seed: Seed, settings: Mapping[str, Any] | None = None) -> None:
        tags = [{"Key": key, "Value": value} for key, value in seed.tags.items()]
        self._places = count()
        self._manifests = SeededManifests(seed.seed)
        super().__init__(
            name=seed.repository,
            registry_id=ACCOUNT_ID,
            service=seed.service,
            settings={"tags": tags, **(settings or {})},
            manifests=self._manifests,
            next_rank=self._next_rank,
        )
        self.created_at = time.time() if settings else _FIRST_PUSH
        self.deleted = 0
        self.pushed_meanwhile = 0
        self._seed = seed
        self._push_numbers = count()

    @property
    def arn(self) -> str:
        """The repository's ARN; public repositories have no region."""
        region = REGION if self.service == PRIVATE else ""
        return f"arn:aws:{self.service}:{region}:{ACCOUNT_ID}:repository/{self.name}"

    @property
    def uri(self) -> str:
        """Where a real registry would be; nothing answers there."""
        if self.service == PRIVATE:
            return f"{ACCOUNT_ID}.dkr.ecr.{REGION}.amazonaws.com/{self.name}"
        return f"public.ecr.aws/lab/{self.name}"

    def fill(self) -> None:
        """Push all images of the seed."""
        for topology, images in pushes(self._seed.topology, self._seed.images, self._seed.seed):
            self._take(topology, next(self._push_numbers), images)

    def push_again(self) -> int:
        """Let one more push of the repository's topology arrive; return how many images."""
        number = next(self._push_numbers)
        images = push(self._seed.topology, number, self._seed.seed)
        self._take(self._seed.topology, number, images)
        self.pushed_meanwhile += len(images)
        return len(images)

    def _next_rank(self) -> int:
        return _RANKS[self._seed.order](next(self._places))

    def _take(self, topology: str, number: int, images: Push) -> None:
        rank = _RANKS[self._seed.order]
        pushed = (topology, number)
        for manifest, tags, status in images:
            place = next(self._places)
            image = manifest.image(
                pushed_at=_FIRST_PUSH + place, rank=rank(place), tags=tags, status=status
            )
            self.images.put(image)
            self._manifests.pushes[manifest.digest] = pushed


@dataclass(slots=True)
class Replicas:
    """The private registry's replication rules, and what they have made in other registries."""

    rules: list[Json] = field(default_factory=list)
    made: dict[tuple[Place, str], Repository] = field(default_factory=dict)
    """By place and name."""

    def of(self, name: str, *, deletions: bool = False) -> Iterator[Repository]:
        """Yield a repository's replicas; those that are missing are made, not for deletions."""
        for place in places(self.rules, name, deletions=deletions):
            if not deletions and (place, name) not in self.made:
                self.made[place, name] = Repository(name=name, registry_id=place.registry_id)
            if (place, name) in self.made:
                yield self.made[place, name]


@dataclass(slots=True)
class Call:
    """A request that the model finds valid, and all that may answer it."""

    service: str
    request: Json
    repositories: dict[tuple[str, str], SeededRepository]
    behaviour: Behaviour
    refusals: Refusals
    replicas: Replicas

    def repository(self, name: str | None = None) -> SeededRepository:
        """Return the repository named here or in the request.

        Raises EcrError with RepositoryNotFoundException.
        """
        name = name or self.request["repositoryName"]
        registry_id = self.request.get("registryId") or ACCOUNT_ID
        found = self.repositories.get((self.service, name))
        if found is None or registry_id != ACCOUNT_ID:
            raise repository_not_found(name, registry_id)
        return found
