"""What a shell completes from the account: repositories, stacks, profiles and regions.

Names are kept for a minute, so that the next key does not wait for AWS. Whatever goes wrong, no
credentials for a start, there is nothing to complete, and nothing is said.
"""

import json
import os
import time
from collections.abc import Callable
from typing import Any

_FRESH = 60.0
"""Seconds that names are kept."""
_MOST = 1000
"""Names that are asked for: more do not fit on a screen."""
_TIMEOUT = 3
"""Seconds that a person waits for a completion at the most."""


def complete_repositories(ctx: Any, incomplete: str) -> list[str]:  # noqa: ANN401 - of typer
    """Return the repositories whose names begin so."""
    service = "ecr-public" if ctx.params.get("public") else "ecr"
    return _complete(ctx, incomplete, service, "describe_repositories", _repositories)


def complete_stacks(ctx: Any, incomplete: str) -> list[str]:  # noqa: ANN401 - of typer
    """Return the root stacks whose names begin so."""
    return _complete(ctx, incomplete, "cloudformation", "list_stacks", _stacks)


def complete_profiles(incomplete: str) -> list[str]:
    """Return the profiles whose names begin so."""
    return _silently(lambda: _beginning(incomplete, _session({}).available_profiles))


def complete_regions(incomplete: str) -> list[str]:
    """Return the regions whose names begin so."""
    return _silently(
        lambda: _beginning(incomplete, _session({}).get_available_regions("cloudformation"))
    )


def _complete(
    ctx: Any,  # noqa: ANN401 - of typer
    incomplete: str,
    service: str,
    operation: str,
    read: Callable[[dict[str, Any]], list[str]],
) -> list[str]:
    options = {name: ctx.params.get(name) for name in ("profile", "region", "endpoint_url")}
    key = json.dumps([service, options, os.environ.get("AWS_PROFILE"), _region(options)])
    return _silently(
        lambda: _beginning(incomplete, _kept(key, lambda: _ask(service, operation, read, options)))
    )


def _ask(
    service: str,
    operation: str,
    read: Callable[[dict[str, Any]], list[str]],
    options: dict[str, Any],
) -> list[str]:
    from botocore.config import Config  # noqa: PLC0415 - only where something is completed

    config = Config(
        connect_timeout=_TIMEOUT, read_timeout=_TIMEOUT, retries={"total_max_attempts": 1}
    )
    client = _session(options).client(
        service,
        region_name="us-east-1" if service == "ecr-public" else None,
        endpoint_url=options["endpoint_url"],
        config=config,
    )
    pages = client.get_paginator(operation).paginate(PaginationConfig={"MaxItems": _MOST})
    return [name for page in pages for name in read(page)]


def _repositories(page: dict[str, Any]) -> list[str]:
    return [each["repositoryName"] for each in page["repositories"]]


def _stacks(page: dict[str, Any]) -> list[str]:
    return [
        each["StackName"]
        for each in page["StackSummaries"]
        if each["StackStatus"] != "DELETE_COMPLETE" and "ParentId" not in each
    ]


def _session(options: dict[str, Any]) -> Any:  # noqa: ANN401 - boto3's
    import boto3  # noqa: PLC0415 - only where something is completed

    return boto3.Session(profile_name=options.get("profile"), region_name=_region(options))


def _region(options: dict[str, Any]) -> str | None:
    return options.get("region") or os.environ.get("AWS_REGION")


def _kept(key: str, ask: Callable[[], list[str]]) -> list[str]:
    """Return what was kept under a key, or ask and keep it."""
    from pathlib import Path  # noqa: PLC0415 - help must not wait for it

    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    path = Path(cache) / "ecrdrain" / "completion.json"
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    now = time.time()
    if now - kept.get(key, {}).get("time", 0) > _FRESH:
        fresh = {name: each for name, each in kept.items() if now - each["time"] <= _FRESH}
        kept = {**fresh, key: {"time": now, "names": ask()}}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(kept))
    names: list[str] = kept[key]["names"]
    return names


def _beginning(incomplete: str, names: list[str]) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _silently(complete: Callable[[], list[str]]) -> list[str]:
    try:
        return complete()
    except Exception:  # noqa: BLE001 - a shell's line is no place for errors of any kind
        return []
