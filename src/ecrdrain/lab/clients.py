"""boto3 clients of the lab, untouched by the user's AWS settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import botocore.session
    from botocore.config import Config

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client signs with."""

    access_key_id: str
    secret_access_key: str
    session_token: str | None = None


def make_client(
    service: str, endpoint_url: str, credentials: Credentials, config: Config | None = None
) -> Any:  # noqa: ANN401 - boto3's clients have no type in common
    """Return a boto3 client of the service at the endpoint.

    Retries are off unless `config` says otherwise: what the lab answers is what the caller
    sees.
    """
    # Here, not above: `import ecrdrain.lab` stays cheap.
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    own = Config(
        proxies={},
        retries={"total_max_attempts": 1, "mode": "standard"},
        use_dualstack_endpoint=False,
        use_fips_endpoint=False,
    )
    session: Any = boto3.Session(botocore_session=_clean_session())
    return session.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint_url,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        aws_session_token=credentials.session_token,
        config=own if config is None else own.merge(config),
    )


def _clean_session() -> botocore.session.Session:
    """Return a botocore session that reads no environment variable and no file of the user."""
    import botocore.session  # noqa: PLC0415 - see `make_client`

    session = botocore.session.Session()
    for name, (_, _, default, conversion) in list(session.session_var_map.items()):
        session.session_var_map[name] = (None, None, default, conversion)
    return session
