"""Each template and example, deployed on the lab as users do and deleted with images inside."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from ecrdrain.lab import Lab, multi_platform_image, push, single_platform_image
from ecrdrain.templates import TemplateName, render
from tests.e2e.aws_cli import aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_ecr import ECRClient
    from types_boto3_iam import IAMClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = Path(__file__).parents[2] / "docs" / "custom-resource.md"
# Only parameters that the article's own root passes on.
ARTICLE_ROOT = """\
Parameters:
  TemplateBucketName: {Type: String}
  Prefix: {Type: String}
Resources:
  ECRStack:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub https://s3.amazonaws.com/${TemplateBucketName}/${Prefix}/${Prefix}-ecr.yaml
      Parameters: {Prefix: !Ref Prefix}
  LambdaStack:
    Type: AWS::CloudFormation::Stack
    DependsOn: ECRStack
    Properties:
      TemplateURL: !Sub https://s3.amazonaws.com/${TemplateBucketName}/${Prefix}/${Prefix}-lambda.yaml
      Parameters:
        ECRRepositoryArn: !GetAtt ECRStack.Outputs.ECRRepositoryArn
        ECRRepositoryName: !GetAtt ECRStack.Outputs.ECRRepositoryName
        Handler: index.lambda_handler
        Prefix: !Ref Prefix
        Runtime: python3.12
  CustomResourceStack:
    Type: AWS::CloudFormation::Stack
    DependsOn: LambdaStack
    Properties:
      TemplateURL: !Sub https://s3.amazonaws.com/${TemplateBucketName}/${Prefix}/${Prefix}-customresource.yaml
      Parameters: {FunctionArn: !GetAtt LambdaStack.Outputs.FunctionArn}
