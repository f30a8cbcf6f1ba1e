"""What a plan says of all that is no repository: it dies with its stack, too."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ecrdrain.cli.terminal import Terminal
from ecrdrain.cli.words import count
from ecrdrain.stacks.plan import Plan
from ecrdrain.stacks.repositories import Verdict
from ecrdrain.stacks.rest import DyingResource


def show_rest(terminal: Terminal, plan: Plan) -> None:
    """Write what else goes with the stacks: what holds data by name, all else by type."""
    for line in _natively(plan):
        terminal.say(line)
    for resource in plan.deleted:
        if resource.stateful:
            terminal.say(f"deleted with its data: {_named(resource)}", "bold red")
    plain = Counter(resource.type for resource in plan.deleted if not resource.stateful)
    if plain:
        types = ", ".join(f"{number:,} {kind}" for kind, number in sorted(plain.items()))
        terminal.say(f"deleted as well: {types}")
    for line in _kept(plan.kept):
        terminal.say(line, "cyan")


def _natively(plan: Plan) -> Iterator[str]:
    for inspection in plan.inspections:
        for inspected in inspection.repositories:
            images = inspected.survey.images
            if inspected.judgement.verdict is Verdict.NATIVE and images:
                yield (
                    f"{inspected.repository.name}: CloudFormation deletes "
                    f"{count(images, 'image')} with it (EmptyOnDelete)"
                )


def _kept(resources: Iterable[DyingResource]) -> Iterator[str]:
    for resource in resources:
        yield f"kept: {_named(resource)}: {resource.why}"


def _named(resource: DyingResource) -> str:
    return f"{resource.name} ({resource.logical_id} in {resource.stack})"
