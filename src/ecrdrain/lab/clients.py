"""boto3 clients of the lab, untouched by the user's AWS settings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"

_MAKING = threading.Lock()  # a session makes clients for one thread at a time


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client signs with."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def make_client(
    service: str,
    endpoint_url: str,
    credentials: Credentials,
    config: Config | None = None,
    region: str = REGION,
) -> Any:  # noqa: ANN401 - boto3's clients have no type in common
    """Return a boto3 client of the service at the endpoint.

    Retries are off unless `config` says otherwise: what the lab answers is what the caller
    sees.
    """
    from botocore.config import Config  # noqa: PLC0415 - `import ecrdrain.lab` stays cheap

    own = Config(
        proxies={},
        retries={"total_max_attempts": 1, "mode": "standard"},
        use_dualstack_endpoint=False,
        use_fips_endpoint=False,
    )
    with _MAKING:
        return _session().client(
            service,
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            config=own if config is None else own.merge(config),
        )


@cache
def _session() -> Any:  # noqa: ANN401 - as in `make_client`
    """Return a session that reads no environment variable and no file of the user.

    One for all clients: it reads a service's model once, which takes longer than all the rest.
    """
    import boto3  # noqa: PLC0415 - see `make_client`
    import botocore.session  # noqa: PLC0415

    session = botocore.session.Session()
    for name, (_, _, default, conversion) in list(session.session_var_map.items()):
        session.session_var_map[name] = (None, None, default, conversion)
    return boto3.Session(botocore_session=session)
