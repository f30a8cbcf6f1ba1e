"""Several stacks deleted together: each as soon as those that import from it are gone."""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

from ecrdrain.engine.calls import AT_ONCE
from ecrdrain.engine.limits import LOOK_UP
from ecrdrain.stacks.context import DeletionContext
from ecrdrain.stacks.delete import delete_stack
from ecrdrain.stacks.inspection import Inspection
from ecrdrain.stacks.outcome import Ending, Outcome
from ecrdrain.stacks.plan import Plan


def delete_stacks(context: DeletionContext, plan: Plan) -> list[Outcome]:
    """Delete the stacks of a plan, independent ones side by side.

    Returns:
        The outcomes in the plan's order.
    """
    inspections = {inspection.stack.id: inspection for inspection in plan.inspections}
    outcomes: dict[str, Outcome] = {}
    sorter = TopologicalSorter(plan.waits_for)
    sorter.prepare()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running: dict[Future[Outcome], str] = {}
        while sorter.is_active():
            for stack_id in sorter.get_ready():
                inspection = inspections[stack_id]
                waited_for = [outcomes[importer_id] for importer_id in plan.waits_for[stack_id]]
                skipped = _skipped(inspection, waited_for, interrupted=context.stop.is_set())
                if skipped is None:
                    running[pool.submit(delete_stack, context, inspection)] = stack_id
                else:
                    outcomes[stack_id] = skipped
                    sorter.done(stack_id)
            for future in wait(running, LOOK_UP, FIRST_COMPLETED).done:
                stack_id = running.pop(future)
                outcomes[stack_id] = future.result()
                sorter.done(stack_id)
    return [outcomes[inspection.stack.id] for inspection in plan.inspections]


def _skipped(
    inspection: Inspection, waited_for: list[Outcome], *, interrupted: bool
) -> Outcome | None:
    """Return the outcome of a stack that is not even tried; None for one that is."""
    stack = inspection.stack
    importers = [outcome.stack for outcome in waited_for if outcome.ending is not Ending.DELETED]
    if interrupted:
        return Outcome(stack.name, stack.id, Ending.INTERRUPTED, stack.status, "not started")
    if importers:
        why = f"not started, because {', '.join(importers)} imports from it and is still there"
        return Outcome(stack.name, stack.id, Ending.SKIPPED, stack.status, why)
    return None
