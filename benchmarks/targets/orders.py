"""What other orders of listing cost in delete calls: figures, not targets.

AWS documents no order. An index without a tag looks like any other image to who only lists.
"""

from benchmarks.peers.catalogue import COMMAND
from benchmarks.running import Images, Stage
from benchmarks.targets.doors import LIMIT_SECONDS, PYTHON, delete_share
from ecrdrain.lab.ecr_rules import SameCall
from ecrdrain.lab.strict import Order

TOPOLOGIES = ("buildx", "untagged-indexes", "nested")
_ORDERS = {Order.PUSH: "children first", Order.PARENTS_FIRST: "indexes first"}
_DOORS = {"without kinds": PYTHON, "with kinds": COMMAND}


def orders_text(stage: Stage, number: int) -> str:
    """Return the delete calls of the worst run, over the fewest possible, by order."""
    parts = []
    for order, words in _ORDERS.items():
        figures = []
        for topology in TOPOLOGIES:
            shares = {
                kinds: max(
                    delete_share(
                        stage.run(
                            peer,
                            Images(topology=topology, number=number, order=order),
                            {"same_call": same_call},
                            limit=LIMIT_SECONDS,
                        ),
                        number,
                    )
                    for same_call in SameCall
                )
                for kinds, peer in _DOORS.items()
            }
            by_kinds = ", ".join(f"{share:.2f} x {kinds}" for kinds, share in shares.items())
            figures.append(f"{topology} {by_kinds}")
        parts.append(f"{words}: {'; '.join(figures)}")
    return f"Delete calls for other orders of listing, {number:,} images. {'. '.join(parts)}."
