"""What docs/custom-resource.md says is what the function checks and answers."""

from __future__ import annotations

from collections import UserDict
from typing import Any

import pytest

from benchmarks.custom_resource import (
    ATTRIBUTES,
    ELSEWHERE,
    MEANINGS,
    ON_DELETE_MEANINGS,
    PAGE,
    RIGHT,
    TABLES,
    VARIABLES,
    WRONG,
    answer,
    settings,
    variable_of,
)
from benchmarks.page import put_all
from ecrdrain.resource.properties import ON_DELETE, PROPERTIES, on_delete_of


class Asked(UserDict[str, Any]):
    """A mapping that remembers what it was asked for."""

    def __init__(self, *known: Any) -> None:
        super().__init__(*known)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default."""
        self.asked.add(key)
        return super().get(key, default)


def test_the_tables_are_the_codes() -> None:
    """When this fails: `make docs`."""
    page = PAGE.read_text(encoding="utf-8")

    assert put_all(page, TABLES) == page


def test_the_page_has_all_that_there_is() -> None:
    """Each property, each value of OnDelete and each attribute has its line."""
    assert list(MEANINGS) == PROPERTIES
    assert set(WRONG) == set(PROPERTIES) - {"ServiceToken"}
    assert list(ON_DELETE_MEANINGS) == list(ON_DELETE)
    assert set(ATTRIBUTES) == set(answer().data)


def test_the_page_has_each_variable_that_the_properties_are_read_with() -> None:
    """And each property that is read is one of the page's."""
    environment, properties = Asked(), Asked()
    settings(properties, environment)
    on_delete_of(properties, environment)

    assert environment.asked == set(VARIABLES)
    assert properties.asked <= set(PROPERTIES)


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_of_the_page_is_one(name: str) -> None:
    """Beside it everything is right, so the reason quoted is about it alone."""
    assert settings(RIGHT).mistakes == ""
    assert settings({**RIGHT, name: WRONG[name]}).mistakes.count(" is wrong; ") == 1


@pytest.mark.parametrize("name", VARIABLES)
def test_each_wrong_variable_of_the_page_is_one(name: str) -> None:
    """So is a stack of another account."""
    wrong = settings(variable_of(name), {name: VARIABLES[name][1]})

    assert wrong.mistakes.count(" is wrong; ") == 1
    assert settings(RIGHT, stack=ELSEWHERE).mistakes.count(" is wrong; ") == 1
