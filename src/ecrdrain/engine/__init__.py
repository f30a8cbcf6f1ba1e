"""How a repository is emptied."""

from ecrdrain.engine.calls import CONCURRENCY, client_config
from ecrdrain.engine.drain import drain_repositories, drain_repository
from ecrdrain.engine.errors import CallError
from ecrdrain.engine.events import Deleted, Event, Listed, OnEvent, RoundEnded, ignore
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.listing import Listing, Page, Row
from ecrdrain.engine.public import PublicRepository
from ecrdrain.engine.report import DrainError, Failure, Outcome, Report
from ecrdrain.engine.repository import PrivateRepository, Repository

__all__ = [
    "CONCURRENCY",
    "CallError",
    "Deleted",
    "DrainError",
    "Event",
    "Failure",
    "Limits",
    "Listed",
    "Listing",
    "OnEvent",
    "Outcome",
    "Page",
    "PrivateRepository",
    "PublicRepository",
    "Report",
    "Repository",
    "RoundEnded",
    "Row",
    "client_config",
    "drain_repositories",
    "drain_repository",
    "ignore",
]
