"""Prove at deploy time that the teardown will work. Deletes nothing."""

import os
from collections.abc import Callable, Iterator
from functools import partial

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.fate.evidence import READS, decide, grant_to_read
from ecrdrain.resource.properties import Settings
from ecrdrain.resource.replication import replicated
from ecrdrain.resource.run import Run

IAM_LAGS, LISTINGS_LAG = 60, 10
"""Seconds. IAM is eventually consistent (IAM user guide, "Changes that I make are not always
immediately visible"): what it denies may be allowed within a minute. How long the listings of a
stack lag is not documented."""


def preflight(run: Run, settings: Settings) -> str:
    """Make every call of a teardown in a way that changes nothing, and see what it would decide.

    Returns:
        What is wrong and how to mend it; empty when nothing is.
    """
    problem, begun = "", run.now()
    for _ in run.tries(min(begun + IAM_LAGS, run.stop_by)):
        missing = []
        for grant, call in probes(run, settings):
            try:
                call()
            except aws_errors() as failure:
                error = call_error(failure)
                if not error.denied:
                    return f"{grant}: {error}"
                missing.append(grant)
        problem = objection(run, settings)
        if missing:
            problem = f"the teardown would fail; grant the function's role {'; '.join(missing)}"
        elif not problem or run.now() > begun + LISTINGS_LAG:
            break
        run.log("preflight waits", problem=problem)
    return problem


def probes(run: Run, settings: Settings) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what a teardown calls, each in a way that has no effect."""
    ecr, target = run.clients("ecr"), settings.target
    names = {"registryId": target.account, "repositoryName": target.name}
    yield f"ecr:ListImages on {target.arn}", partial(ecr.list_images, **names, maxResults=1)
    # No image has a digest drawn by chance: this proves the permission and deletes nothing.
    nothing = [{"imageDigest": f"sha256:{os.urandom(32).hex()}"}]
    delete = partial(ecr.batch_delete_image, **names, imageIds=nothing)
    yield f"ecr:BatchDeleteImage on {target.arn}", delete
    if settings.on_delete != "Always":
        for call in READS:
            read = getattr(run.clients("cloudformation"), call)
            yield grant_to_read(call, run.stack_id), partial(read, StackName=run.stack_id)


def objection(run: Run, settings: Settings) -> str:
    """Say why a teardown that may do all it has to would never drain; empty: it would."""
    target, mode = settings.target, settings.on_delete
    if mode != "Always":
        decision = decide(run.clients("cloudformation"), mode, run.stack_id, target)
        if decision.evidence["situation"] not in ("STAYS", "DELETED", "RETAINED"):
            return f"the drain could never act: {decision.why}"
    return replicated(run, target, mode)
