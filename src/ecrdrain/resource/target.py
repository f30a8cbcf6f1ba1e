"""Who is who: repositories and functions by their ARNs."""

import re
from typing import NamedTuple

REPOSITORY_ARN = re.compile(r"arn:([^:]+):ecr:([^:]+):(\d{12}):repository/(.+)")


class Target(NamedTuple):
    """A private repository, by all that its ARN says."""

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """The repository's ARN: the resource's PhysicalResourceId."""
        return f"arn:{self.partition}:ecr:{self.region}:{self.account}:repository/{self.name}"


def parse_target(arn: str) -> Target | None:
    """Read a repository's ARN; None means that it is not one."""
    match = REPOSITORY_ARN.fullmatch(arn)
    return Target(*match.groups()) if match else None


def neighbour(function_arn: str, name: str) -> Target:
    """Name a repository in the function's own account and region.

    Raises:
        ValueError: The function's ARN is none.
    """
    parts = function_arn.split(":")
    if parts[2:3] != ["lambda"]:
        raise ValueError(f"{function_arn!r} is not the ARN of a Lambda function")
    return Target(parts[1], parts[3], parts[4], name)
