"""What may stand under the properties of a `Custom::EcrDrain`, and what it means."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ecrdrain.fate.arns import RepositoryArn, repository_beside

ON_DELETE = ("WithRepository", "Always", "Never")
PROPERTIES = ["ServiceToken", "ServiceTimeout", "RepositoryName", "OnDelete", "Preflight"]
PROPERTIES += ["ReplicatedDeletions"]
LONGEST_TIMEOUT = 3600
"""Seconds that CloudFormation waits at the most, and by default.

Source: CloudFormation template reference, AWS::CloudFormation::CustomResource.
"""

REPOSITORY_NAME = re.compile(r"(?=.{2,256}$)[a-z0-9]+((/|\.|_|__|-+)[a-z0-9]+)*")
"""Pattern, written shorter, and lengths as in ECR's service model (botocore, RepositoryName)."""
NAME_IN_WORDS = "2 to 256 lower-case letters and digits, with . _ - / between; no ARN, no URI"


class Settings(NamedTuple):
    """What a resource asks for.

    Attributes:
        target: The repository.
        on_delete: One of ON_DELETE.
        preflight: Whether to prove at deploy time that the drain would work.
        mistakes: What is wrong with the properties, each with what is allowed; empty: nothing.
    """

    target: RepositoryArn
    on_delete: str
    preflight: bool
    mistakes: str


def parse_settings(
    properties: Mapping[str, Any],
    environment: Mapping[str, str],
    function_arn: str,
    stack_id: str,
) -> Settings:
    """Read and check the properties, with the function's environment for what is absent.

    Raises:
        ValueError: The function's ARN is none.
    """
    name = properties.get("RepositoryName") or environment.get("ECR_REPOSITORY_NAME") or ""
    target = repository_beside(function_arn, str(name))
    account = environment.get("ACCOUNT_ID") or target.account
    same_account = f":{target.account}:" in stack_id
    on_delete = properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE") or ON_DELETE[0]
    preflight = str(properties.get("Preflight", "true")).lower()
    replicated = properties.get("ReplicatedDeletions", "")
    timeout = str(properties.get("ServiceTimeout", LONGEST_TIMEOUT))
    in_bounds = timeout == str(service_timeout_of(properties))
    checks = [("property", key, key in PROPERTIES, ", ".join(PROPERTIES)) for key in properties]
    checks += [
        ("RepositoryName", name, bool(REPOSITORY_NAME.fullmatch(str(name))), NAME_IN_WORDS),
        ("StackId", stack_id, same_account, f"a stack of {target.account}, like the function"),
        ("ACCOUNT_ID", account, account == target.account, target.account),
        ("OnDelete", on_delete, on_delete in ON_DELETE, ", ".join(ON_DELETE)),
        ("Preflight", preflight, preflight in ("true", "false"), "true, false"),
        ("ServiceTimeout", timeout, in_bounds, "1 to 3600 seconds"),
        ("ReplicatedDeletions", replicated, replicated in ("", "Accept"), "Accept"),
    ]
    mistakes = "; ".join(
        f"{what} {value!r} is wrong; allowed is {allowed}"
        for what, value, right, allowed in checks
        if not right
    )
    return Settings(target, on_delete, preflight == "true", mistakes)


def on_delete_of(properties: Mapping[str, Any], environment: Mapping[str, str]) -> str:
    """Read OnDelete for a teardown, which a mistake must not block.

    What is not understood means WithRepository: the guard then decides.
    """
    value = properties.get("OnDelete") or environment.get("ECRDRAIN_ON_DELETE")
    return value if value in ON_DELETE else ON_DELETE[0]


def service_timeout_of(properties: Mapping[str, Any]) -> int:
    """Read how many seconds CloudFormation waits; what is not understood means the default."""
    text = str(properties.get("ServiceTimeout"))
    value = int(text) if re.fullmatch("[0-9]{1,4}", text) else 0
    return value if 1 <= value <= LONGEST_TIMEOUT else LONGEST_TIMEOUT
