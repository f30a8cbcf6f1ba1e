"""Several things at once."""

from __future__ import annotations

import threading

import pytest

from ecrdrain.engine.calls import AT_ONCE
from ecrdrain.engine.parallel import at_once


def test_the_outcomes_come_in_the_order_of_the_items() -> None:
    """Whichever is done first: here the last."""
    turns = [threading.Event() for _ in range(AT_ONCE + 1)]
    turns[AT_ONCE].set()

    def work(number: int) -> int:
        turns[number + 1].wait()
        turns[number].set()
        return number * 10

    assert at_once(work, range(AT_ONCE)) == [number * 10 for number in range(AT_ONCE)]


def test_the_first_error_ends_it_and_what_has_not_begun_is_left() -> None:
    """Who works is told to give up, and is waited for."""
    begun: list[int] = []
    ended: list[int] = []
    given_up, all_ended = threading.Event(), threading.Event()

    def give_up() -> None:
        given_up.set()
        all_ended.wait(60)

    def work(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise ValueError(number)
        given_up.wait(60)
        ended.append(number)
        if len(ended) >= AT_ONCE - 1:
            all_ended.set()

    with pytest.raises(ValueError, match=r"^0$"):
        at_once(work, range(1000), give_up)
    assert AT_ONCE - 1 <= len(begun) <= AT_ONCE + 1, "the thread that failed takes one more"
    assert sorted(ended) == sorted(set(begun) - {0})


def test_work_that_succeeds_is_not_told_to_give_up() -> None:
    """The end is no early end."""
    given_up = threading.Event()
    assert at_once(str, range(3), given_up.set) == ["0", "1", "2"]
    assert not given_up.is_set()


def test_nothing_to_do_is_done() -> None:
    """No items, no outcomes."""
    assert at_once(str, []) == []
