"""The one way into the engine."""

import threading

from ecrdrain.engine.calls import Calls, OneAtATime, Until
from ecrdrain.engine.report import Report
from ecrdrain.engine.repository import Repository
from ecrdrain.engine.rounds import Drain, Tell, tell_nobody


def drain_repository(
    repository: Repository,
    *,
    calls: Calls | None = None,
    deadline: float | None = None,
    stop: threading.Event | None = None,
    tell: Tell = tell_nobody,
) -> Report:
    """Delete every image of a repository, and go on until a fresh listing is empty.

    A repository that does not exist is empty. No error of AWS is raised: the report carries it.

    Args:
        repository: What to empty.
        calls: Who starts the calls; None makes them one after the other.
        deadline: A moment of `time.monotonic()` after which no call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        tell: Who hears of the progress.
    """
    return Drain(repository, calls or OneAtATime(), Until(deadline, stop), tell).run()
