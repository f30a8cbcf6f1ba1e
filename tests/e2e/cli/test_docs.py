"""The documentation is true: examples are run, and what is generated is up to date."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ecrdrain
from ecrdrain.cli.reference import reference
from ecrdrain.lab import Lab, multi_platform_image, push, push_many
from ecrdrain.templates import TemplateName, render
from tests.e2e.cli.conftest import PROGRAM, create_stack, repository

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(ecrdrain.__path__[0]).parents[1] / "docs"

# What differs from run to run, and what stands in its place.
_VOLATILE = (
    (re.compile(r"\d\d:\d\d:\d\d"), "12:00:00"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(T[\d:]+\+00:00)?"), "2026-01-01"),
    (re.compile(r"\bin \d+\.\d s"), "in 0.1 s"),
    (re.compile(r'"seconds": [\d.]+'), '"seconds": 0.1'),
    (re.compile(r"(stack/[\w-]+/)[\w-]+"), r"\g<1>0f0f0f0f"),
    (re.compile(r"\d+\.\d kB"), "9.9 kB"),
    (re.compile(r"^(version: )\S+(, this command's: )\S+$", re.MULTILINE), r"\g<1>1.0\g<2>1.0"),
    (re.compile(r"\becrdrain-[\da-f-]{36}"), "ecrdrain-0f0f0f0f"),
)


class Account:
    """An account of its own for one page, as the page takes for granted."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.ecr = lab.client("ecr")
        self.cloudformation = lab.client("cloudformation")
        self.functions = lab.client("lambda")

    def close(self) -> None:
        """Close the clients."""
        for client in (self.ecr, self.cloudformation, self.functions):
            client.close()


def for_drain(account: Account) -> None:
    """Fill some repositories."""
    for name, images in (("team-a/web", 12), ("team-a/api", 5), ("team-b/jobs", 3)):
        account.ecr.create_repository(repositoryName=name)
        push_many(account.ecr, name, images)
    push(account.ecr, "team-a/web", multi_platform_image("web"), ["1.0", "latest"])


def for_rescue(account: Account) -> None:
    """Make stacks that do not delete."""
    create_stack(
        account.cloudformation,
        "shop",
        {
            "Web": repository("shop/web"),
            "Base": repository("shop/base", DeletionPolicy="Retain"),
            "Cache": {
                "Type": "AWS::ECR::Repository",
                "Properties": {"RepositoryName": "shop/cache", "EmptyOnDelete": True},
            },
        },
    )
    for name in ("shop/web", "shop/base", "shop/cache"):
        push_many(account.ecr, name, 3)
    account.cloudformation.create_stack(
        StackName="orphan",
        TemplateBody=render(TemplateName.STANDALONE)["standalone.yaml"],
        Capabilities=["CAPABILITY_IAM"],
        Parameters=[{"ParameterKey": "RepositoryName", "ParameterValue": "orphan"}],
    )
    account.cloudformation.get_waiter("stack_create_complete").wait(
        StackName="orphan", WaiterConfig={"Delay": 0, "MaxAttempts": 10_000}
    )
    push_many(account.ecr, "orphan", 3)
    function = account.cloudformation.describe_stack_resource(
        StackName="orphan", LogicalResourceId="Function"
    )["StackResourceDetail"]["PhysicalResourceId"]
    account.functions.delete_function(FunctionName=function)
    account.cloudformation.delete_stack(StackName="orphan")
    while _status(account, "orphan") != "DELETE_FAILED":
        pass
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    exported = {"Export": {"Value": "x", "Export": {"Name": "base-Network"}}}
    create_stack(account.cloudformation, "base", {"Images": repository("base")}, exported)
    imported = {"Import": {"Value": {"Fn::ImportValue": "base-Network"}}}
    create_stack(account.cloudformation, "web", topic, imported)
    push_many(account.ecr, "base", 2)


def for_install(account: Account) -> None:
    """Leave the account as it is: the page begins with an empty one."""
    del account


def between_install(account: Account) -> None:
    """Attach a drain once the provider is there."""
    attach: dict[str, Any] = {
        "Type": "Custom::EcrDrain",
        "Properties": {
            "ServiceToken": {"Fn::ImportValue": "ecrdrain-ServiceToken"},
            "RepositoryName": {"Ref": "Repository"},
        },
    }
    create_stack(
        account.cloudformation, "shop", {"Repository": repository("shop"), "Drain": attach}
    )


def _status(account: Account, name: str) -> str:
    [described] = account.cloudformation.describe_stacks(StackName=name)["Stacks"]
    return str(described["StackStatus"])


def examples(page: str) -> list[tuple[str, str]]:
    """Return the commands of a page, each with the output shown."""
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    found: list[tuple[str, str]] = []
    for block in blocks:
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def play(account: Account, command: str) -> str:
    """Run a command of the documentation and return all that it writes."""
    program, *arguments = shlex.split(command)
    assert program == "ecrdrain"
    return subprocess.run(  # noqa: S603 - our own program
        [*PROGRAM, *arguments],
        env=account.lab.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def settled(output: str) -> str:
    """Return an output without what differs from run to run."""
    for pattern, instead in _VOLATILE:
        output = pattern.sub(instead, output)
    return output.strip()


@pytest.mark.parametrize(
    ("page", "prepare", "between"),
    [
        ("drain.md", for_drain, None),
        ("rescue.md", for_rescue, None),
        ("install.md", for_install, between_install),
    ],
)
def test_every_example_shows_what_the_command_writes(
    page: str,
    prepare: Callable[[Account], None],
    between: Callable[[Account], None] | None,
) -> None:
    """The commands of a page are run one after the other in an account of its own."""
    shown = examples((DOCS / page).read_text(encoding="utf-8"))
    with Lab.start() as lab:
        account = Account(lab)
        prepare(account)
        written = []
        for number, (command, _) in enumerate(shown):
            if number == 1 and between is not None:
                between(account)
            written.append((command, settled(play(account, command))))
        account.close()

    assert len(shown) > 2
    assert written == [(command, settled(output)) for command, output in shown]


def test_the_reference_is_what_the_commands_say() -> None:
    """When this fails: `make docs`."""
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == reference()


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """A page that is linked exists, and so does its heading."""
    for target, anchor in re.findall(
        r"\]\(([\w./-]+\.md)(?:#([\w-]+))?\)", page.read_text("utf-8")
    ):
        text = (page.parent / target).read_text(encoding="utf-8")
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        slugs = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
        assert not anchor or anchor in slugs, f"{page.name}: {target}#{anchor}"
