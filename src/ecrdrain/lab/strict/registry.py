"""The server's repositories, private and public, and how they are seeded."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import count
from typing import Any

from ecrdrain.lab.clients import ACCOUNT_ID, REGION
from ecrdrain.lab.ecr_rules import Image, Repository
from ecrdrain.lab.strict.errors import AwsError, SettingsError, one_of
from ecrdrain.lab.strict.services import PRIVATE, SERVED
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


class HeldRepository:
    """One repository with its images and what else ECR knows of it."""

    def __init__(self, seed: Seed, settings: Mapping[str, object] | None = None) -> None:
        self.name = seed.repository
        self.service = seed.service
        self.images = Repository()
        tags = [{"Key": key, "Value": value} for key, value in seed.tags.items()]
        self.settings = {"tags": tags, **(settings or {})}
        """What CreateRepository was told, as its request has it."""
        self.created_at = time.time() if settings else _FIRST_PUSH
        self.deleted = 0
        self.pushed_meanwhile = 0
        self._seed = seed
        self._places = count()
        self._push_numbers = count()
        self._pushed: dict[str, tuple[str, int]] = {}
        self._texts: dict[str, str] = {}

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

    @property
    def tag_mutability(self) -> str:
        """MUTABLE or one of ECR's other settings; only IMMUTABLE changes what PutImage does."""
        return str(self.settings.get("imageTagMutability", "MUTABLE"))

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

    def put(self, image: Image, text: str, tag: str | None) -> None:
        """Take the image that a client puts; `text` is its manifest."""
        image.rank = _RANKS[self._seed.order](next(self._places))
        self.images.put(image, tag)
        self._texts[image.digest] = text

    def manifest(self, digest: str) -> str:
        """Return the manifest of an image; seeded ones are made again instead of kept."""
        if digest in self._texts:
            return self._texts[digest]
        topology, number = self._pushed[digest]
        made = push(topology, number, self._seed.seed)
        return next(image.manifest.text for image in made if image.manifest.digest == digest)

    def _take(self, topology: str, number: int, images: Push) -> None:
        rank = _RANKS[self._seed.order]
        pushed = (topology, number)
        for manifest, tags, status in images:
            place = next(self._places)
            self.images.put(
                Image(
                    digest=manifest.digest,
                    children=manifest.children,
                    tags=set(tags),
                    status=status,
                    media_type=manifest.media_type,
                    artifact_type=manifest.artifact_type,
                    size=manifest.size,
                    pushed_at=_FIRST_PUSH + place,
                    subject=manifest.subject,
                    rank=rank(place),
                )
            )
            self._pushed[manifest.digest] = pushed


@dataclass(slots=True)
class Registry:
    """All repositories, by service and name."""

    repositories: dict[tuple[str, str], HeldRepository] = field(default_factory=dict)

    def seed(self, seed: Seed) -> HeldRepository:
        """Make a repository and fill it; one of the same name is replaced."""
        held = HeldRepository(seed)
        held.fill()
        self.repositories[seed.service, seed.repository] = held
        return held

    def find(self, service: str, name: str, registry_id: str | None) -> HeldRepository:
        """Return the repository; raise AwsError with RepositoryNotFoundException."""
        held = self.repositories.get((service, name))
        if held is None or registry_id not in (None, ACCOUNT_ID):
            raise AwsError(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry "
                f"with id '{registry_id or ACCOUNT_ID}'",
            )
        return held
