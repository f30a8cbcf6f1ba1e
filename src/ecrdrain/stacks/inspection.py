"""A stack looked at as a whole: its repositories, what is in them, and who depends on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from ecrdrain.engine.errors import CallError, aws_errors, call_error
from ecrdrain.engine.parallel import at_once
from ecrdrain.stacks.clients import Clients, patient_client
from ecrdrain.stacks.denials import gather, unless_denied
from ecrdrain.stacks.events import StackEvent, last_failures
from ecrdrain.stacks.functions import function_is_gone
from ecrdrain.stacks.imports import read_all_importers
from ecrdrain.stacks.replication import (
    NOT_REPLICATED,
    Replication,
    in_groups,
    read_replication,
)
from ecrdrain.stacks.repositories import (
    Drain,
    Judgement,
    StackRepository,
    Verdict,
    find_repositories,
    judge,
)
from ecrdrain.stacks.survey import Survey, check_deletion, check_listing, glance, survey
from ecrdrain.stacks.tree import DELETE_FAILED, Stack, read_stack


@dataclass(frozen=True)
class InspectedRepository:
    """A repository of a stack with what is in it and what becomes of it.

    Attributes:
        replication: Where the deletion of its images is carried on to.
    """

    repository: StackRepository
    survey: Survey
    judgement: Judgement
    replication: Replication = NOT_REPLICATED

    @property
    def needs_draining(self) -> bool:
        """Return whether it goes away with its stack and holds images that CloudFormation leaves.

        One with a drain is among them: it is done sooner from here, and its drain, should it
        still answer, finds nothing left.
        """
        going = self.judgement.verdict in {Verdict.BLOCKS, Verdict.DRAINED}
        return going and self.survey.images > 0

    @property
    def replication_to_accept(self) -> Replication:
        """Return where its drain deletes, too: nowhere when it is not drained."""
        return self.replication if self.needs_draining else NOT_REPLICATED


@dataclass(frozen=True)
class Inspection:
    """What is known of one stack.

    Attributes:
        importers: Who imports its exports, by export; nobody within the stack itself.
        failures: What failed in its latest deletion, nested stacks included, for a stack that is
            DELETE_FAILED.
    """

    stack: Stack
    repositories: tuple[InspectedRepository, ...] = ()
    importers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    failures: tuple[StackEvent, ...] = ()

    @property
    def replications(self) -> list[tuple[str, Replication]]:
        """Return where drains here delete, too, each place with the repositories' names."""
        repositories = self.repositories
        return list(
            in_groups((each.repository.name, each.replication_to_accept) for each in repositories)
        )


def inspect(clients: Clients, name: str) -> Inspection:
    """Look at a stack by name or id.

    Raises:
        UnknownNameError: There is no such stack.
    """
    stack = read_stack(clients.cloudformation, name)
    # A nested stack is deleted with its root, whose templates may keep it.
    root = read_stack(clients.cloudformation, stack.root_id) if stack.root_id else stack
    inside = {each.id for each in stack.walk()}
    return Inspection(
        stack=stack,
        repositories=tuple(
            each
            for each in inspect_repositories(clients, root)
            if each.repository.stack_id in inside
        ),
        importers=read_all_importers(clients.cloudformation, stack),
        failures=read_failures(clients, stack),
    )


def inspect_repositories(
    clients: Clients, stack: Stack, inspected_before: Iterable[InspectedRepository] = ()
) -> tuple[InspectedRepository, ...]:
    """Count and judge the repositories of a stack and its nested stacks.

    Args:
        clients: The AWS clients.
        stack: The outermost stack.
        inspected_before: Repositories as they were inspected before: those that are still the
            same are judged again, but their images are not counted again.
    """
    surveys = {_identity(inspected.repository): inspected.survey for inspected in inspected_before}

    def inspect_one(repository: StackRepository) -> InspectedRepository:
        repository = _with_function(clients, stack, repository)
        found = surveys.get(_identity(repository))
        if found is None:
            found = survey(patient_client(clients, repository.registry), repository.name)
        replication = replication_in[repository.registry](repository.name)
        return InspectedRepository(repository, found, judge(repository, found), replication)

    repositories = find_repositories(stack)
    registries = {repository.registry for repository in repositories}
    replication_in = {registry: read_replication(clients, registry) for registry in registries}
    return tuple(at_once(inspect_one, repositories))


def judge_at_a_glance(clients: Clients, stack: Stack, repository: StackRepository) -> Judgement:
    """Judge a repository of a stack tree by whether it holds images, not by how many."""
    repository = _with_function(clients, stack, repository)
    return judge(repository, glance(patient_client(clients, repository.registry), repository.name))


def _with_function(clients: Clients, root: Stack, repository: StackRepository) -> StackRepository:
    """Return a repository of a tree with what is known of its drain's function."""
    drain = repository.drain
    if drain is None or not _is_function_gone(clients, root, drain):
        return repository
    return replace(repository, drain=replace(drain, function_gone=True))


def _identity(repository: StackRepository) -> tuple[str, ...]:
    return repository.stack_id, repository.logical_id, repository.registry, repository.name


def _is_function_gone(clients: Clients, root: Stack, drain: Drain) -> bool:
    """Return whether the function of a drain is gone, as far as the caller may look."""
    found = (
        (stack, resource)
        for stack in root.walk()
        for resource in stack.resources
        if stack.name == drain.stack and resource.logical_id == drain.logical_id
    )
    try:
        return any(function_is_gone(clients, stack, resource) for stack, resource in found)
    except aws_errors() as error:
        if not call_error(error).denied:
            raise
        return False  # then that shows when the stack is deleted


def denied_drains(
    clients: Clients, repositories: Iterable[InspectedRepository]
) -> dict[CallError, list[str]]:
    """Return what drains would need and IAM denies, and on which repositories; deletes nothing."""

    def check(inspected: InspectedRepository) -> tuple[str, list[CallError]]:
        repository = inspected.repository
        client = patient_client(clients, repository.registry)
        denied: list[CallError] = []
        for look in (check_listing, check_deletion):
            unless_denied(denied, partial(look, client, repository.name))
        return repository.name, denied

    return gather(at_once(check, repositories))


def read_failures(clients: Clients, stack: Stack) -> tuple[StackEvent, ...]:
    """Return what failed in the latest deletion of a stack and its nested stacks, inmost first."""
    return tuple(
        failure
        for member in reversed(list(stack.walk()))
        if member.status == DELETE_FAILED
        for failure in last_failures(clients.cloudformation, member.id)
    )
