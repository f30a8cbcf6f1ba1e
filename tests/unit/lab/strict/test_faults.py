"""Which calls and which images meet a fault."""

from collections import Counter

from ecrdrain.lab.strict import Fault, ImageFailures
from ecrdrain.lab.strict.faults import Refusals, draw_fault

DIGESTS = [f"sha256:{number:064x}" for number in range(2_000)]


def test_faults_come_as_often_as_their_probability_says() -> None:
    """Over many calls each fault takes its share, and the rest is spared."""
    faults = {Fault.SERVER_ERROR: 0.1, Fault.CLOSED_AFTER: 0.3}

    drawn = Counter(
        draw_fault(faults, seed=1, operation="ListImages", call=call) for call in range(10_000)
    )

    assert 900 < drawn[Fault.SERVER_ERROR] < 1_100
    assert 2_800 < drawn[Fault.CLOSED_AFTER] < 3_200
    assert drawn[None] == 10_000 - drawn[Fault.SERVER_ERROR] - drawn[Fault.CLOSED_AFTER]


def test_the_same_call_meets_the_same_fault_in_every_run() -> None:
    """Seed, operation and number decide; each of them makes a difference."""
    faults = {Fault.UNAVAILABLE: 0.5}

    def run(seed: int, operation: str) -> list[Fault | None]:
        return [
            draw_fault(faults, seed=seed, operation=operation, call=call) for call in range(50)
        ]

    assert run(1, "ListImages") == run(1, "ListImages")
    assert run(1, "ListImages") != run(2, "ListImages")
    assert run(1, "ListImages") != run(1, "BatchDeleteImage")


def test_probabilities_of_one_and_zero_are_certain() -> None:
    """A fault of probability 1 befalls every call, one of 0 none."""
    for call in range(200):
        drawn = draw_fault(
            {Fault.SERVER_ERROR: 0, Fault.UNAVAILABLE: 1}, seed=3, operation="PutImage", call=call
        )
        assert drawn is Fault.UNAVAILABLE


def test_an_image_is_refused_as_often_as_its_rule_says() -> None:
    """A named image is refused so many times and then let go; others are let go at once."""
    rules = [ImageFailures(code="UpstreamTooManyRequests", times=2, digests=(DIGESTS[0],))]
    refusals = Refusals(seed=0)

    assert [refusals.refuse(DIGESTS[0], rules) for _ in range(3)] == [
        "UpstreamTooManyRequests",
        "UpstreamTooManyRequests",
        None,
    ]
    assert refusals.refuse(DIGESTS[1], rules) is None


def test_a_hostile_image_is_always_refused() -> None:
    """Without a number of times the rule never ends."""
    rules = [ImageFailures(code="ImageInaccessible", times=None, digests=(DIGESTS[0],))]
    refusals = Refusals(seed=0)

    assert {refusals.refuse(DIGESTS[0], rules) for _ in range(100)} == {"ImageInaccessible"}


def test_a_share_of_the_images_is_refused_by_seed() -> None:
    """A share chooses about so many images, the same ones for the same seed."""
    rules = [ImageFailures(code="KmsError", share=0.2)]

    def chosen(seed: int) -> set[str]:
        refusals = Refusals(seed)
        return {digest for digest in DIGESTS if refusals.refuse(digest, rules)}

    assert 300 < len(chosen(1)) < 500
    assert chosen(1) == chosen(1)
    assert chosen(1) != chosen(2)


def test_when_one_rule_is_used_up_the_next_applies() -> None:
    """Rules are tried in their order."""
    rules = [
        ImageFailures(code="KmsError", times=1, share=1),
        ImageFailures(code="UpstreamUnavailable", times=1, share=1),
    ]
    refusals = Refusals(seed=0)

    assert [refusals.refuse(DIGESTS[0], rules) for _ in range(3)] == [
        "KmsError",
        "UpstreamUnavailable",
        None,
    ]
