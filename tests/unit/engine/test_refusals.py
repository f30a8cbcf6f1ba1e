"""What a refusal is worth, by its code."""

from __future__ import annotations

from typing import Any

import botocore.session
import pytest

from ecrdrain.engine.refusals import IDLE_ROUNDS, worth_another_round


def test_every_code_is_one_of_ecrs() -> None:
    """They stand in the service model of the SDK, in both registries'."""
    session = botocore.session.get_session()
    for service in ("ecr", "ecr-public"):
        shape: Any = session.get_service_model(service).shape_for("ImageFailureCode")
        known = set(shape.enum)
        if service == "ecr":
            assert set(IDLE_ROUNDS) <= known
        assert {"ImageNotFound", "ImageReferencedByManifestList", "KmsError"} <= known


@pytest.mark.parametrize(
    ("codes", "idle", "worth"),
    [
        (["ImageInaccessible"], 1, False),
        (["KmsError"], 1, True),
        (["KmsError"], 2, False),
        (["ImageInaccessible", "UpstreamUnavailable"], 3, True),
        (["ImageInaccessible", "UpstreamUnavailable"], 4, False),
        ([], 1, False),
    ],
)
def test_the_most_patient_code_decides(codes: list[str], idle: int, worth: bool) -> None:  # noqa: FBT001 - of parametrize
    """After so many rounds without progress."""
    assert worth_another_round(codes, idle) is worth
