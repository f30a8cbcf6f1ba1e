"""What a refusal is worth, by its code."""

from __future__ import annotations

from typing import Any

import botocore.session

from ecrdrain.engine.refusals import IDLE_ROUNDS


def test_every_code_is_one_of_ecrs() -> None:
    """They stand in the service model of the SDK, in both registries'."""
    session = botocore.session.get_session()
    for service in ("ecr", "ecr-public"):
        shape: Any = session.get_service_model(service).shape_for("ImageFailureCode")
        known = set(shape.enum)
        if service == "ecr":
            assert set(IDLE_ROUNDS) <= known
        assert {"ImageNotFound", "ImageReferencedByManifestList", "KmsError"} <= known
