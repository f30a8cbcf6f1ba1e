"""The functions that the scenarios are played for, and how a stack comes to use them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ecrdrain.templates import TemplateName, render
from ecrdrain.templates.render import function_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.e2e.scenarios.account import Account, Resources

PEERS = Path(__file__).parents[3] / "benchmarks" / "peers"
ARTICLE_FUNCTION = PEERS / "article.py"
ARTICLE_TEMPLATES = PEERS / "article"
OTHER_FUNCTION = Path(__file__).with_name("other_function.py")
# Where a request is not answered, CloudFormation waits for so long.
SERVICE_TIMEOUT = 6


class Installation(Protocol):
    """A function, ready to be used by the stacks of one scenario."""

    source: str
    """Its code."""

    def function_name(self, prefix: str) -> str:
        """Return the name of the function that the stacks of a scenario use."""

    def drain(
        self, prefix: str, logical_id: str, repository: object, properties: Mapping[str, object]
    ) -> Resources:
        """Return the resources that make a stack drain a repository."""

    def set_up(
        self, prefix: str, *, timeout: int | None = None, environment: Mapping[str, str]
    ) -> None:
        """Give the scenario a function of its own, with a time limit and environment variables."""

    def all_in_one(self, prefix: str, repository: str) -> Resources | str:
        """Return a template with a repository of that name, its drain and the function."""


class Ecrdrain:
    """Ours, as provider.yaml installs it: one function for all stacks."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.source = function_source()
        self._own: dict[str, str] = {}
        template = render(TemplateName.PROVIDER)["provider.yaml"]
        # The export is one per account and region, and a scenario may want another provider.
        self._template = re.sub(r"\n    Export:\n      Name: .*", "", template)
        self._shared = self._install("shared-ecrdrain")

    def function_name(self, prefix: str) -> str:
        """Return the name of the scenario's own function, or of the one that all share."""
        return self._own.get(prefix, self._shared).rpartition(":")[2]

    def drain(
        self, prefix: str, logical_id: str, repository: object, properties: Mapping[str, object]
    ) -> Resources:
        """Return the drain alone."""
        token = self._own.get(prefix, self._shared)
        given = {"ServiceToken": token, "RepositoryName": repository, **properties}
        return {logical_id: {"Type": "Custom::EcrDrain", "Properties": given}}

    def set_up(
        self, prefix: str, *, timeout: int | None = None, environment: Mapping[str, str]
    ) -> None:
        """Install a provider for this scenario alone; a time limit may be below its minimum."""
        self.use(prefix, self._install(prefix))
        self.account.configure(prefix, timeout=timeout, environment=environment)

    def use(self, prefix: str, function: str) -> None:
        """Let the scenario's stacks use the function of this ARN."""
        self._own[prefix] = function

    def all_in_one(self, _prefix: str, repository: str) -> str:
        """Return standalone.yaml; its log group stays, so that it can be read."""
        template = render(TemplateName.STANDALONE)["standalone.yaml"]
        group = re.compile("^( +)Type: AWS::Logs::LogGroup$", re.MULTILINE)
        template = group.sub(r"\g<0>\n\1DeletionPolicy: Retain", template)
        return re.sub(
            r'(  RepositoryName:\n(?:    .*\n)*?    Default: )""', rf"\1{repository}", template
        )

    def _install(self, name: str) -> str:
        stack = self.account.create(f"{name}-provider", self._template, {"FunctionName": name})
        return self.account.outputs(stack)["ServiceToken"]


class Article:
    """The article's: a function beside each drain, which knows its repository from outside."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.source = ARTICLE_FUNCTION.read_text()
        self._changes: dict[str, dict[str, Any]] = {}

    def function_name(self, prefix: str) -> str:
        """Return the name that `drain` gives to the scenario's first function."""
        return f"{prefix}-Drain-function"

    def drain(
        self, prefix: str, logical_id: str, repository: object, properties: Mapping[str, object]
    ) -> Resources:
        """Return the drain with function and role, as the article's templates have them."""
        function = f"{logical_id}Function"
        given = {
            "ServiceToken": {"Fn::GetAtt": [function, "Arn"]},
            "ServiceTimeout": SERVICE_TIMEOUT,
            **properties,
        }
        changes = self._changes.get(prefix, {})
        variables = {
            "ACCOUNT_ID": {"Ref": "AWS::AccountId"},
            "ECR_REPOSITORY_NAME": repository,
            **changes.get("environment", {}),
        }
        return {
            logical_id: {"Type": "Custom::CustomResource", "Properties": given},
            function: {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "FunctionName": f"{prefix}-{logical_id}-function",
                    "Runtime": "python3.13",
                    "Handler": "index.lambda_handler",
                    "Role": {"Fn::GetAtt": [f"{logical_id}Role", "Arn"]},
                    # The article sets none; three seconds would be the default.
                    "Timeout": changes.get("timeout") or 30,
                    "Environment": {"Variables": variables},
                    "Code": {"ZipFile": self.source},
                },
            },
            f"{logical_id}Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "sts:AssumeRole",
                                "Principal": {"Service": "lambda.amazonaws.com"},
                            }
                        ],
                    }
                },
            },
        }

    def set_up(
        self, prefix: str, *, timeout: int | None = None, environment: Mapping[str, str]
    ) -> None:
        """Remember what the scenario's functions shall have."""
        self._changes[prefix] = {"timeout": timeout, "environment": dict(environment)}

    def all_in_one(self, prefix: str, repository: str) -> Resources:
        """Return the same resources as ever: repository, drain, function, role."""
        properties = {"RepositoryName": repository}
        return {
            "Repository": {"Type": "AWS::ECR::Repository", "Properties": properties},
            **self.drain(prefix, "Drain", {"Ref": "Repository"}, {}),
        }


class Other(Article):
    """A function as crhelper's users have it; with a tag, as AWS CDK has it."""

    def __init__(self, account: Account, tag: str = "") -> None:
        super().__init__(account)
        self.source = OTHER_FUNCTION.read_text()
        self.tag = tag

    def drain(
        self, prefix: str, logical_id: str, repository: object, properties: Mapping[str, object]
    ) -> Resources:
        """Return the drain, which names its repository, with function and role."""
        given = {"RepositoryName": repository, **properties}
        resources = super().drain(prefix, logical_id, repository, given)
        function = resources[f"{logical_id}Function"]["Properties"]
        function["Environment"]["Variables"]["TAG"] = self.tag
        return resources
