"""What a deletion of stacks would do, and what forbids it: decided before anything is touched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from ecrdrain.stacks.imports import find_cycle, waits_for
from ecrdrain.stacks.inspection import InspectedRepository, Inspection
from ecrdrain.stacks.repositories import Verdict
from ecrdrain.stacks.rest import DyingResource, rest_of
from ecrdrain.stacks.tree import DELETED


@dataclass(frozen=True)
class Obstacle:
    """What forbids the deletion.

    Attributes:
        stack: The stack.
        why: The reason and the remedy.
    """

    stack: str
    why: str


@dataclass(frozen=True)
class Plan:
    """The deletion of some stacks.

    Attributes:
        inspections: The stacks, those first that others do not wait for.
        waits_for: For each stack's id the ids of those that must be gone before.
        obstacles: What forbids it; with any, nothing may be touched.
    """

    inspections: tuple[Inspection, ...]
    waits_for: dict[str, set[str]]
    obstacles: tuple[Obstacle, ...]

    @property
    def deleted(self) -> list[DyingResource]:
        """Return what else is deleted with the stacks."""
        return [each for each in self._rest if not each.why]

    @property
    def kept(self) -> list[DyingResource]:
        """Return what else CloudFormation keeps, or may keep."""
        return [each for each in self._rest if each.why]

    @cached_property
    def _rest(self) -> list[DyingResource]:
        return [each for inspection in self.inspections for each in rest_of(inspection.stack)]

    @property
    def drains(self) -> list[InspectedRepository]:
        """Return the repositories to be drained."""
        return [
            inspected
            for inspection in self.inspections
            for inspected in inspection.repositories
            if inspected.needs_draining
        ]


def plan_deletion(
    inspections: Sequence[Inspection],
    *,
    lift_protection: bool = False,
    accept_replicated: bool = False,
) -> Plan:
    """Decide how to delete stacks.

    Args:
        inspections: The stacks, each once.
        lift_protection: Whether termination protection may be turned off.
        accept_replicated: Whether images may be deleted whose deletion is replicated.
    """
    graph = waits_for(
        [inspection.stack for inspection in inspections],
        {inspection.stack.id: inspection.importers for inspection in inspections},
    )
    names = {inspection.stack.id: inspection.stack.name for inspection in inspections}
    obstacles = [
        Obstacle(inspection.stack.name, why)
        for inspection in inspections
        for why in _obstacles(inspection, inspections, lift_protection=lift_protection)
    ]
    if not accept_replicated:
        obstacles += [
            Obstacle(inspection.stack.name, f"{repositories}: {replication.objection}")
            for inspection in inspections
            for repositories, replication in inspection.replications
        ]
    cycle = [names[stack_id] for stack_id in find_cycle(graph)]
    if cycle:
        circle = " <- ".join(cycle)
        why = f"these stacks import from one another in a circle: {circle}. Cut one import first"
        obstacles.append(Obstacle(cycle[0], why))
    return Plan(_in_order(inspections, graph), graph, tuple(obstacles))


def _obstacles(
    inspection: Inspection, together: Sequence[Inspection], *, lift_protection: bool
) -> Iterator[str]:
    stack = inspection.stack
    if stack.status == DELETED:
        return
    if stack.parent_id is not None:
        root = _name_of(stack.root_id or stack.parent_id)
        yield f"it is nested: delete its root stack {root} instead"
    if stack.busy:
        yield f"it is {stack.status}: say --wait to wait for the end, or run this again then"
    if stack.protected and not lift_protection:
        yield "termination protection is on: say --disable-termination-protection to lift it"
    deleted = {stack.name for other in together for stack in other.stack.walk()}
    for export, importers in inspection.importers.items():
        others = [name for name in importers if name not in deleted]
        if others:
            importing = ", ".join(others)
            both = " ".join([*others, stack.name])
            yield (
                f"its export {export} is imported by {importing}, which must be gone first: "
                f"ecrdrain stack delete {both} deletes all of them"
            )
    yield from _obstacles_of_repositories(inspection.repositories)


def _obstacles_of_repositories(repositories: Sequence[InspectedRepository]) -> Iterator[str]:
    for inspected in repositories:
        repository, judgement = inspected.repository, inspected.judgement
        if judgement.verdict is Verdict.UNKNOWN:
            yield (
                f"it is not clear whether CloudFormation would keep {repository.name}: "
                f"{judgement.why}. Write Delete or Retain and update the stack"
            )
        drain = repository.drain
        if judgement.verdict is Verdict.BLOCKS and drain is not None and drain.objection:
            yield (
                f"{drain.logical_id} {drain.objection}, so {repository.name} is not emptied: "
                f"drain it by name (ecrdrain drain {repository.name}) if you mean to"
            )


def _in_order(
    inspections: Sequence[Inspection], graph: dict[str, set[str]]
) -> tuple[Inspection, ...]:
    """Put importers before what they import from, and else keep the order given."""
    left = list(inspections)
    ordered: list[Inspection] = []
    while left:
        waiting = {inspection.stack.id for inspection in left}
        ready = [inspection for inspection in left if not graph[inspection.stack.id] & waiting]
        ordered += ready or left  # in a circle no stack is ready
        left = [inspection for inspection in left if ready and inspection not in ready]
    return tuple(ordered)


def _name_of(stack_id: str) -> str:
    """Return the name inside a stack's id (arn:...:stack/NAME/UUID)."""
    return stack_id.split("/")[1]
