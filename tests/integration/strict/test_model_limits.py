"""Every limit of botocore's service model is enforced, over HTTP."""

from collections.abc import Iterator

import pytest

from ecrdrain.lab.strict import StrictEcr
from tests.integration.strict.conftest import Send
from tests.unit.lab.strict.model_limits import Broken, broken_requests

BROKEN = list(broken_requests())


@pytest.fixture(scope="module")
def server() -> Iterator[StrictEcr]:
    """One server for all: a refused request changes nothing."""
    with StrictEcr.start(in_process=True) as running:
        yield running


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_each_broken_constraint_is_an_invalid_parameter(send: Send, broken: Broken) -> None:
    """A request that breaks one constraint of the model is refused, naming the member."""
    status, answer = send(broken.service, broken.operation, broken.request)

    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert f"'{broken.path}'" in answer["message"]


def test_every_kind_of_constraint_was_broken() -> None:
    """The model's requests hold all five kinds of constraints, so all five were tried."""
    assert {broken.constraint for broken in BROKEN} == {
        "required",
        "min",
        "max",
        "pattern",
        "enum",
    }
