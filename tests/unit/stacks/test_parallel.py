"""Several things at once."""

from __future__ import annotations

import threading

import pytest

from ecrdrain.engine.parallel import AT_ONCE, at_once


def test_the_answers_come_in_the_order_of_the_items() -> None:
    """Whichever is done first: here the last."""
    turns = [threading.Event() for _ in range(AT_ONCE + 1)]
    turns[AT_ONCE].set()

    def work(number: int) -> int:
        turns[number + 1].wait()
        turns[number].set()
        return number * 10

    assert at_once(work, range(AT_ONCE)) == [number * 10 for number in range(AT_ONCE)]


def test_the_first_error_ends_it_and_what_has_not_begun_is_left() -> None:
    """Nobody wants to know the rest."""
    begun: list[int] = []
    nobody_sets = threading.Event()

    def work(number: int) -> None:
        begun.append(number)
        if number == 0:
            raise ValueError(number)
        nobody_sets.wait(1)

    with pytest.raises(ValueError, match="0"):
        at_once(work, range(1000))
    assert len(begun) <= 3 * AT_ONCE


def test_nothing_to_do_is_done() -> None:
    """No items, no answers."""
    assert at_once(str, []) == []
