"""What an update removed is deleted in a phase of its own, in three attempts."""

from tests.integration.lab.stacks import Stacks, new_name, repository


def _remove_probe(stacks: Stacks) -> str:
    """Update a stack so that it loses a resource that looks; return that one's id."""
    physical_id = new_name()
    kept = repository(new_name())
    probe = stacks.custom_resource(Id=physical_id, Look=[{"Ref": "AWS::StackId"}])
    stack = stacks.create({"Kept": kept, "Probe": probe})
    stacks.update(stack, {"Kept": kept})
    assert stacks.status(stack) == "UPDATE_COMPLETE"
    return physical_id


def test_a_removed_resource_is_deleted_after_the_update(stacks: Stacks) -> None:
    """It sees the stack in UPDATE_COMPLETE_CLEANUP_IN_PROGRESS."""
    assert stacks.seen(_remove_probe(stacks)) == ["UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]


def test_the_plain_emulator_has_no_such_phase(plain_stacks: Stacks) -> None:
    """Without the addition the resource sees UPDATE_IN_PROGRESS."""
    assert plain_stacks.seen(_remove_probe(plain_stacks)) == ["UPDATE_IN_PROGRESS"]


def _remove_what_stays(stacks: Stacks) -> str:
    kept = repository(new_name())
    refusing = stacks.custom_resource(DeleteAnswer={"Status": "FAILED", "Reason": "on purpose"})
    stack = stacks.create({"Kept": kept, "Refusing": refusing})
    stacks.update(stack, {"Kept": kept})
    return stack


def test_a_failing_cleanup_is_tried_three_times(stacks: Stacks) -> None:
    """Then the resource is dropped from the stack, whose update is complete all the same."""
    stack = _remove_what_stays(stacks)

    assert stacks.status(stack) == "UPDATE_COMPLETE"
    assert list(stacks.children(stack)) == ["Kept"]
    failed = [reason for _, status, reason in stacks.events(stack) if status == "DELETE_FAILED"]
    assert failed == ["on purpose"] * 3


def test_the_plain_emulator_tries_once(plain_stacks: Stacks) -> None:
    """Without the addition one attempt is made, and the resource stays in the stack."""
    stack = _remove_what_stays(plain_stacks)

    assert set(plain_stacks.children(stack)) == {"Kept", "Refusing"}
    statuses = [status for _, status, _ in plain_stacks.events(stack)]
    assert statuses.count("DELETE_FAILED") == 1
