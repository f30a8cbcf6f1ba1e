"""A custom resource keeps its ServiceToken, and every resource its type."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.lab.stacks import Stacks, new_name, repository

TOKEN_WORDS = "Modifying service token is not allowed."


def _change_token(stacks: Stacks) -> str:
    """Update a custom resource to the same function by another name of it; return the stack."""
    probe = stacks.custom_resource()
    stack = stacks.create({"Probe": probe})
    token = f"{probe['Properties']['ServiceToken']}:$LATEST"
    stacks.update(stack, {"Probe": stacks.custom_resource(ServiceToken=token)})
    return stack


def _change_type(stacks: Stacks) -> str:
    """Update a custom resource so that only its type is another; return the stack."""
    probe: dict[str, Any] = stacks.custom_resource()
    kept = repository(new_name())
    stack = stacks.create({"Kept": kept, "Probe": probe})
    stacks.update(stack, {"Kept": kept, "Probe": {**probe, "Type": "Custom::Other"}})
    return stack


def test_another_service_token_fails_the_update(stacks: Stacks) -> None:
    """The update is rolled back, and the function is not asked a second time."""
    stack = _change_token(stacks)

    assert stacks.status(stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert ("Probe", "UPDATE_FAILED", TOKEN_WORDS) in stacks.events(stack)
    asked = [each.request_type for each in stacks.lab.answers() if each.stack_id == stack]
    assert asked == ["Create"]


def test_the_plain_emulator_takes_another_service_token(plain_stacks: Stacks) -> None:
    """Without the addition the update succeeds."""
    assert plain_stacks.status(_change_token(plain_stacks)) == "UPDATE_COMPLETE"


def test_another_type_is_refused(stacks: Stacks) -> None:
    """The whole update is, naming the resource; also when only custom resources differ."""
    with pytest.raises(ClientError, match=r"Update of resource type .* resources: \[Probe\]"):
        _change_type(stacks)


def test_the_plain_emulator_takes_another_type(plain_stacks: Stacks) -> None:
    """Without the addition the update succeeds."""
    assert plain_stacks.status(_change_type(plain_stacks)) == "UPDATE_COMPLETE"
