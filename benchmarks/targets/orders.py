"""What other orders of listing cost in delete calls: figures, not targets.

AWS documents no order. Without its kind, an index without a tag looks like any other image.
"""

from benchmarks.peers.catalogue import COMMAND, Peer
from benchmarks.running import Images, Stage
from benchmarks.table import markdown
from benchmarks.targets.doors import LIMIT_SECONDS, PYTHON, delete_share
from ecrdrain.lab.ecr import SameCall
from ecrdrain.lab.strict import Order

TOPOLOGIES = ("buildx", "untagged-indexes", "nested")
LINES = (
    ("children first, without kinds", Order.PUSH, PYTHON),
    ("children first, with kinds", Order.PUSH, COMMAND),
    ("indexes first, without kinds", Order.PARENTS_FIRST, PYTHON),
    ("indexes first, with kinds", Order.PARENTS_FIRST, COMMAND),
)


def orders_table(stage: Stage, number: int) -> str:
    """Return the delete calls, over the fewest possible, one line for an order and a door."""
    lines = []
    for words, order, peer in LINES:
        shares = [
            _share(stage, peer, Images(topology=topology, number=number, order=order))
            for topology in TOPOLOGIES
        ]
        lines.append([words, *(f"{share:.2f} x" for share in shares)])
    return markdown(["listed", *TOPOLOGIES], lines)


def _share(stage: Stage, peer: Peer, images: Images) -> float:
    """Return the delete calls of the worse run of the two ways in which AWS may judge a call."""
    runs = [
        stage.run(peer, images, {"same_call": same_call}, limit=LIMIT_SECONDS)
        for same_call in SameCall
    ]
    return max(delete_share(run, images.number) for run in runs)
