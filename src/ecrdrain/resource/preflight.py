"""Prove at deploy time that the teardown will work. Deletes nothing."""

import os
from collections.abc import Callable
from typing import NamedTuple

from ecrdrain.engine.errors import (
    REPOSITORY_NOT_FOUND,
    aws_errors,
    error_code,
    error_message,
    is_denied,
)
from ecrdrain.resource.properties import Settings
from ecrdrain.resource.surroundings import Run

LONGEST_PATIENCE = 60.0
"""Seconds that a permission may take to arrive, since IAM is eventually consistent.

Source: IAM user guide, "Changes that I make are not always immediately visible".
"""
FIRST_WAIT, LONGEST_WAIT = 1.0, 8.0


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
    waiting = probes_for(run, settings)
    give_up = run.now() + min(LONGEST_PATIENCE, run.time_to_start())
    wait = FIRST_WAIT
    while True:
        denied: list[Probe] = []
        for probe in waiting:
            try:
                probe.call()
            except aws_errors() as error:
                if error_code(error) == REPOSITORY_NOT_FOUND:
                    return (
                        f"Preflight: there is no repository {settings.target.arn}; name one that "
                        "exists by then, best in the same template: !Ref Repository"
                    )
                if not is_denied(error):
                    return (
                        f"Preflight: {probe.action} on {probe.resource} failed with "
                        f"{error_code(error)}: {error_message(error)}"
                    )
                denied.append(probe)
        if not denied:
            return ""
        waiting = denied
        run.log("preflight waits for permissions", missing=[each.action for each in denied])
        if run.now() + wait > give_up:
            missing = "; ".join(f"{each.action} on {each.resource}" for each in denied)
            return f"Preflight: the teardown would fail; grant the function's role {missing}"
        run.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def probes_for(run: Run, settings: Settings) -> list[Probe]:
    """List the calls that a teardown of this resource needs."""
    clients, target = run.clients, settings.target
    ecr = clients.ecr
    probes = [
        Probe(
            "ecr:ListImages",
            target.arn,
            lambda: ecr.list_images(
                registryId=target.account, repositoryName=target.name, maxResults=1
            ),
        ),
        Probe(
            "ecr:BatchDeleteImage",
            target.arn,
            lambda: ecr.batch_delete_image(
                registryId=target.account,
                repositoryName=target.name,
                # No image has a digest drawn by chance: this proves the permission and
                # deletes nothing.
                imageIds=[{"imageDigest": f"sha256:{os.urandom(32).hex()}"}],
            ),
        ),
    ]
    if settings.on_delete == "Always":
        return probes
    return [
        *probes,
        Probe(
            "lambda:InvokeFunction",
            run.function_arn,
            lambda: clients.functions.invoke(
                FunctionName=run.function_arn, InvocationType="DryRun"
            ),
        ),
    ]
