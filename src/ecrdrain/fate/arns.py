"""Repositories by their ARNs."""

import re
from typing import NamedTuple


class RepositoryArn(NamedTuple):
    """A private repository, by all that its ARN says."""

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """The repository's ARN: the resource's PhysicalResourceId."""
        return f"arn:{self.partition}:ecr:{self.region}:{self.account}:repository/{self.name}"


def parse_repository_arn(text: str) -> RepositoryArn | None:
    """Read a repository's ARN; None means that it is not one."""
    match = re.fullmatch(r"arn:([^:]+):ecr:([^:]+):(\d{12}):repository/(.+)", text)
    return RepositoryArn(*match.groups()) if match else None


def repository_beside(arn: str, name: str) -> RepositoryArn:
    """Name a repository in the account and region of a function or stack.

    Raises:
        ValueError: That is no ARN.
    """
    _, partition, _, region, account, _ = arn.split(":", 5)
    return RepositoryArn(partition, region, account, name)
