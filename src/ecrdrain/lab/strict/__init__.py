"""A strict, fast stand-in for Amazon ECR, private and public, for scale and faults.

Importing it loads neither boto3 nor aiohttp.
"""

from ecrdrain.lab.strict.behaviour import (
    Behaviour,
    Fault,
    ImageFailures,
    Pushes,
    Referrers,
    UnknownMembers,
)
from ecrdrain.lab.strict.counts import RepositoryState, State
from ecrdrain.lab.strict.errors import SettingsError, StrictEcrError
from ecrdrain.lab.strict.handle import StrictEcr, serve
from ecrdrain.lab.strict.registry import Order
from ecrdrain.lab.strict.topologies import TOPOLOGIES

__all__ = [
    "TOPOLOGIES",
    "Behaviour",
    "Fault",
    "ImageFailures",
    "Order",
    "Pushes",
    "Referrers",
    "RepositoryState",
    "SettingsError",
    "State",
    "StrictEcr",
    "StrictEcrError",
    "UnknownMembers",
    "serve",
]
