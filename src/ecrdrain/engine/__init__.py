"""How a repository is emptied."""

from ecrdrain.engine.basic import Tell
from ecrdrain.engine.calls import Calls, Until
from ecrdrain.engine.config import client_config
from ecrdrain.engine.described import DescribingRepository, PublicRepository
from ecrdrain.engine.drain import drain_repository
from ecrdrain.engine.errors import CallError
from ecrdrain.engine.one_at_a_time import OneAtATime
from ecrdrain.engine.pacer import CONCURRENCY, LaneState, Pacer
from ecrdrain.engine.report import Failure, Report
from ecrdrain.engine.repository import Page, PrivateRepository, Repository
from ecrdrain.engine.rounds import tell_nobody

__all__ = [
    "CONCURRENCY",
    "CallError",
    "Calls",
    "DescribingRepository",
    "Failure",
    "LaneState",
    "OneAtATime",
    "Pacer",
    "Page",
    "PrivateRepository",
    "PublicRepository",
    "Report",
    "Repository",
    "Tell",
    "Until",
    "client_config",
    "drain_repository",
    "tell_nobody",
]
