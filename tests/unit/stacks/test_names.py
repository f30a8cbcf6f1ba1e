"""Names of repositories as they are pasted."""

from __future__ import annotations

import pytest

from ecrdrain.stacks.errors import WrongNameError
from ecrdrain.stacks.names import Pasted, check_place, read_name
from ecrdrain.stacks.place import Place

HERE = Place("123456789012", "eu-west-1")


@pytest.mark.parametrize(
    ("text", "pasted"),
    [
        ("team/app", Pasted("team/app")),
        ("  team/app\n", Pasted("team/app")),
        ("team-?/*", Pasted("team-?/*")),
        (
            "arn:aws:ecr:eu-west-1:123456789012:repository/team/app",
            Pasted("team/app", "123456789012", "eu-west-1", public=False),
        ),
        (
            "arn:aws-cn:ecr:cn-north-1:123456789012:repository/app",
            Pasted("app", "123456789012", "cn-north-1", public=False),
        ),
        (
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app",
            Pasted("team/app", "123456789012", "eu-west-1", public=False),
        ),
        (
            "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app",
            Pasted("team/app", "123456789012", "eu-west-1", public=False),
        ),
        (
            "123456789012.dkr-ecr.eu-west-1.on.aws/team/app",
            Pasted("team/app", "123456789012", "eu-west-1", public=False),
        ),
        (
            "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/*",
            Pasted("team/*", "123456789012", "cn-north-1", public=False),
        ),
        ("https://public.ecr.aws/a1b2c3d4/web", Pasted("web", public=True)),
        ("public.ecr.aws/cached/web", Pasted("public.ecr.aws/cached/web")),  # a cache's prefix
        (
            "arn:aws:ecr-public::123456789012:repository/web",
            Pasted("web", "123456789012", public=True),
        ),
    ],
)
def test_a_name_is_taken_out_of_what_is_pasted(text: str, pasted: Pasted) -> None:
    """ARNs, and addresses of both registries, are taken for the name in them."""
    assert read_name(text) == pasted


@pytest.mark.parametrize(
    "text",
    [
        "team/app:latest",
        "team/app@sha256:0f",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.0",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.0@sha256:0f",
        "public.ecr.aws/a1b2c3d4/team/app:1.0",
    ],
)
def test_an_image_is_no_repository(text: str) -> None:
    """The message says what a drain does, and how one image is deleted."""
    with pytest.raises(WrongNameError) as caught:
        read_name(text)
    assert "a drain deletes every image" in str(caught.value)
    assert "name the repository (team/app)" in str(caught.value)
    assert "batch-delete-image" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("UPPER", "Did you mean upper?"),
        ("Team/App", "Did you mean team/app?"),
        ("a", "2 to 256"),
        ("", "2 to 256"),
        ("a" * 257, "2 to 256"),
        ("team//app", "lower-case letters and digits"),
        ("--yes", "is no repository's name"),
        ("docker.io/library/nginx:latest", "names one image"),
        ("Team App!", "upper-case"),
    ],
)
def test_what_is_no_name_is_said_with_what_one_has(text: str, hint: str) -> None:
    """Nobody has to read ECR's regular expression."""
    with pytest.raises(WrongNameError) as caught:
        read_name(text)
    assert hint in str(caught.value)
    assert "(?:" not in str(caught.value)


def check(text: str, *, registry_id: str | None = None, public: bool = False) -> None:
    """Compare what was pasted with where the command works."""
    check_place(read_name(text, public=public), HERE, registry_id=registry_id, public=public)


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ("arn:aws:ecr:us-east-1:123456789012:repository/app", "--region us-east-1"),
        ("arn:aws:ecr:eu-west-1:210987654321:repository/app", "--registry-id 210987654321"),
        ("https://public.ecr.aws/a1b2c3d4/app", "say --public"),
    ],
)
def test_a_repository_of_another_place_is_refused(text: str, option: str) -> None:
    """One of the same name here is not what was pasted; the message says how to get there."""
    with pytest.raises(WrongNameError, match=option):
        check(text)


def test_what_is_pasted_from_here_passes() -> None:
    """So does what the caller has said, and the public registry under --public."""
    check("team/app")
    check("arn:aws:ecr:eu-west-1:123456789012:repository/app")
    check("arn:aws:ecr:eu-west-1:210987654321:repository/app", registry_id="210987654321")
    check("public.ecr.aws/a1b2c3d4/app", public=True)


def test_a_private_address_is_no_public_repository() -> None:
    """Under --public it would be another one."""
    with pytest.raises(WrongNameError, match="leave out --public"):
        check("arn:aws:ecr:eu-west-1:123456789012:repository/app", public=True)


def test_where_aws_does_not_tell_the_account_nothing_is_compared() -> None:
    """A name is not refused for what nobody knows."""
    pasted = read_name("arn:aws:ecr:eu-west-1:210987654321:repository/app")
    check_place(pasted, Place(None, "eu-west-1"), registry_id=None, public=False)
