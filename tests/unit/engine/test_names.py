"""What is no repository's name is known before any call, with what to give instead."""

from __future__ import annotations

import re
from typing import Any

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecrdrain.engine import InvalidNameError, check_name, check_names
from ecrdrain.resource.properties import REPOSITORY_NAME
from tests.effort import examples

SERVICES = {False: "ecr", True: "ecr-public"}
ARN = "arn:aws:ecr:eu-west-1:123456789012:repository/team/app"
URI = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app"
MEANT = (
    "give the name in it, 'team/app'; where they are not the client's own, also "
    "registry_id='123456789012' and a client for eu-west-1"
)
PUBLIC_MEANT = "give the name in it, 'team/app', and public=True"


def taken(name: object, *, public: bool = False) -> bool:
    """Tell whether a name is taken for one."""
    checked: Any = name
    try:
        return check_name(checked, public=public) == name
    except InvalidNameError:
        return False


def model(*, public: bool) -> dict[str, Any]:
    """Return what the service's model says of names."""
    service = botocore.session.get_session().get_service_model(SERVICES[public])
    return dict(service.shape_for("RepositoryName").metadata)


MODELS = {public: model(public=public) for public in SERVICES}


@pytest.mark.parametrize("public", SERVICES)
@examples(300)
@given(st.text(alphabet="aZ09._-/ \n", max_size=12))
def test_names_are_those_that_the_registry_takes(public: bool, name: str) -> None:  # noqa: FBT001 - a parameter
    """Private and public ones differ in what may stand between letters."""
    theirs = re.fullmatch(MODELS[public]["pattern"], name) and len(name) >= MODELS[public]["min"]
    assert taken(name, public=public) is bool(theirs)


@pytest.mark.parametrize("public", SERVICES)
def test_names_are_as_long_as_the_registry_takes(public: bool) -> None:  # noqa: FBT001 - a parameter
    """Both bounds are those of the service's model."""
    shortest, longest = MODELS[public]["min"], MODELS[public]["max"]
    lengths = [shortest - 1, shortest, longest, longest + 1]
    assert [taken("a" * each, public=public) for each in lengths] == [False, True, True, False]


@examples(300)
@given(st.text(alphabet="aZ09._-/:@* \n", max_size=12) | st.sampled_from(["a" * 256, "a" * 257]))
def test_the_custom_resource_takes_the_same_names(name: str) -> None:
    """The function has a pattern of its own, since its file has no room for another module."""
    assert taken(name) is bool(REPOSITORY_NAME.fullmatch(name))


def test_a_uri_would_pass_for_a_name() -> None:
    """By ECR's pattern it is one: so it is known by its host."""
    assert REPOSITORY_NAME.fullmatch(URI)
    assert not taken(URI)


def test_a_private_repository_may_begin_like_a_public_uri() -> None:
    """That of a pull-through cache, whose prefix is free."""
    assert taken("public.ecr.aws/nginx/nginx")
    assert not taken("public.ecr.aws/nginx/nginx", public=True)


@pytest.mark.parametrize(
    ("name", "public", "remedy"),
    [
        ("team/*", False, "`ecrdrain drain 'team/*'`"),
        ("team/ap?", False, "list the names yourself"),
        ("team/*", True, "`ecrdrain drain --public 'team/*'`"),
        (ARN, False, f"is an ARN: {MEANT}"),
        ("arn:aws:ecr-public::123456789012:repository/team/app", False, PUBLIC_MEANT),
        ("arn:aws:s3:::bucket", False, "and no repository's"),
        (URI, False, f"is a URI: {MEANT}"),
        (f"https://{URI}", True, f"is a URI: {MEANT}"),
        (f"{URI}:1.0", False, f"{MEANT}; a drain deletes all images, not one"),
        ("123456789012.dkr-ecr.eu-west-1.on.aws/team/app", False, MEANT),
        ("123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com/team/app", False, MEANT),
        ("public.ecr.aws/alias/team/app", True, f"is a URI: {PUBLIC_MEANT}"),
        ("public.ecr.aws/alias/team/app:1.0", False, f"{PUBLIC_MEANT}; a drain deletes all"),
        ("team/app:1.0", False, "is an image: a drain deletes all those of a repository"),
        ("team/app@sha256:0f", False, "here of 'team/app'"),
        ("https://example.com/app", False, "is no repository's name"),
        ("Team/App", False, "has upper-case letters: names have 2 to 256 lower-case letters"),
        ("a", False, "is too short"),
        ("", False, "'' is too short"),
        ("a" * 257, False, "aaa... is too long"),
        ("a" * 206, True, "is too long: names have 2 to 205"),
        ("team__app", True, "with one . _ - or / between"),
        (None, False, "None is no text"),
        (b"team/app", False, "b'team/app' is no text"),
    ],
)
def test_what_is_no_name_is_refused_with_what_to_give_instead(
    name: Any,
    public: bool,  # noqa: FBT001 - a parameter
    remedy: str,
) -> None:
    """The error is a ValueError and carries what was given."""
    with pytest.raises(InvalidNameError, match=re.escape(remedy)) as raised:
        check_name(name, public=public)
    assert isinstance(raised.value, ValueError)
    assert raised.value.name == name


def test_one_text_is_no_list_of_names() -> None:
    """Its letters are not names."""
    with pytest.raises(InvalidNameError, match="use drain, or give a list of names"):
        check_names("team/app", public=False)
    assert check_names(iter(["team/app", "web"]), public=False) == ["team/app", "web"]
