"""The strict reader against a full CloudFormation parser, on real templates."""

import pytest
from cfnlint.decode import decode_str

from ecrdrain.fate.policies import UNKNOWN
from tests.unit.fate.full_parser import POLICY_WORDS, policies_of
from tests.unit.fate.real_templates import as_get_template_returns, real_templates

pytestmark = pytest.mark.once

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy")


class Count:
    """How much was compared, of templates in one language."""

    templates = resources = literals = unknown = 0


def compare(body: object, resources: dict[str, object], count: Count) -> list[str]:
    """Compare what the reader says of a template with what the full parser says."""
    wrong = []
    for logical_id, resource in resources.items():
        attributes = resource if isinstance(resource, dict) else {}
        kind = attributes.get("Type")
        read = policies_of(body, logical_id, str(kind))
        count.resources += 1
        told = (read["deletion"], read["update_replace"])
        for name, said in zip(ATTRIBUTES, told, strict=True):
            true = attributes.get(name)
            if said == UNKNOWN:
                count.unknown += isinstance(kind, str) and str(true or "Delete") in POLICY_WORDS
            elif said != true:
                wrong.append(f"{name} of {logical_id} is {said} instead of {true}")
            else:
                count.literals += said is not None
    if set(policies_of(body, "NoSuchThing", "none").values()) != {UNKNOWN}:
        wrong.append("NoSuchThing has policies")
    return wrong


def test_the_reader_agrees_with_a_full_parser_on_hundreds_of_real_templates() -> None:
    """Whatever it says is so; of templates without transforms it understands nearly all."""
    counts = {"JSON": Count(), "YAML": Count()}
    wrong: list[str] = []
    for name, text in real_templates():
        template, mistakes = decode_str(text)
        body = as_get_template_returns(text)
        policies_of(body, "NoSuchThing", "none")
        resources = template.get("Resources") if isinstance(template, dict) else None
        if mistakes or not isinstance(resources, dict):
            continue  # The full parser does not take it for a template either.
        count = counts["YAML" if isinstance(body, str) else "JSON"]
        if "Transform" in template:
            # GetTemplate gives the outcome of transforms: of what goes into them, the reader
            # must only say nothing wrong.
            count = Count()
        count.templates += 1
        wrong += [f"{name}: {each}" for each in compare(body, resources, count)]
    assert wrong == []
    assert sum(each.templates for each in counts.values()) >= 350
    assert sum(each.resources for each in counts.values()) >= 1_200
    assert sum(each.literals for each in counts.values()) >= 40
    assert counts["JSON"].unknown == 0
    assert counts["YAML"].unknown <= counts["YAML"].resources * 0.01
