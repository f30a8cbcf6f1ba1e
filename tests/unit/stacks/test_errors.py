"""How names that do not exist are answered."""

from __future__ import annotations

from ecrdrain.stacks.errors import UnknownNameError, near_names


def test_near_names_are_offered() -> None:
    """At most three, the nearest first, whatever their case."""
    known = ["team/web", "Team/API", "other", "team/web-2", "team/webs"]

    assert near_names("team/wb", known)[0] == "team/web"
    assert len(near_names("team/we", known)) <= 3
    assert near_names("TEAM/WEB", ["team/web"]) == ["team/web"]
    assert near_names("wbe", ["web", "api"]) == ["web"]


def test_beside_a_very_near_name_a_less_near_one_is_not_offered() -> None:
    """It would only distract."""
    assert near_names("team-a/wob", ["team-a/web", "team-b/x", "team-a/api"]) == ["team-a/web"]


def test_an_unknown_name_is_said_with_its_kind() -> None:
    """With hints where there are any, and without a word of them where there are none."""
    assert str(UnknownNameError("stack", "wbe", ["web"])) == (
        "there is no stack wbe. Did you mean web?"
    )
    assert str(UnknownNameError("stack", "x", ["web"])) == "there is no stack x"
