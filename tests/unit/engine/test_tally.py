"""The bookkeeping of a drain: each image by ECR's last word on it."""

from __future__ import annotations

import pytest

from ecrdrain.engine import Deleted, Failure
from ecrdrain.engine.refusals import GONE
from ecrdrain.engine.tally import Tally


def refused(digest: str, code: str = "ImageReferencedByManifestList") -> Failure:
    """Return a refusal."""
    return Failure(digest, code, "")


@pytest.fixture
def tally() -> Tally:
    """Three images that wait."""
    tally = Tally()
    tally.waiting.update("abc")
    return tally


def test_what_was_not_refused_is_deleted(tally: Tally) -> None:
    """The rest is left, and so is what no call has settled yet."""
    told = tally.judge("ab", [refused("b", "KmsError")], unheard=False)
    assert told == Deleted(2, 1, {"KmsError": 1})
    assert (tally.deleted, tally.left, tally.refused) == (1, 2, {"b": refused("b", "KmsError")})


@pytest.mark.parametrize(("unheard", "deleted"), [(False, 0), (True, 1)])
def test_an_image_that_is_not_found_counts_when_an_earlier_try_may_have_deleted_it(
    unheard: bool,  # noqa: FBT001 - of parametrize
    deleted: int,
) -> None:
    """Otherwise somebody else has; either way it is not left."""
    tally = Tally()
    tally.waiting.add("a")
    told = tally.judge("a", [refused("a", "ImageNotFound")], unheard=unheard)
    assert told == Deleted(1, deleted, {"ImageNotFound": 1})
    assert (tally.deleted, tally.left, tally.refused) == (deleted, 0, {})


def test_ecrs_last_word_counts(tally: Tally) -> None:
    """Refused for an index first, then for another reason, then not any more."""
    tally.judge("a", [refused("a")], unheard=False)
    assert tally.held_back() == ["a"]
    tally.judge("a", [refused("a", "KmsError")], unheard=False)
    assert (tally.held_back(), tally.left) == ([], 3)
    tally.judge("a", [], unheard=False)
    assert (tally.deleted, tally.left, tally.refused) == (1, 2, {})


def test_an_image_that_waits_to_be_tried_again_is_left_once(tally: Tally) -> None:
    """It is refused and in hand at the same time."""
    tally.judge("a", [refused("a")], unheard=False)
    tally.waiting.add("a")
    assert tally.left == 3


def test_of_the_images_of_a_lost_call_nothing_is_known(tally: Tally) -> None:
    """They are neither deleted nor left; the others are as before."""
    tally.judge("a", [refused("a")], unheard=False)
    tally.unheard.update("ab")
    assert (tally.deleted, tally.left) == (0, 1)


@pytest.mark.parametrize("failures", [[], [refused("a", GONE)]])
def test_what_a_lost_call_has_deleted_counts_once_a_later_call_tells(
    tally: Tally, failures: list[Failure]
) -> None:
    """Gone by the first call or by the second: it is this drain that deleted it."""
    tally.unheard.update("a")
    assert tally.judge("a", failures, unheard=False).deleted == 1
    assert (tally.deleted, tally.unheard) == (1, set())
    assert tally.judge("a", [refused("a", GONE)], unheard=False).deleted == 0


def test_a_new_listing_tells_what_is_there(tally: Tally) -> None:
    """What was known before is forgotten, but for what was deleted."""
    tally.judge("ab", [refused("a")], unheard=False)
    tally.forget()
    assert (tally.deleted, tally.left, tally.refused) == (1, 0, {})
