"""What may stand under the properties of a `Custom::EcrDrain`, and what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecrdrain.resource.request import Home, Target

ON_DELETE = ("WithRepository", "Always", "Never")
PROPERTIES = (
    "ServiceToken",
    "ServiceTimeout",
    "RepositoryName",
    "OnDelete",
    "Preflight",
    "RegistryId",
)
LONGEST_SERVICE_TIMEOUT = 3600
"""Seconds that CloudFormation waits at the most, and by default.

Source: CloudFormation template reference, AWS::CloudFormation::CustomResource.
"""

# Pattern and lengths as in ECR's service model (botocore, RepositoryName).
REPOSITORY_NAME = re.compile(
    r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
)
SHORTEST_NAME, LONGEST_NAME = 2, 256


class PropertyError(ValueError):
    """The properties are wrong; the message names each mistake and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """What a resource asks for.

    Attributes:
        target: The repository.
        on_delete: One of ON_DELETE.
        preflight: Whether to prove at deploy time that the drain would work.
    """

    target: Target
    on_delete: str
    preflight: bool


def parse_settings(
    properties: Mapping[str, Any], environment: Mapping[str, str], home: Home
) -> Settings:
    """Read and check the properties, with the function's environment for what is absent.

    Raises:
        PropertyError: Anything is wrong.
    """
    mistakes = [
        f"{name} is not a property of this resource; allowed are {', '.join(PROPERTIES)}"
        for name in properties
        if name not in PROPERTIES
    ]
    name = str(properties.get("RepositoryName") or environment.get("ECR_REPOSITORY_NAME") or "")
    if not name:
        mistakes.append(
            "RepositoryName is missing; give it (RepositoryName: !Ref Repository), or set "
            "ECR_REPOSITORY_NAME in the function's environment"
        )
    elif not (SHORTEST_NAME <= len(name) <= LONGEST_NAME and REPOSITORY_NAME.fullmatch(name)):
        mistakes.append(
            f"RepositoryName {name!r} is not a repository's name, such as team/app: 2 to 256 "
            "characters, lower-case letters and digits, separated by . _ - or /, and neither an "
            "ARN nor a URI"
        )
    registry = str(properties.get("RegistryId") or environment.get("ACCOUNT_ID") or home.account)
    if registry != home.account:
        mistakes.append(
            f"RegistryId {registry!r} is not the function's account; allowed is {home.account}: "
            "deploy a function in the repository's own account"
        )
    on_delete = str(
        properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE") or ON_DELETE[0]
    )
    if on_delete not in ON_DELETE:
        mistakes.append(f"OnDelete {on_delete!r} is unknown; allowed are {', '.join(ON_DELETE)}")
    preflight = str(properties.get("Preflight", "true")).lower()
    if preflight not in ("true", "false"):
        mistakes.append(f"Preflight {preflight!r} is unknown; allowed are true, false")
    if not _is_service_timeout(properties.get("ServiceTimeout", LONGEST_SERVICE_TIMEOUT)):
        mistakes.append(
            f"ServiceTimeout {properties['ServiceTimeout']!r} is out of range; allowed are 1 to "
            f"{LONGEST_SERVICE_TIMEOUT} seconds"
        )
    if mistakes:
        raise PropertyError("; ".join(mistakes))
    target = Target(home.partition, home.region, home.account, name)
    return Settings(target, on_delete, preflight == "true")


def on_delete_of(properties: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Read OnDelete for a teardown, which a mistake must not block.

    What is not understood means WithRepository: the guard then decides.
    """
    value = str(properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE") or "")
    return value if value in ON_DELETE else ON_DELETE[0]


def service_timeout_of(properties: Mapping[str, Any]) -> int:
    """Read how many seconds CloudFormation waits; what is not understood means the default."""
    value = properties.get("ServiceTimeout", LONGEST_SERVICE_TIMEOUT)
    return int(value) if _is_service_timeout(value) else LONGEST_SERVICE_TIMEOUT


def _is_service_timeout(value: object) -> bool:
    text = str(value)
    return text.isascii() and text.isdigit() and 1 <= int(text) <= LONGEST_SERVICE_TIMEOUT
