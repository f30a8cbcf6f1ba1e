"""How a repository is emptied."""

from ecrdrain.engine.calls import Calls, OneAtATime, Until
from ecrdrain.engine.drain import drain_repository
from ecrdrain.engine.report import CallError, Failure, Report
from ecrdrain.engine.repository import Page, PrivateRepository, Repository
from ecrdrain.engine.rounds import Tell, tell_nobody

__all__ = [
    "CallError",
    "Calls",
    "Failure",
    "OneAtATime",
    "Page",
    "PrivateRepository",
    "Report",
    "Repository",
    "Tell",
    "Until",
    "drain_repository",
    "tell_nobody",
]
