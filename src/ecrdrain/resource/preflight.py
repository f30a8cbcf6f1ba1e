"""Prove at deploy time that the teardown will work. Deletes nothing."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from ecrdrain.engine.errors import (
    REPOSITORY_NOT_FOUND,
    aws_errors,
    error_code,
    error_words,
    is_denied,
)
from ecrdrain.resource.evidence import StackReadError, readable
from ecrdrain.resource.properties import Settings
from ecrdrain.resource.run import Run

LONGEST_PATIENCE = 60.0
"""Seconds that a permission may take to arrive, since IAM is eventually consistent.

Source: IAM user guide, "Changes that I make are not always immediately visible".
"""
LONGEST_WAIT = 8.0


class Probe(NamedTuple):
    """One call without effect, and the permission that it proves."""

    action: str
    resource: str
    call: Callable[[], object]


def preflight(run: Run, settings: Settings) -> str:
    """Make every call of a teardown in a way that changes nothing.

    Returns:
        What is wrong and how to mend it; empty when nothing is.
    """
    give_up = run.now() + min(LONGEST_PATIENCE, run.time_to_start())
    wait = 1.0
    while True:
        try:
            missing = "; ".join(f"{action} on {arn}" for action, arn in denied(run, settings))
        except StackReadError as error:
            return str(error)
        except aws_errors() as error:
            if error_code(error) != REPOSITORY_NOT_FOUND:
                return error_words(error)
            return (
                f"there is no repository {settings.target.arn}; name one that exists by then, "
                "best in the same template: !Ref Repository"
            )
        if not missing:
            return ""
        run.log("preflight waits for permissions", missing=missing)
        if run.now() + wait > give_up:
            return f"the teardown would fail; grant the function's role {missing}"
        run.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def denied(run: Run, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield (action, resource) of what a teardown needs and IAM does not allow."""
    for probe in probes_for(run, settings):
        try:
            probe.call()
        except aws_errors() as error:
            if not is_denied(error):
                raise
            yield probe.action, probe.resource
    if settings.on_delete != "Always":
        yield from readable(run.clients("cloudformation"), run.stack_id)


def probes_for(run: Run, settings: Settings) -> list[Probe]:
    """List the calls to ECR and Lambda that a teardown of this resource makes."""
    ecr, target = run.clients("ecr"), settings.target
    names = {"registryId": target.account, "repositoryName": target.name}
    # No image has a digest drawn by chance: this proves the permission and deletes nothing.
    nothing = [{"imageDigest": f"sha256:{os.urandom(32).hex()}"}]
    probes = [
        Probe("ecr:ListImages", target.arn, partial(ecr.list_images, **names, maxResults=1)),
        Probe(
            "ecr:BatchDeleteImage",
            target.arn,
            partial(ecr.batch_delete_image, **names, imageIds=nothing),
        ),
    ]
    # Without the guard the article's narrow role is enough: it cannot go on in a further run, and
    # says so when it has to.
    if settings.on_delete != "Always":
        arn = run.context.invoked_function_arn
        invoke = partial(run.clients("lambda").invoke, FunctionName=arn, InvocationType="DryRun")
        probes.append(Probe("lambda:InvokeFunction", arn, invoke))
    return probes
