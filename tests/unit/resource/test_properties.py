"""The properties: every mistake is named with what is allowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.fate.arns import RepositoryArn
from ecrdrain.resource.properties import (
    REPOSITORY_NAME,
    on_delete_of,
    parse_settings,
    service_timeout_of,
)
from tests.effort import examples

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:drain"
STACK = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/shop/0f"


def mistakes(
    properties: Mapping[str, object], environment: Mapping[str, str] | None = None
) -> str:
    """Return what is said of wrong properties."""
    return parse_settings(properties, environment or {}, FUNCTION, STACK).mistakes


def test_a_name_alone_is_enough() -> None:
    """Everything but the repository's name has a default."""
    settings = parse_settings(
        {"ServiceToken": "arn", "RepositoryName": "team/app"}, {}, FUNCTION, STACK
    )
    assert settings.target == RepositoryArn("aws", "eu-west-1", "123456789012", "team/app")
    assert settings[1:] == ("WithRepository", True, "")


def test_values_arrive_as_strings() -> None:
    """CloudFormation writes every scalar as a string, and those are understood."""
    settings = parse_settings(
        {
            "RepositoryName": "app",
            "OnDelete": "Never",
            "Preflight": "false",
            "ServiceTimeout": "60",
        },
        {},
        FUNCTION,
        STACK,
    )
    assert (settings.on_delete, settings.preflight) == ("Never", False)


def test_the_environment_stands_in_for_absent_properties() -> None:
    """The article's variables, and ours for OnDelete, are the defaults."""
    environment = {
        "ECR_REPOSITORY_NAME": "fa-078",
        "ACCOUNT_ID": "123456789012",
        "ECRDRAIN_ON_DELETE": "Always",
    }
    settings = parse_settings({"ServiceToken": "arn"}, environment, FUNCTION, STACK)
    assert (settings.target.name, settings.on_delete) == ("fa-078", "Always")


def test_a_property_wins_over_the_environment() -> None:
    """What the template says counts, where it says something."""
    environment = {"ECR_REPOSITORY_NAME": "other", "ECRDRAIN_ON_DELETE": "Always"}
    settings = parse_settings(
        {"RepositoryName": "app", "OnDelete": "Never"}, environment, FUNCTION, STACK
    )
    assert (settings.target.name, settings.on_delete) == ("app", "Never")


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({}, ["RepositoryName ''", "2 to 256"]),
        ({"RepositoryName": "app", "OnDelte": "Always"}, ["OnDelte", "OnDelete"]),
        ({"RepositoryName": "app", "OnDelete": "always"}, ["'always'", "WithRepository, Always"]),
        ({"RepositoryName": "app", "Preflight": "yes"}, ["'yes'", "true, false"]),
        ({"RepositoryName": "app", "ServiceTimeout": "0"}, ["'0'", "1 to 3600"]),
        ({"RepositoryName": "app", "ServiceTimeout": "3601"}, ["'3601'", "1 to 3600"]),
        ({"RepositoryName": "app", "ServiceTimeout": "1h"}, ["'1h'", "1 to 3600"]),
        ({"RepositoryName": "app", "RegistryId": ACCOUNT}, ["property 'RegistryId' is wrong"]),
        ({"RepositoryName": "Team/App"}, ["'Team/App'", "lower-case"]),
        ({"RepositoryName": "a"}, ["'a'", "2 to 256"]),
        ({"RepositoryName": "a" * 257}, ["2 to 256"]),
        (
            {"RepositoryName": "arn:aws:ecr:eu-west-1:123456789012:repository/app"},
            ["no ARN, no URI"],
        ),
        ({"RepositoryName": ["app"]}, ["lower-case"]),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(
    properties: dict[str, object], named: list[str]
) -> None:
    """The message says what is wrong and what would be right."""
    message = mistakes(properties)
    for words in named:
        assert words in message


def test_a_wrong_value_in_the_environment_is_named_too() -> None:
    """The function's own configuration is checked as the template's is."""
    message = mistakes(
        {"RepositoryName": "app"},
        {"ECRDRAIN_ON_DELETE": "Sometimes", "ACCOUNT_ID": "210987654321"},
    )
    assert "Sometimes" in message
    assert "210987654321" in message


def test_all_mistakes_are_named_at_once() -> None:
    """One deployment shows them all."""
    message = mistakes({"RepositoryName": "A", "OnDelete": "x", "Preflight": "y", "Extra": "z"})
    for words in ("'A'", "'x'", "'y'", "Extra"):
        assert words in message


NAMES = botocore.session.get_session().get_service_model("ecr").shape_for("RepositoryName")


@examples(300)
@given(st.text(alphabet="aZ09._-/", max_size=12))
def test_names_are_those_that_ecr_takes(name: str) -> None:
    """The pattern is shorter than that of ECR's service model, and allows the same."""
    theirs = re.fullmatch(NAMES.metadata["pattern"], name) and len(name) >= NAMES.metadata["min"]
    assert bool(REPOSITORY_NAME.fullmatch(name)) is bool(theirs)


@pytest.mark.parametrize("length", [1, 2, 256, 257])
def test_names_are_as_long_as_ecr_takes(length: int) -> None:
    """Both bounds are those of ECR's service model."""
    theirs = NAMES.metadata["min"] <= length <= NAMES.metadata["max"]
    assert bool(REPOSITORY_NAME.fullmatch("a" * length)) is theirs


@pytest.mark.parametrize("value", ["sometimes", "", None, ["Never"]])
def test_a_wrong_on_delete_means_the_guard_at_a_teardown(value: object) -> None:
    """A mistake blocks no teardown, and skips no guard."""
    assert on_delete_of({"OnDelete": value}, {}) == "WithRepository"


def test_on_delete_at_a_teardown_is_the_property_or_the_environment() -> None:
    """A right value counts, and the environment where the property is absent."""
    assert on_delete_of({"OnDelete": "Never"}, {"ECRDRAIN_ON_DELETE": "Always"}) == "Never"
    assert on_delete_of({}, {"ECRDRAIN_ON_DELETE": "Always"}) == "Always"


@given(st.one_of(st.integers(), st.text(), st.none(), st.floats()))
def test_a_service_timeout_is_always_within_cloudformations_bounds(value: object) -> None:
    """Whatever stands there, 1 to 3,600 seconds come out."""
    assert 1 <= service_timeout_of({"ServiceTimeout": value}) <= 3600


def test_an_absent_service_timeout_is_cloudformations_default() -> None:
    """CloudFormation waits for an hour unless it is told otherwise."""
    assert service_timeout_of({}) == 3600
    assert service_timeout_of({"ServiceTimeout": "90"}) == 90
