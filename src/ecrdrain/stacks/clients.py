"""The AWS clients that the work with stacks needs."""

from typing import TYPE_CHECKING, Protocol

from ecrdrain.engine import Listing, PrivateRepository, PublicRepository, Repository

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient


class Clients(Protocol):
    """Clients of one account and region; each is made when it is first asked for."""

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        ...

    @property
    def ecr(self) -> "ECRClient":
        """The private registry, to read."""
        ...

    @property
    def draining_ecr(self) -> "ECRClient":
        """The private registry for many calls, at the pace that the SDK finds."""
        ...

    @property
    def ecr_public(self) -> "ECRPublicClient":
        """The public registry, to read."""
        ...

    @property
    def draining_ecr_public(self) -> "ECRPublicClient":
        """The public registry for many calls, at the pace that the SDK finds."""
        ...

    @property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        ...


class ClientsWithLogs(Clients, Protocol):
    """The same, and the logs of functions."""

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        ...


def registry_client(clients: Clients, registry: str) -> "ECRClient | ECRPublicClient":
    """Return the client that asks a registry a single thing: it gives up soon."""
    return clients.ecr if registry == "private" else clients.ecr_public


def patient_client(clients: Clients, registry: str) -> "ECRClient | ECRPublicClient":
    """Return the client that works through a registry's images at the pace that the SDK finds."""
    return clients.draining_ecr if registry == "private" else clients.draining_ecr_public


def make_repository(
    clients: Clients,
    registry: str,
    name: str,
    registry_id: str | None = None,
    listing: Listing | None = None,
) -> Repository:
    """Return a repository as the engine drains it, beginning with a listing of it."""
    if registry == "private":
        return PrivateRepository(clients.draining_ecr, name, registry_id, listing)
    return PublicRepository(clients.draining_ecr_public, name, registry_id, listing)
