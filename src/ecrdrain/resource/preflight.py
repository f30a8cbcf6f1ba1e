"""Prove at deploy time that the teardown will work. Deletes nothing."""

import os
from collections.abc import Callable, Iterator
from functools import partial

from ecrdrain.engine.errors import (
    REPOSITORY_NOT_FOUND,
    aws_errors,
    call_error,
)
from ecrdrain.fate.evidence import StackReadError, denied_reads
from ecrdrain.resource.properties import Settings
from ecrdrain.resource.run import Run


def preflight(run: Run, settings: Settings) -> str:
    """Make every call of a teardown in a way that changes nothing.

    Returns:
        What is wrong and how to mend it; empty when nothing is.
    """
    missing = ""
    # IAM is eventually consistent (IAM user guide, "Changes that I make are not always immediately
    # visible"): what is denied may be allowed within a minute.
    for _ in run.tries(min(run.now() + 60, run.stop_by)):
        try:
            missing = "; ".join(denied(run, settings))
        except StackReadError as error:
            return str(error)
        except aws_errors() as error:
            if call_error(error).code != REPOSITORY_NOT_FOUND:
                return str(call_error(error))
            return f"there is no repository {settings.target.arn}; best say !Ref Repository"
        if not missing:
            return ""
        run.log("preflight waits", missing=missing)
    return f"the teardown would fail; grant the function's role {missing}"


def denied(run: Run, settings: Settings) -> Iterator[str]:
    """Yield what a teardown needs and IAM does not allow: each action, and on what."""
    for grant, call in probes(run, settings):
        try:
            call()
        except aws_errors() as error:
            if not call_error(error).denied:
                raise
            yield grant
    if settings.on_delete != "Always":
        yield from denied_reads(run.clients("cloudformation"), run.stack_id)


def probes(run: Run, settings: Settings) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what a teardown calls, each in a way that has no effect."""
    ecr, target = run.clients("ecr"), settings.target
    names = {"registryId": target.account, "repositoryName": target.name}
    yield f"ecr:ListImages on {target.arn}", partial(ecr.list_images, **names, maxResults=1)
    # No image has a digest drawn by chance: this proves the permission and deletes nothing.
    nothing = [{"imageDigest": f"sha256:{os.urandom(32).hex()}"}]
    delete = partial(ecr.batch_delete_image, **names, imageIds=nothing)
    yield f"ecr:BatchDeleteImage on {target.arn}", delete
