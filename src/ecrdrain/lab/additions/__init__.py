"""What AWS does and the emulator does not: one module for each area of rules.

Imported by the launcher alone, in the emulator's own process. Each module has an `install`
that replaces single functions of the emulator.
"""

from ecrdrain.lab.additions import (
    custom_resource_answers,
    deleted_resources,
    deletion_pause,
    ecr_images,
    ecr_registry_clients,
    ecr_replication,
    ecr_repositories,
    fixed_for_life,
    function_logs,
    latest_flags,
    log_filter_patterns,
    nested_stacks,
    stack_ancestry,
    update_cleanup,
)
from ecrdrain.lab.ecr import SameCall

__all__ = ["install_all"]


def install_all(same_call: SameCall) -> None:
    """Put every addition in place; the emulator must not serve yet."""
    ecr_images.install(same_call)
    ecr_registry_clients.install()
    ecr_replication.install()
    ecr_repositories.install()
    stack_ancestry.install()
    nested_stacks.install()
    update_cleanup.install()
    fixed_for_life.install()
    custom_resource_answers.install()
    deleted_resources.install()
    function_logs.install()
    latest_flags.install()
    log_filter_patterns.install()
    deletion_pause.install()
