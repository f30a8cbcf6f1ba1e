"""Where a scenario is played: an account, a function, and names that nobody else has."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from tests.e2e.scenarios.courier import Courier, courier_of
from tests.e2e.scenarios.gate import Gate, gate_before
from tests.replication import OTHER, put_rules, rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.scenarios.account import Account, Resources
    from tests.e2e.scenarios.installation import Installation

NOTHING: Mapping[str, Any] = MappingProxyType({})


class World:
    """One scenario's share of a lab; what it has opened is closed at the end of the block.

    Attributes:
        account: The lab's account.
        installation: The function that the scenario is played for.
        name: What the names of stacks, repositories and functions begin with.
        stack: The id of the scenario's stack.
    """

    def __init__(self, account: Account, installation: Installation) -> None:
        self.account = account
        self.installation = installation
        self.name = f"s{uuid.uuid4().hex[:10]}"
        self.stack = ""
        self._open = ExitStack()
        self._courier: Courier | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def full_name(self, name: str) -> str:
        """Return the full name of a repository of this scenario; "" is the scenario's own."""
        return f"{self.name}/{name}" if name else self.name

    def repository(self, name: str = "app", **attributes: object) -> dict[str, Any]:
        """Return a repository as a template has it."""
        return {
            "Type": "AWS::ECR::Repository",
            "Properties": {"RepositoryName": self.full_name(name)},
            **attributes,
        }

    def drain(
        self, repository: object = None, *, logical_id: str = "Drain", **properties: object
    ) -> Resources:
        """Return a drain as a template has it; by default that of the resource `Repository`."""
        resources = self.installation.drain(
            self.name, logical_id, repository or {"Ref": "Repository"}, properties
        )
        if self._courier:
            drain = resources[logical_id]
            # The courier's ARN takes the place of a reference that made the order.
            drain["DependsOn"] = [each for each in resources if each != logical_id]
            drain["Properties"]["ServiceToken"] = self._courier.arn
        return resources

    def all_in_one(self, name: str) -> Resources | str:
        """Return the template that has repository, drain and function in one."""
        return self.installation.all_in_one(self.name, self.full_name(name))

    def drain_in_yaml(self) -> str:
        """Return the drain as lines of a YAML template."""
        return "".join(
            f"  {logical_id}: {json.dumps(resource)}\n"
            for logical_id, resource in self.drain().items()
        )

    def both(self, name: str = "app", policies: Mapping[str, Any] = NOTHING) -> Resources:
        """Return a repository, `Repository`, with these policies, and its drain, `Drain`."""
        return {"Repository": self.repository(name, **policies), **self.drain()}

    def failing(self, *after: str) -> Resources:
        """Return a resource that cannot be created, tried after those named, or the drain."""
        token = f"arn:aws:lambda:us-east-1:{self.account.lab.account_id}:function:none"
        return {
            "Failing": {
                "Type": "Custom::Failing",
                "DependsOn": list(after or ["Drain"]),
                "Properties": {"ServiceToken": token},
            }
        }

    def nested(
        self,
        resources: Resources,
        outputs: Mapping[str, object] = NOTHING,
        parameters: Mapping[str, object] = NOTHING,
        **attributes: object,
    ) -> dict[str, Any]:
        """Return a nested stack of these resources as a template has it."""
        template: dict[str, Any] = {"Resources": resources}
        if outputs:
            template["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
        if parameters:
            template["Parameters"] = {name: {"Type": "String"} for name in parameters}
        key = f"{self.name}/{uuid.uuid4().hex}"
        address = self.account.upload(key, json.dumps(template))
        return {
            "Type": "AWS::CloudFormation::Stack",
            "Properties": {"TemplateURL": address, "Parameters": dict(parameters)},
            **attributes,
        }

    def nested_repository(self, name: str = "app", **attributes: Any) -> dict[str, Any]:
        """Return a nested stack with a repository whose name is its output `Name`."""
        resources = {"Repository": self.repository(name)}
        return self.nested(resources, {"Name": {"Ref": "Repository"}}, **attributes)

    def nested_drain(self, holder: str) -> dict[str, Any]:
        """Return a nested stack with a drain of the repository in the nested stack named."""
        resources = self.drain({"Ref": "Name"})
        return self.nested(resources, parameters={"Name": output_of(holder)})

    def create(
        self,
        template: Resources | str,
        name: str = "main",
        *,
        request: Mapping[str, Any] = NOTHING,
        **parameters: str,
    ) -> str:
        """Create a stack and return its id; the one called `main` is the scenario's."""
        stack = self.account.create(f"{self.name}-{name}", template, parameters, **request)
        if name == "main":
            self.stack = stack
        return stack

    def update(self, template: Resources | str, **parameters: str) -> None:
        """Update the scenario's stack."""
        self.account.update(self.stack, template, parameters)

    def delete(self, stack: str = "", *, retain: tuple[str, ...] = ()) -> None:
        """Delete the scenario's stack, or the one named."""
        self.account.delete(stack or self.stack, retain=retain)

    def push(self, name: str = "app", count: int = 3, seed: str = "image") -> None:
        """Push images to a repository of this scenario."""
        self.account.push(self.full_name(name), count, seed)

    def make_repository(self, name: str = "app", count: int = 3) -> str:
        """Create a repository by hand, push images to it, and return its full name."""
        full_name = self.full_name(name)
        self.account.ecr.create_repository(repositoryName=full_name)
        self.account.push(full_name, count)
        return full_name

    def replicate(self, *, deletions: bool = True) -> None:
        """Let what happens to this scenario's repositories happen in another account as well."""
        there = rule((OTHER, self.account.lab.region), prefix=self.name, deletions=deletions)
        self._open.callback(put_rules, self.account.ecr)
        put_rules(self.account.ecr, there)

    def remove_repository(self, name: str = "app") -> None:
        """Delete a repository by hand, images and all."""
        self.account.ecr.delete_repository(repositoryName=self.full_name(name), force=True)

    @property
    def function(self) -> str:
        """The name of the function."""
        return self.installation.function_name(self.name)

    def cool_down(self) -> None:
        """End the function's instances, whatever they do: the next call starts a new one."""
        self.account.configure(self.function, environment={"RESTARTED": uuid.uuid4().hex})

    def set_up(self) -> None:
        """Give the scenario a function of its own."""
        self.installation.set_up(self.name, environment={})

    def gate(self, *, timeout: int | None = None) -> Gate:
        """Give the scenario a function of its own, with a gate before ECR."""
        gate = self._open.enter_context(gate_before(self.account.lab))
        self.installation.set_up(self.name, timeout=timeout, environment=gate.environment)
        return gate

    def gate_before_stack(self) -> Gate:
        """Put a gate before the function that is in the scenario's stack."""
        gate = self._open.enter_context(gate_before(self.account.lab))
        function = self.account.functions_of(self.stack)[0]
        self.account.configure(function, environment=gate.environment)
        return gate

    def break_sdk(self) -> None:
        """Give the scenario a function of its own that cannot import boto3."""
        folder = Path(self._open.enter_context(TemporaryDirectory()))
        (folder / "boto3.py").write_text('raise ImportError("no SDK here")\n')
        self.installation.set_up(self.name, environment={"PYTHONPATH": str(folder)})

    def exchange_function(self, name: str, source: str) -> None:
        """Give a function other code; its log begins anew."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("index.py", source)
        self.account.functions.update_function_code(FunctionName=name, ZipFile=archive.getvalue())
        self.account.logs.delete_log_group(logGroupName=f"/aws/lambda/{name}")

    def courier(self) -> Courier:
        """Let a courier carry the requests of the scenario's drains from now on."""
        courier = self._open.enter_context(courier_of(self.account, self.name))
        courier.function = self.function
        self._courier = courier
        return courier

    @property
    def made_up_answers(self) -> list[dict[str, Any]]:
        """The answers to requests that CloudFormation did not send."""
        return self._courier.answers if self._courier else []

    def log_groups(self) -> list[str]:
        """Return the names of the log groups of all functions that the scenario uses."""
        stack_number = self.stack.rpartition("/")[2]
        mine = self.account.log_groups(self.name)
        mine += self.account.log_groups(stack_number) if stack_number else []
        return list(dict.fromkeys([*mine, f"/aws/lambda/{self.function}"]))


def output_of(nested: str, name: str = "Name") -> dict[str, Any]:
    """Return the expression for a nested stack's output."""
    return {"Fn::GetAtt": [nested, f"Outputs.{name}"]}
