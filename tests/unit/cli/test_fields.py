"""Documents and their documentation come from the same tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from operator import attrgetter

import pytest

from ecrdrain.cli.documents.provider import INSTALLATION, LOG, STATUS, Installation
from ecrdrain.cli.documents.repositories import DRAIN, DRAIN_PLAN, with_account
from ecrdrain.cli.documents.stacks import DELETION, DELETION_PLAN, STACK_LIST, STACKS
from ecrdrain.cli.fields import (
    Field,
    camel_case,
    derived,
    describe_document,
    read_meanings,
    write_document,
)
from ecrdrain.engine import CallError, Failure, Report
from ecrdrain.stacks.change_sets import Change


class Colour(StrEnum):
    """What a fruit looks like."""

    RED = "red"


@dataclass(frozen=True)
class Fruit:
    """Something to eat.

    Attributes:
        picked_at: When it was picked; None when
            it still hangs.
        weight: CloudFormation's own figure. False means "True".

    Not an attribute: this.
    """

    picked_at: datetime | None = None
    weight: float = 0.0
    colour: Colour = Colour.RED
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Basket:
    """Fruits, and the one on top."""

    fruits: tuple[Fruit, ...]
    top: Fruit


def test_the_meanings_of_attributes_stand_in_the_docstring() -> None:
    """Long ones go over several lines, None is null in JSON, and a text stays as it is."""
    assert read_meanings(Fruit) == {
        "picked_at": "when it was picked; null when it still hangs",
        "weight": 'CloudFormation\'s own figure. false means "True"',
    }


def test_a_class_without_a_docstring_has_no_meanings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As all classes when Python runs with -OO: the documents are written all the same."""
    monkeypatch.setattr(Fruit, "__doc__", None)

    assert read_meanings(Fruit) == {}
    assert write_document(derived(Fruit, "weight"), Fruit(weight=1.0)) == {"weight": 1.0}


@pytest.mark.parametrize(
    ("attribute", "name"), [("stack", "stack"), ("size_in_bytes", "sizeInBytes")]
)
def test_names_are_in_camel_case(attribute: str, name: str) -> None:
    """As in the documents of AWS."""
    assert camel_case(attribute) == name


def test_values_are_written_as_json_has_them() -> None:
    """Moments in UTC, seconds without noise, members of an enumeration by their values."""
    fruit = Fruit(datetime(2026, 1, 1, tzinfo=UTC), 0.12345, Colour.RED, ("a", "b"))

    assert write_document(derived(Fruit, "picked_at", "weight", "colour", "tags"), fruit) == {
        "pickedAt": "2026-01-01T00:00:00+00:00",
        "weight": 0.123,
        "colour": "red",
        "tags": ["a", "b"],
    }


def test_a_table_flattens_and_nests() -> None:
    """A field may stand for an attribute of an attribute, or for a list of objects."""
    weight = derived(Fruit, "weight")
    table = (
        Field("all", "the fruits", attrgetter("fruits"), inner=weight),
        *derived(Fruit, "weight", at="top"),
    )
    basket = Basket((Fruit(weight=1.0), Fruit(weight=2.0)), Fruit(weight=3.0))

    assert write_document(table, basket) == {
        "all": [{"weight": 1.0}, {"weight": 2.0}],
        "weight": 3.0,
    }
    assert list(describe_document(table)) == ["all", "all[].weight", "weight"]
    assert describe_document(table)["all"] == "the fruits:"


DOCUMENTS = {
    "drain": DRAIN,
    "plan of drain": DRAIN_PLAN,
    "stack list": STACK_LIST,
    "stack show": STACKS,
    "stack delete": DELETION,
    "plan of stack delete": DELETION_PLAN,
    "install": INSTALLATION,
    "status": STATUS,
    "logs": LOG,
}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_field_of_every_document_has_a_meaning(document: str) -> None:
    """Derived fields too: their classes say what each attribute is."""
    described = describe_document(DOCUMENTS[document])

    assert [path for path, meaning in described.items() if len(meaning.strip(":")) < 3] == []


@pytest.mark.parametrize("error", [None, CallError("ListImages", "AccessDenied", "no")])
def test_a_report_is_the_same_from_the_command_and_from_python(error: CallError | None) -> None:
    """But for the caller's account, which the command adds."""
    report = Report(
        repository="web",
        registry="private",
        registry_id=None,
        region="eu-west-1",
        exists=True,
        deleted=3,
        left=1,
        left_exact=True,
        failures=(Failure("sha256:1", "KmsError", "no key"),),
        calls={"ListImages": 2},
        throttled=0,
        rounds=2,
        seconds=1.23456,
        empty=False,
        stopped="error",
        error=error,
    )

    [document] = write_document(DRAIN, [with_account(report, "123456789012")])["repositories"]

    assert document == {**report.to_dict(), "registryId": "123456789012"}
    assert list(document) == list(report.to_dict())


def test_an_installation_is_written_with_its_changes() -> None:
    """And with the export that stacks import, whatever came of it."""
    change = Change("Add", "Function", "AWS::Lambda::Function")

    assert write_document(INSTALLATION, Installation("ecrdrain", changes=(change,))) == {
        "stack": "ecrdrain",
        "stackId": None,
        "status": None,
        "changed": False,
        "changes": [
            {
                "action": "Add",
                "logicalId": "Function",
                "type": "AWS::Lambda::Function",
                "replacement": "",
            }
        ],
        "serviceToken": "ecrdrain-ServiceToken",
    }
