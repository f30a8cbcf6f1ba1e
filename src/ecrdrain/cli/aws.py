"""The AWS clients of a command, made when they are first used."""

import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from ecrdrain import __version__
from ecrdrain.cli.errors import WrongUseError
from ecrdrain.cli.options import AwsOptions
from ecrdrain.engine import CONCURRENCY, client_config
from ecrdrain.engine.calls import end_tries
from ecrdrain.engine.errors import answer_error, aws_errors
from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.place import Place

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_ecr_public import ECRPublicClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_sts import STSClient

PUBLIC_REGION = "us-east-1"
"""Where the public registry's API is (General Reference, "Amazon ECR Public endpoints")."""

_PATIENT_ATTEMPTS = 40
"""Tries of a call that AWS throttles or fails at, with the SDK's growing pauses: minutes."""
_LOST_ATTEMPTS = 2
_CONNECT_TIMEOUT, _READ_TIMEOUT = 5, 8
"""Seconds: an endpoint that never answers is told within 20, after this many tries."""
_END_SOON = partial(end_tries, most=_LOST_ATTEMPTS)


@dataclass
class Aws:
    """The clients of one account and region; the end of a ``with`` block closes them.

    Args:
        options: Profile, region and endpoint; what is None is left to the SDK.
        concurrency: How many connections a drain may use at once.
    """

    options: AwsOptions
    concurrency: int = CONCURRENCY
    throttled: int = 0
    """Calls of drains that AWS has throttled."""
    _clients: dict[tuple[str, bool], Any] = field(default_factory=dict)
    _session: Any = None
    _account: Future[str | None] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        """Close the clients' connections; an error about a name tells the place, too.

        Who is asking has been asked by then, or soon is: no thread is left behind.
        """
        if isinstance(error, UnknownNameError) and error.kind != "parameter":
            error.place = str(self.place)
        if self._account is not None:
            wait([self._account])
        for client in self._clients.values():
            client.close()

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @property
    def ecr(self) -> "ECRClient":
        """The private registry, to read."""
        client: ECRClient = self._client("ecr")
        return client

    @property
    def draining_ecr(self) -> "ECRClient":
        """The private registry, for drains."""
        client: ECRClient = self._client("ecr", draining=True)
        return client

    @property
    def ecr_public(self) -> "ECRPublicClient":
        """The public registry, to read."""
        client: ECRPublicClient = self._client("ecr-public")
        return client

    @property
    def draining_ecr_public(self) -> "ECRPublicClient":
        """The public registry, for drains."""
        client: ECRPublicClient = self._client("ecr-public", draining=True)
        return client

    @property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        client: LambdaClient = self._client("lambda")
        return client

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @property
    def account(self) -> str | None:
        """The caller's account; None when AWS does not say."""
        return self._asked().result()

    @property
    def place(self) -> Place:
        """The caller's account, and the region."""
        regions = {client.meta.region_name for client in self._clients.values()}
        return Place(self.account, next(iter(regions), None))

    def _asked(self) -> Future[str | None]:
        """Ask whose account it is, if that has not been asked yet."""
        if self._account is None:
            pool = ThreadPoolExecutor(1)
            self._account = pool.submit(self._ask_account)
            pool.shutdown(wait=False)
        return self._account

    def _ask_account(self) -> str | None:
        try:
            identity: STSClient = self._client("sts")
            return identity.get_caller_identity()["Account"]
        except WrongUseError:
            return None  # it is said where the command makes its own client
        except aws_errors():
            return None  # it only completes plans and reports

    def _client(self, service: str, *, draining: bool = False) -> Any:  # noqa: ANN401 - boto3's clients have no type in common
        with self._lock:  # making clients is not safe in several threads
            if (service, draining) not in self._clients:
                self._clients[service, draining] = self._make(service, draining=draining)
                if service != "sts":
                    self._asked()  # beside the first calls, which need no second client
            return self._clients[service, draining]

    def _make(self, service: str, *, draining: bool) -> Any:  # noqa: ANN401 - as above
        import boto3  # noqa: PLC0415 - takes half a second
        from botocore.config import Config  # noqa: PLC0415 - goes with it

        if self._session is None:
            # The SDK for Python reads AWS_DEFAULT_REGION alone; AWS's other tools read both.
            region = self.options.region or os.environ.get("AWS_REGION")
            self._session = boto3.Session(profile_name=self.options.profile, region_name=region)
        config = Config(user_agent_extra=f"ecrdrain/{__version__}").merge(
            client_config(self.concurrency)
            if draining
            else Config(
                retries={
                    "mode": "adaptive",
                    "total_max_attempts": _LOST_ATTEMPTS
                    if service == "sts"
                    else _PATIENT_ATTEMPTS,
                },
                connect_timeout=_CONNECT_TIMEOUT,
                read_timeout=_READ_TIMEOUT,
            )
        )
        try:
            client = self._session.client(
                service,
                region_name=PUBLIC_REGION if service == "ecr-public" else None,
                endpoint_url=self.options.endpoint_url,
                config=config,
            )
        except ValueError as error:  # botocore's word for an address that is none
            raise WrongUseError(
                f"{error}: write --endpoint-url (or AWS_ENDPOINT_URL) as http://HOST or "
                "https://HOST"
            ) from error
        if draining:
            client.meta.events.register("response-received", self._heard)
        else:
            client.meta.events.register("needs-retry", _END_SOON)
        return client

    def _heard(self, parsed_response: dict[str, Any] | None, **_: object) -> None:
        if answer_error("", parsed_response or {}).throttled:
            with self._lock:
                self.throttled += 1
