"""What a stack's deletion has deleted or kept stays listed."""

from tests.integration.lab.stacks import Stacks, new_name, repository


def _statuses(stacks: Stacks) -> dict[str, str]:
    """Delete a stack as far as it goes; return the statuses of what is listed then."""
    fails = stacks.custom_resource(DeleteAnswer={"Status": "FAILED", "Reason": "no"})
    stack = stacks.create(
        {
            "Fails": fails,
            "Goes": repository(new_name()),
            "Kept": repository(new_name(), DeletionPolicy="Retain"),
        }
    )
    stacks.delete(stack)
    answer = stacks.cloudformation.list_stack_resources(StackName=stack)
    return {
        each["LogicalResourceId"]: each["ResourceStatus"]
        for each in answer["StackResourceSummaries"]
    }


def test_what_a_deletion_deleted_or_kept_is_listed_with_that_status(stacks: Stacks) -> None:
    """So is what could not be deleted."""
    assert _statuses(stacks) == {
        "Fails": "DELETE_FAILED",
        "Goes": "DELETE_COMPLETE",
        "Kept": "DELETE_SKIPPED",
    }


def test_the_plain_emulator_forgets_it(plain_stacks: Stacks) -> None:
    """It lists what could not be deleted alone."""
    assert _statuses(plain_stacks) == {"Fails": "DELETE_FAILED"}


def test_what_an_update_removed_is_not_listed(stacks: Stacks) -> None:
    """It is no resource of the stack any more."""
    goes, stays = repository(new_name()), repository(new_name())
    stack = stacks.create({"Goes": goes, "Stays": stays})

    stacks.update(stack, {"Stays": stays})

    answer = stacks.cloudformation.list_stack_resources(StackName=stack)
    assert [each["LogicalResourceId"] for each in answer["StackResourceSummaries"]] == ["Stays"]
