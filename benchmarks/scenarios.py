"""What the tools are compared on: images, latencies, rate limits, and who takes part."""

from dataclasses import dataclass

OURS = "ecrdrain"
OUR_FUNCTION = "ecrdrain-function"
ARTICLE = "article"
PAGING = "article-paging"
CDK = "cdk"
CLI = "aws-cli"
CLI_HUNDREDS = "aws-cli-hundreds"
FORCE = "delete-repository"

EVERYONE = (OURS, OUR_FUNCTION, ARTICLE, PAGING, CDK, CLI, CLI_HUNDREDS, FORCE)
FUNCTIONS = (OURS, OUR_FUNCTION, ARTICLE, PAGING, CDK)

WORDS = {
    "single": "single images",
    "multi-tag": "images with three tags each",
    "buildx": "images of buildx pushes",
    "untagged-indexes": "images of untagged indexes",
    "archived": "images, most of them archived",
    "mixed": "images of every kind",
}
"""What the strict ECR server's topologies are, after a number."""

_SHORT_LIMIT = 30.0
"""Seconds a run gets where other tools need minutes: enough to see how far they come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One repository, one way AWS behaves, and the tools that are to empty it.

    Attributes:
        topology: What the images are; a name of the strict ECR server.
        rate: Calls a second of each operation that are not throttled; None: no limit.
        repetitions: How often each tool runs, on other images each time.
        limit: Seconds after which a run is stopped.
        charted: Whether the chart shows it.
    """

    topology: str
    images: int
    delete_ms: int = 200
    list_ms: int = 60
    rate: float | None = None
    repetitions: int = 3
    limit: float = 60.0
    peers: tuple[str, ...] = EVERYONE
    charted: bool = False

    @property
    def title(self) -> str:
        """The scenario in one line."""
        limit = "no rate limit" if self.rate is None else f"at most {self.rate:g} calls/s"
        return (
            f"{self.images:,} {WORDS[self.topology]}: "
            f"delete {self.delete_ms} ms, list {self.list_ms} ms, {limit}"
        )

    @property
    def behaviour(self) -> dict[str, object]:
        """The same for the strict ECR server."""
        delete = self.delete_ms / 1000
        return {
            "latency": {
                "BatchDeleteImage": delete,
                "DeleteRepository": delete,
                "*": self.list_ms / 1000,
            },
            "rate": {} if self.rate is None else self.rate,
        }


FULL = (
    Scenario(topology="single", images=1_000, charted=True),
    Scenario(topology="buildx", images=1_000, peers=(*FUNCTIONS, CLI, FORCE), charted=True),
    Scenario(topology="untagged-indexes", images=1_000, peers=FUNCTIONS),
    Scenario(topology="multi-tag", images=1_000, peers=FUNCTIONS),
    Scenario(topology="archived", images=1_000, peers=FUNCTIONS),
    Scenario(topology="single", images=2_000, rate=2, peers=FUNCTIONS, charted=True),
    Scenario(
        topology="single",
        images=10_000,
        delete_ms=300,
        list_ms=100,
        peers=(*FUNCTIONS, FORCE),
        charted=True,
    ),
    Scenario(
        topology="buildx", images=10_000, rate=20, limit=_SHORT_LIMIT, peers=(OURS, PAGING, CDK)
    ),
    Scenario(
        topology="single",
        images=100_000,
        limit=_SHORT_LIMIT,
        peers=(OURS, ARTICLE, PAGING, CDK, FORCE),
        charted=True,
    ),
)

QUICK = (
    Scenario(topology="single", images=1_000, repetitions=1, charted=True),
    Scenario(topology="buildx", images=1_000, repetitions=1, charted=True),
    Scenario(topology="single", images=500, rate=2, repetitions=1, peers=FUNCTIONS, charted=True),
    Scenario(
        topology="single",
        images=10_000,
        delete_ms=300,
        list_ms=100,
        repetitions=1,
        limit=10.0,
        charted=True,
    ),
)
