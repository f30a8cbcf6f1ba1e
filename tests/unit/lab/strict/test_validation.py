"""Requests are checked against the model: types, nulls, paths and unknown members."""

from typing import Any

import botocore.session
import pytest

from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.strict.services import PRIVATE, PUBLIC, SERVED
from ecrdrain.lab.strict.validation import Validator
from tests.unit.lab.strict.model_limits import valid_requests

DIGEST = "sha256:" + "0" * 64


@pytest.fixture(scope="module")
def validators() -> dict[str, Validator]:
    """The validators of both services."""
    session = botocore.session.Session()
    return {
        service: Validator(session.get_service_model(service), names)
        for service, names in SERVED.items()
    }


@pytest.fixture
def validator(validators: dict[str, Validator]) -> Validator:
    """The private service's validator."""
    return validators[PRIVATE]


def _refused(validator: Validator, operation: str, request: object) -> EcrError:
    with pytest.raises(EcrError) as caught:
        validator.check(operation, request)
    return caught.value


def test_every_operation_accepts_a_request_with_all_members(
    validators: dict[str, Validator],
) -> None:
    """A request that gives every member a value within its limits passes."""
    for service, operation, request in valid_requests():
        validators[service].check(operation, request)
        validators[service].reject_unknown(operation, request)


def test_a_hundred_ids_pass_and_one_more_does_not(validator: Validator) -> None:
    """BatchDeleteImage takes 100 ids; at 101 the member imageIds is named."""
    ids = [{"imageDigest": DIGEST}] * 100
    validator.check("BatchDeleteImage", {"repositoryName": "lab", "imageIds": ids})

    error = _refused(
        validator, "BatchDeleteImage", {"repositoryName": "lab", "imageIds": [*ids, {}]}
    )

    assert error.message == (
        "Invalid parameter at 'imageIds' failed to satisfy constraint: "
        "'Member must have length less than or equal to 100'"
    )


def test_the_path_leads_into_lists(validator: Validator) -> None:
    """A broken constraint inside a list is named with its place, counted from 1."""
    request = {"repositoryName": "lab", "imageIds": [{"imageTag": "a"}, {"imageTag": ""}]}

    error = _refused(validator, "BatchDeleteImage", request)

    assert "'imageIds.2.member.imageTag'" in error.message


def test_null_is_the_same_as_absent(validator: Validator) -> None:
    """A null member is ignored where it is optional and missed where it is required."""
    validator.check("ListImages", {"repositoryName": "lab", "maxResults": None, "filter": None})

    error = _refused(validator, "ListImages", {"repositoryName": None})

    assert (error.code, "must not be null" in error.message) == ("InvalidParameterException", True)


@pytest.mark.parametrize(
    ("operation", "request_", "path"),
    [
        ("ListImages", {"repositoryName": 5}, "repositoryName"),
        ("ListImages", {"repositoryName": "lab", "maxResults": "5"}, "maxResults"),
        ("ListImages", {"repositoryName": "lab", "maxResults": True}, "maxResults"),
        ("ListImages", {"repositoryName": "lab", "maxResults": 5.0}, "maxResults"),
        ("ListImages", {"repositoryName": "lab", "filter": []}, "filter"),
        ("BatchDeleteImage", {"repositoryName": "lab", "imageIds": {}}, "imageIds"),
        ("BatchDeleteImage", {"repositoryName": "lab", "imageIds": ["a"]}, "imageIds.1.member"),
        ("DeleteRepository", {"repositoryName": "lab", "force": "true"}, "force"),
        ("ListImages", [], "request"),
    ],
)
def test_a_wrong_type_cannot_be_read(
    validator: Validator, operation: str, request_: Any, path: str
) -> None:
    """A value of another JSON type than the model's is a SerializationException."""
    error = _refused(validator, operation, request_)

    assert error.code == "SerializationException"
    assert f"'{path}'" in error.message


def test_a_blob_must_be_base64(validators: dict[str, Validator]) -> None:
    """A blob that is not base64 cannot be read; its length counts after decoding."""
    catalog = {"logoImageBlob": "no base64!"}
    request = {"repositoryName": "lab", "catalogData": catalog}

    error = _refused(validators[PUBLIC], "CreateRepository", request)

    assert error.code == "SerializationException"


def test_a_pattern_has_to_match_the_whole_value(validator: Validator) -> None:
    """A registry id of 13 digits holds 12 digits, and is refused all the same."""
    error = _refused(
        validator, "ListImages", {"repositoryName": "lab", "registryId": "1234567890123"}
    )

    assert "must satisfy regular expression '[0-9]{12}'" in error.message


def test_the_repository_rules_differ_between_the_services(
    validators: dict[str, Validator],
) -> None:
    """A name with two underscores in a row is good in the private registry alone."""
    request = {"repositoryName": "a__b"}
    validators[PRIVATE].check("DescribeImages", request)

    assert _refused(validators[PUBLIC], "DescribeImages", request).code == (
        "InvalidParameterException"
    )


def test_unknown_members_are_found_at_every_depth(validator: Validator) -> None:
    """Members that the model does not know pass the check, and are named when asked for."""
    request = {
        "repositoryName": "lab",
        "maxResult": 5,
        "imageIds": [{"imageDigest": DIGEST}, {"digest": DIGEST}],
    }
    validator.check("BatchDeleteImage", request)

    with pytest.raises(EcrError, match=r"maxResult, imageIds\.2\.member\.digest"):
        validator.reject_unknown("BatchDeleteImage", request)
