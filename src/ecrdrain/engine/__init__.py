"""How a repository is emptied."""

from ecrdrain.engine.calls import CONCURRENCY, client_config
from ecrdrain.engine.drain import drain_repositories, drain_repository
from ecrdrain.engine.errors import CallError, aws_errors
from ecrdrain.engine.events import Deleted, Event, Listed, OnEvent, RoundEnded, ignore
from ecrdrain.engine.limits import Limits
from ecrdrain.engine.listing import Listing, Page, Row
from ecrdrain.engine.names import InvalidNameError, check_name, check_names
from ecrdrain.engine.public import PublicRepository
from ecrdrain.engine.raising import (
    ConfigurationError,
    RepositoryNotFoundError,
    configuration_error,
    raise_for,
)
from ecrdrain.engine.report import DrainError, Failure, Outcome, Report
from ecrdrain.engine.repository import PrivateRepository, Repository

__all__ = [
    "CONCURRENCY",
    "CallError",
    "ConfigurationError",
    "Deleted",
    "DrainError",
    "Event",
    "Failure",
    "InvalidNameError",
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
    "RepositoryNotFoundError",
    "RoundEnded",
    "Row",
    "aws_errors",
    "check_name",
    "check_names",
    "client_config",
    "configuration_error",
    "drain_repositories",
    "drain_repository",
    "ignore",
    "raise_for",
]