"""
OFTEN = {"Delay": 1, "MaxAttempts": 120}


@dataclass(frozen=True)
class Account:
    """What the tests look at and change in the lab's account."""

    lab: Lab
    stacks: CloudFormationClient
    ecr: ECRClient
    functions: LambdaClient
    roles: IAMClient
    logs: CloudWatchLogsClient
    s3: S3Client

    @classmethod
    def of(cls, lab: Lab) -> Account:
        """Make the clients of a lab."""
        services = ("cloudformation", "ecr", "lambda", "iam", "logs", "s3")
        return cls(lab, *(lab.client(service) for service in services))

    def create(self, stack: str, template: str, **parameters: str) -> dict[str, str]:
        """Create a stack, wait for it, and return its outputs."""
        self.stacks.create_stack(
            StackName=stack,
            TemplateBody=template,
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_IAM"],
            OnFailure="DO_NOTHING",
        )
        self._settle("stack_create_complete", stack)
        return self.outputs(stack)

    def delete(self, stack: str) -> None:
        """Delete a stack and wait until it is gone."""
        stack_id = self.stacks.describe_stacks(StackName=stack)["Stacks"][0]["StackId"]
        self.stacks.delete_stack(StackName=stack)
        self._settle("stack_delete_complete", stack_id)

    def outputs(self, stack: str) -> dict[str, str]:
        """Return a stack's outputs."""
        (found,) = self.stacks.describe_stacks(StackName=stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def fill(self, repository: str) -> None:
        """Push a multi-platform image and an image of one platform, as two tools would."""
        push(self.ecr, repository, multi_platform_image(repository), ["latest", "v1"])
        push(self.ecr, repository, single_platform_image("plain"), ["plain"])
        assert len(self.ecr.list_images(repositoryName=repository)["imageIds"]) == 7

    def left(self) -> list[str]:
        """Name every repository, function, role and log group."""
        return [
            *(each["repositoryName"] for each in self.ecr.describe_repositories()["repositories"]),
            *(each["FunctionName"] for each in self.functions.list_functions()["Functions"]),
            *(each["RoleName"] for each in self.roles.list_roles()["Roles"]),
            *(each["logGroupName"] for each in self.logs.describe_log_groups()["logGroups"]),
        ]

    def _settle(self, waiter: Any, stack: str) -> None:
        try:
            self.stacks.get_waiter(waiter).wait(StackName=stack, WaiterConfig=OFTEN)
        except Exception as error:
            events = self.stacks.describe_stack_events(StackName=stack)["StackEvents"]
            error.add_note(
                "\n".join(
                    f"{each['LogicalResourceId']}: {each['ResourceStatus']}: {reason}"
                    for each in events
                    if (reason := each.get("ResourceStatusReason"))
                )
            )
            raise


@pytest.fixture
def account() -> Iterator[Account]:
    """An empty account, in which a function may do what its role allows and nothing else."""
    with Lab.start(enforce_iam=True) as lab:
        yield Account.of(lab)


def rendered(name: TemplateName, path: str) -> str:
    """Render one file of a template."""
    return render(name)[path]


def upload(account: Account, prefix: str) -> str:
    """Put the nested templates where their root looks for them; return the bucket."""
    bucket = "templates"
    account.s3.create_bucket(Bucket=bucket)
    for path, text in render(TemplateName.NESTED).items():
        key = f"{prefix}/{prefix}-{Path(path).name}"
        account.s3.put_object(Bucket=bucket, Key=key, Body=io.BytesIO(text.encode()))
    return bucket


def test_standalone_deploys_with_the_aws_cli(account: Account, tmp_path: Path) -> None:
    """`aws cloudformation deploy` needs no parameters, and the stack leaves nothing behind."""
    file = tmp_path / "standalone.yaml"
    file.write_text(rendered(TemplateName.STANDALONE, "standalone.yaml"))
    deploy = ("cloudformation", "deploy", "--template-file", str(file), "--stack-name", "app")
    aws(account.lab, *deploy, "--capabilities", "CAPABILITY_IAM")
    account.fill(account.outputs("app")["RepositoryName"])

    account.delete("app")

    assert account.left() == []


def test_standalone_takes_its_parameters(account: Account) -> None:
    """The repository's name arrives at it; the function has its memory, time and retention."""
    outputs = account.create(
        "app-with-a-name-that-is-much-too-long-to-be-the-name-of-a-lambda-function",
        rendered(TemplateName.STANDALONE, "standalone.yaml"),
        RepositoryName="team/app",
        OnDelete="Always",
    )
    (function,) = account.functions.list_functions()["Functions"]
    (group,) = account.logs.describe_log_groups()["logGroups"]

    assert outputs["RepositoryName"] == "team/app"
    assert outputs["RepositoryUri"].endswith("/team/app")
    assert (function["MemorySize"], function["Timeout"]) == (512, 900)
    assert (function["Runtime"], function["Architectures"]) == ("python3.13", ["arm64"])
    assert (group["logGroupName"], group["retentionInDays"]) == (outputs["LogGroupName"], 30)
    assert group["logGroupName"] == f"/aws/lambda/{function['FunctionName']}"


def test_one_provider_serves_the_examples(account: Account) -> None:
    """Stacks that import the provider's ServiceToken delete cleanly, and the provider last."""
    provider = account.create("ecrdrain", rendered(TemplateName.PROVIDER, "provider.yaml"))
    account.create("one", (EXAMPLES / "with-provider.yaml").read_text())
    account.create("two", (EXAMPLES / "two-repositories.yaml").read_text(), Team="blue")
    names = [
        each["repositoryName"] for each in account.ecr.describe_repositories()["repositories"]
    ]
    assert len(names) == 3
    assert {"blue/service", "blue/worker"} < set(names)
    for name in names:
        account.fill(name)

    account.delete("one")
    account.delete("two")
    assert account.ecr.describe_repositories()["repositories"] == []
    assert provider["LogGroupName"] in account.left()

    account.delete("ecrdrain")
    assert account.left() == []


def test_the_attributes_are_those_of_the_page(account: Account) -> None:
    """The template of docs/custom-resource.md is deployed and reads them."""
    account.create("ecrdrain", rendered(TemplateName.PROVIDER, "provider.yaml"))
    (template,) = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    outputs = account.create("shop", template)
    (repository,) = account.ecr.describe_repositories()["repositories"]

    assert outputs == {
        "Ref": repository["repositoryArn"],
        "Arn": repository["repositoryArn"],
        "Name": repository["repositoryName"],
        "Account": repository["registryId"],
    }


def test_the_provider_outlives_its_users(account: Account) -> None:
    """While a stack imports the ServiceToken, the provider is not deleted."""
    account.create("ecrdrain", rendered(TemplateName.PROVIDER, "provider.yaml"))
    account.create("one", (EXAMPLES / "with-provider.yaml").read_text())

    with pytest.raises(ClientError, match="ecrdrain-ServiceToken"):
        account.stacks.delete_stack(StackName="ecrdrain")

    assert "ecrdrain" in account.left()


def test_a_provider_can_be_kept_to_some_repositories(account: Account) -> None:
    """RepositoryNames narrows the role: another repository fails when it is deployed."""
    provider = rendered(TemplateName.PROVIDER, "provider.yaml")
    account.create("ecrdrain", provider, FunctionName="drain", RepositoryNames="blue/*")
    account.create("two", (EXAMPLES / "two-repositories.yaml").read_text(), Team="blue")
    account.fill("blue/worker")
    account.delete("two")

    (role,) = account.roles.list_roles()["Roles"]
    policy = account.roles.get_role_policy(RoleName=role["RoleName"], PolicyName="drain")
    document: Any = policy["PolicyDocument"]  # the types know only its text
    resources = [each["Resource"] for each in document["Statement"]]
    assert "arn:aws:ecr:us-east-1:123456789012:repository/blue/*" in resources
    assert "arn:aws:ecr:us-east-1:123456789012:repository/*" not in resources


def test_a_provider_runs_where_there_is_no_arm64(account: Account) -> None:
    """The parameter Architectures arrives at the function; arm64 is the default."""
    provider = rendered(TemplateName.PROVIDER, "provider.yaml")
    account.create("one", provider)
    (function,) = account.functions.list_functions()["Functions"]
    assert function["Architectures"] == ["arm64"]
    account.delete("one")

    account.create("two", provider, Architectures="x86_64")

    (function,) = account.functions.list_functions()["Functions"]
    assert function["Architectures"] == ["x86_64"]


def test_the_nested_templates_run_where_there_is_no_arm64(account: Account) -> None:
    """The root hands the parameter Architectures on to the function."""
    bucket = upload(account, "shop")
    root = rendered(TemplateName.NESTED, "nested/root.yaml")
    parameters = {"TemplateBucketName": bucket, "Prefix": "shop"}
    account.create("shop-stack", root, **parameters, Architectures="x86_64")

    (function,) = account.functions.list_functions()["Functions"]
    assert function["Architectures"] == ["x86_64"]


def test_the_nested_templates_delete_cleanly(account: Account) -> None:
    """The root stack finds its templates by bucket and prefix, and leaves nothing behind."""
    bucket = upload(account, "shop")
    root = rendered(TemplateName.NESTED, "nested/root.yaml")
    outputs = account.create("shop-stack", root, TemplateBucketName=bucket, Prefix="shop")
    assert outputs["ECRRepositoryName"] == "shop"
    assert outputs["LogGroupName"] == "/aws/lambda/shop-function"
    assert {"shop", "shop-function"} < set(account.left())
    account.fill("shop")

    account.delete("shop-stack")

    assert account.left() == []


def test_the_nested_templates_fit_under_the_article_s_root(account: Account) -> None:
    """With nothing but the article's parameters the drain finds its repository all the same."""
    bucket = upload(account, "shop")
    account.create("shop-stack", ARTICLE_ROOT, TemplateBucketName=bucket, Prefix="shop")
    account.fill("shop")

    account.delete("shop-stack")

    assert account.left() == []
