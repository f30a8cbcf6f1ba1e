"""DescribeStacks tells nested stacks' parents and roots."""

from tests.integration.lab.stacks import Stacks


def _three_levels(stacks: Stacks) -> tuple[str, str, str]:
    """Create a stack in a stack in a stack; return their ids from the top down."""
    lowest = stacks.nested({"Leaf": stacks.custom_resource()})
    root = stacks.create({"Middle": stacks.nested({"Lowest": lowest})})
    middle = stacks.children(root)["Middle"]
    return root, middle, stacks.children(middle)["Lowest"]


def test_a_nested_stack_names_its_parent_and_its_root(stacks: Stacks) -> None:
    """Two levels down the parent is the middle stack, and the root the top one."""
    root, middle, lowest = _three_levels(stacks)

    assert "ParentId" not in stacks.describe(root)
    assert "RootId" not in stacks.describe(root)
    assert stacks.describe(middle)["ParentId"] == root
    assert stacks.describe(middle)["RootId"] == root
    assert stacks.describe(lowest)["ParentId"] == middle
    assert stacks.describe(lowest)["RootId"] == root


def test_the_plain_emulator_names_neither(plain_stacks: Stacks) -> None:
    """Without the addition a nested stack looks like any other."""
    _, _, lowest = _three_levels(plain_stacks)

    assert not {"ParentId", "RootId"} & plain_stacks.describe(lowest).keys()
