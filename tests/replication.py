"""Replication rules for the lab's registries."""

from __future__ import annotations

import io
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from ecrdrain.lab.clients import Credentials, make_client

if TYPE_CHECKING:
    from types_boto3_ecr import ECRClient

OTHER = "210987654321"
"""The account of another registry."""


def rule(*places: tuple[str, str], prefix: str = "", deletions: bool = True) -> dict[str, Any]:
    """Return a rule that replicates to registries, each with its account and its region."""
    made: dict[str, Any] = {
        "destinations": [
            {"registryId": registry_id, "region": region} for registry_id, region in places
        ]
    }
    if prefix:
        made["repositoryFilters"] = [{"filter": prefix, "filterType": "PREFIX_MATCH"}]
    if deletions:
        made["deleteReplication"] = {"enabled": True}
    return made


def put_rules(ecr: ECRClient, *rules: dict[str, Any]) -> None:
    """Put rules in place of those before, deleteReplication included.

    An SDK that does not know the member refuses to send it, so the body is written past it.
    """
    body = json.dumps({"replicationConfiguration": {"rules": rules}}).encode()
    event, write = "before-call.ecr.PutReplicationConfiguration", partial(_write, body)
    ecr.meta.events.register(event, write)
    try:
        ecr.put_replication_configuration(replicationConfiguration={"rules": []})
    finally:
        ecr.meta.events.unregister(event, write)


def _write(body: bytes, params: dict[str, Any], **_: object) -> None:
    params["body"] = body


def answering_ecr(status: int, body: object) -> ECRClient:
    """Return a client whose every call is answered with a status and a body."""
    client: ECRClient = make_client("ecr", "http://127.0.0.1:9", Credentials("lab", "lab"))

    def answer(request: Any, **_: object) -> Any:
        raw: Any = io.BytesIO(json.dumps(body).encode())
        raw.stream = lambda *_: iter([raw.read()])
        return AWSResponse(request.url, status, HTTPHeaders(), raw)

    client.meta.events.register("before-send.ecr", answer)
    return client
