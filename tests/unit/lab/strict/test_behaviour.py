"""Settings are read strictly, and written as they are read."""

import json
from typing import Any

import botocore.session
import pytest
from botocore.model import StringShape

from ecrdrain.lab import SameCall
from ecrdrain.lab.strict import (
    Behaviour,
    Fault,
    ImageFailures,
    Order,
    Pushes,
    Referrers,
    SettingsError,
    UnknownMembers,
)
from ecrdrain.lab.strict.behaviour import FAILURE_CODES, as_json, changed, of_operation
from ecrdrain.lab.strict.registry import Seed

EVERYTHING = Behaviour(
    latency={"BatchDeleteImage": 0.2, "*": 0.06},
    effect_at=1,
    rate=20,
    burst={"ListImages": 3},
    faults={"*": {Fault.CLOSED_AFTER: 0.1}, "ListImages": {Fault.SERVER_ERROR: 1}},
    denied_from={"BatchDeleteImage": 4},
    image_failures=(
        ImageFailures(code="KmsError", share=0.1),
        ImageFailures(code="ImageInaccessible", times=None, digests=("sha256:00",)),
    ),
    pushes=Pushes(images=3, every=100, limit=30),
    same_call=SameCall.REQUEST_ORDER,
    name_parents=False,
    referrers=Referrers.GO_WITH_SUBJECT,
    unknown_members=UnknownMembers.REJECT,
)


def test_a_behaviour_survives_json() -> None:
    """Every setting comes back from JSON as it went in."""
    written = json.loads(json.dumps(as_json(EVERYTHING)))

    assert changed(Behaviour(), written) == EVERYTHING
    assert changed(EVERYTHING, as_json(Behaviour())) == Behaviour()


def test_a_change_leaves_the_other_settings() -> None:
    """Only what is named changes."""
    after = changed(EVERYTHING, {"rate": 5, "pushes": None})

    assert (after.rate, after.pushes) == (5, None)
    assert after.latency == EVERYTHING.latency


def test_an_operation_has_its_own_number_or_the_common_one() -> None:
    """A number alone holds for all; in a mapping "*" holds for those not named."""
    assert of_operation(20, "ListImages") == 20
    assert of_operation({"ListImages": 5, "*": 7}, "ListImages") == 5
    assert of_operation({"ListImages": 5, "*": 7}, "PutImage") == 7
    assert of_operation({"ListImages": 5}, "PutImage") is None


def test_the_failure_codes_are_those_of_the_model() -> None:
    """Exactly the codes that botocore's model lists can be injected."""
    model = botocore.session.Session().get_service_model("ecr")
    shape = model.shape_for("ImageFailureCode")

    assert isinstance(shape, StringShape)
    assert list(FAILURE_CODES) == shape.enum


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"rates": 5}, "unknown setting rates: latency, effect_at, rate"),
        ({"rate": -1}, "rate must not be negative"),
        ({"rate": "fast"}, "wrong value for rate"),
        ({"rate": {"ListImage": 1}}, "unknown operation ListImage: .*ListImages"),
        ({"effect_at": 1.5}, "from 0 to 1"),
        ({"faults": {"*": {"server-eror": 1}}}, "'server-eror' is none of server-error"),
        ({"faults": {"*": {"server-error": 0.6, "unavailable": 0.6}}}, "over 1"),
        ({"faults": {"*": {"server-error": -0.6}}}, "faults must not be negative"),
        ({"faults": {"Everything": {"server-error": 0.6}}}, "unknown operation Everything"),
        ({"denied_from": {"BatchDelete": 1}}, "unknown operation BatchDelete"),
        ({"image_failures": [{"code": "KmsEror"}]}, "unknown failure code KmsEror: .*KmsError"),
        ({"image_failures": [{"kode": "KmsError"}]}, "wrong value for image_failures"),
        ({"pushes": {"images": 0, "every": 1, "limit": 1}}, "at least 1"),
        ({"same_call": "never"}, "'never' is none of snapshot, request-order"),
        ({"referrers": "leave"}, "'leave' is none of stay, go-with-subject"),
        ({"unknown_members": "keep"}, "'keep' is none of ignore, reject"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_remedy(settings: Any, remedy: str) -> None:
    """An unknown name or a wrong value raises, naming what is allowed."""
    with pytest.raises(SettingsError, match=remedy):
        changed(EVERYTHING, settings)


def test_a_seed_is_read_from_json() -> None:
    """What is not given keeps its default."""
    seed = Seed.from_json({"topology": "buildx", "images": 10, "order": "push"})

    assert seed == Seed(topology="buildx", images=10, order=Order.PUSH)
    assert (seed.repository, seed.service) == ("lab", "ecr")


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        ({"topologies": "single"}, "unknown: topologies; there are repository, service"),
        ({"topology": "simple"}, "unknown topology simple: single, multi-tag"),
        ({"service": "s3"}, "unknown service s3: ecr, ecr-public"),
        ({"order": "random"}, "'random' is none of shuffled, push, parents-first"),
        ({"images": -1}, "images must not be negative"),
        ({"images": "many"}, "images must be a whole number"),
        ({"seed": 0.5}, "seed must be a whole number"),
        ({"tags": ["a"]}, "tags must be a mapping"),
    ],
)
def test_a_wrong_seed_is_refused_with_its_remedy(settings: Any, remedy: str) -> None:
    """An unknown name or a wrong value raises, naming what is allowed."""
    with pytest.raises(SettingsError, match=remedy):
        Seed.from_json(settings)
