"""The one way into the engine."""

import threading

from ecrdrain.engine.basic import Tell
from ecrdrain.engine.calls import Calls, Until
from ecrdrain.engine.pacer import CONCURRENCY, Pacer
from ecrdrain.engine.report import Report
from ecrdrain.engine.repository import Repository
from ecrdrain.engine.rounds import Drain, tell_nobody


def drain_repository(  # noqa: PLR0913 - keywords, each with a default
    repository: Repository,
    *,
    calls: Calls | None = None,
    concurrency: int = CONCURRENCY,
    deadline: float | None = None,
    stop: threading.Event | None = None,
    tell: Tell = tell_nobody,
) -> Report:
    """Delete every image of a repository, and go on until a fresh listing is empty.

    A repository that does not exist is empty. No error of AWS is raised: the report carries it.

    Args:
        repository: What to empty.
        calls: Who starts the calls; None means the pacer that all drains of this registry and
            region share for as long as they last.
        concurrency: How many calls that pacer may have in flight.
        deadline: A moment of `time.monotonic()` after which no call starts; None means no limit.
        stop: An event that, once set, lets no further call start; None means none.
        tell: Who hears of the progress.
    """
    if calls is None:
        where = (repository.registry, repository.registry_id, repository.region)
        calls = Pacer.shared(where, concurrency)
    return Drain(repository, calls, Until(deadline, stop), tell).run()
