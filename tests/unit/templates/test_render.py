"""The templates as users get them."""

import ast
import importlib
import re
from pathlib import Path
from typing import Any

import cfnlint.api
import cfnlint.decode.cfn_yaml
import pytest
import yamllint.linter
from cfnlint.config import ManualArgs
from yamllint.config import YamlLintConfig

from ecrdrain import __version__
from ecrdrain.templates import TemplateError, TemplateName, function_source, render
from ecrdrain.templates.render import BODY_LIMIT, check_size, insert_function

ROOT = Path(__file__).parents[3]
FILES = {
    "provider.yaml": TemplateName.PROVIDER,
    "standalone.yaml": TemplateName.STANDALONE,
    "nested/root.yaml": TemplateName.NESTED,
    "nested/ecr.yaml": TemplateName.NESTED,
    "nested/lambda.yaml": TemplateName.NESTED,
    "nested/customresource.yaml": TemplateName.NESTED,
}
WITH_FUNCTION = ["provider.yaml", "standalone.yaml", "nested/lambda.yaml"]
LEAST_FREE = 90
"""Bytes that a template has left, so that a mistake can be mended without making room first."""
EXAMPLES = [f"examples/{path.name}" for path in (ROOT / "examples").glob("*.yaml")]


def read(path: str) -> str:
    """Render a template, or read an example."""
    return render(FILES[path])[path] if path in FILES else (ROOT / path).read_text()


def parse(text: str) -> dict[str, Any]:
    """Parse a template as cfn-lint does, short forms of functions included."""
    parsed: dict[str, Any] = cfnlint.decode.cfn_yaml.loads(text)
    return parsed


def functions(template: dict[str, Any]) -> list[dict[str, Any]]:
    """List the properties of a template's functions."""
    return [
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """List the policy statements of a template's roles."""
    return [
        statement
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        for policy in resource["Properties"]["Policies"]
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_each_template_has_its_files() -> None:
    """The three templates are six files, and the nested ones begin with their root."""
    assert [(path, name) for name in TemplateName for path in render(name)] == list(FILES.items())


@pytest.mark.parametrize("path", [*FILES, *EXAMPLES])
def test_templates_satisfy_cfn_lint(path: str) -> None:
    """cfn-lint finds nothing to say, in several regions and partitions."""
    text = read(path)
    regions = ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"]
    found = cfnlint.api.lint(text, config=ManualArgs(regions=regions))
    assert [str(match) for match in found] == []


@pytest.mark.parametrize("path", [*FILES, *EXAMPLES])
def test_every_parameter_and_condition_is_used(path: str) -> None:
    """What a template asks for has an effect."""
    text = read(path)
    template = parse(text)
    body = text.partition("\nResources:")[2]
    for name in template.get("Parameters", {}):
        assert re.search(rf"!Ref {name}\b|\${{{name}}}", text), name
    for name in template.get("Conditions", {}):
        assert f"!If [{name}," in body, name


def badly_indented(text: str, spaces: int) -> list[str]:
    """Return what yamllint says of the indentation."""
    rule = f"{{spaces: {spaces}, indent-sequences: consistent, check-multi-line-strings: false}}"
    config = YamlLintConfig(f"rules: {{indentation: {rule}}}")
    return [str(problem) for problem in yamllint.linter.run(text, config)]


@pytest.mark.parametrize("path", [*FILES, *EXAMPLES])
def test_templates_are_indented_as_usual(path: str) -> None:
    """Every level has two spaces; resources beside the function, which needs room, have one."""
    resources = re.compile(r"^Resources:\n(?:(?: .*)?\n)*", re.MULTILINE)
    (found,) = resources.findall(read(path))
    assert badly_indented(resources.sub("", read(path)), 2) == []
    assert badly_indented(found, 1 if path in WITH_FUNCTION else 2) == []


@pytest.mark.parametrize("path", [*FILES, *EXAMPLES])
def test_templates_fit_into_a_request(path: str) -> None:
    """No template needs a bucket for its size, nor for a little more; see `make function`."""
    check_size(path, read(path), LEAST_FREE)


@pytest.mark.parametrize("path", WITH_FUNCTION)
def test_the_function_arrives_whole(path: str) -> None:
    """What CloudFormation reads under ZipFile is the function's source to the last line."""
    (function,) = functions(parse(read(path)))
    assert function["Code"]["ZipFile"] == function_source()


@pytest.mark.parametrize("path", FILES)
def test_nothing_is_left_to_fill_in(path: str) -> None:
    """No marker survives."""
    assert "function source }}" not in read(path)


def test_the_function_is_one_module() -> None:
    """The source says what it is, imports nothing of ours and offers the handler."""
    source = function_source()
    assert source.startswith(f"# ecrdrain {__version__}, Apache-2.0: ")
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
    }
    assert "ecrdrain" not in imported
    assert "boto3" in imported
    assert "\ndef lambda_handler(event, context):\n" in source


@pytest.mark.parametrize("path", WITH_FUNCTION)
def test_the_log_group_is_the_function_s_own(path: str) -> None:
    """The function logs to the declared group, under the name that Lambda would choose."""
    template = parse(read(path))
    (function,) = functions(template)
    group = template["Resources"]["LogGroup"]["Properties"]
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": "LogGroup"}}
    literal = path == "standalone.yaml"  # it has no room for more parameters
    assert group["RetentionInDays"] == (30 if literal else {"Ref": "LogRetentionDays"})
    kind, name = next(iter(function["FunctionName"].items()))
    if kind == "Ref":
        expected: Any = {"Fn::Sub": f"/aws/lambda/${{{name}}}"}
    elif kind == "Fn::Sub":
        expected = {"Fn::Sub": f"/aws/lambda/{name}"}
    else:
        expected = {"Fn::Join": ["", [f"/aws/lambda/{name[1][0]}", *name[1][1:]]]}
    assert group["LogGroupName"] == expected


@pytest.mark.parametrize("path", WITH_FUNCTION)
def test_roles_are_narrow(path: str) -> None:
    """A role may do what the function does, to resources that an ARN names, and no more."""
    template = parse(read(path))
    granted: set[str] = set()
    for statement in statements(template):
        assert statement["Effect"] == "Allow"
        actions = statement["Action"]
        actions = [actions] if isinstance(actions, str) else actions
        granted.update(actions)
        # IAM knows no narrower resource for what is the registry's.
        assert (statement["Resource"] == "*") is (actions == ["ecr:DescribeRegistry"])
    assert granted == {
        "ecr:ListImages",
        "ecr:BatchDeleteImage",
        "ecr:DescribeRegistry",
        "cloudformation:DescribeStacks",
        "cloudformation:ListStackResources",
        "cloudformation:GetTemplate",
        "cloudformation:DescribeStackEvents",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }
    (role,) = [r for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    assert "ManagedPolicyArns" not in role["Properties"]
    assert not [r for r in template["Resources"].values() if r["Type"] == "AWS::IAM::Policy"]


def test_the_nested_templates_keep_the_article_s_interface() -> None:
    """Parameters, resources and outputs of the article's four templates are all there."""
    article = {
        "nested/root.yaml": (
            {"TemplateBucketName", "Prefix"},
            {"ECRStack", "LambdaStack", "CustomResourceStack"},
            set[str](),
        ),
        "nested/ecr.yaml": (
            {"Prefix"},
            {"ECRRepository"},
            {"ECRRepositoryArn", "ECRRepositoryName"},
        ),
        "nested/lambda.yaml": (
            {"ECRRepositoryArn", "ECRRepositoryName", "Handler", "Prefix", "Runtime"},
            {"Function", "FunctionRole"},
            {"FunctionArn"},
        ),
        "nested/customresource.yaml": ({"FunctionArn"}, {"CustomResource"}, set[str]()),
    }
    for path, (parameters, resources, outputs) in article.items():
        template = parse(read(path))
        assert set(template["Parameters"]) >= parameters
        assert set(template["Resources"]) >= resources
        assert set(template.get("Outputs", {})) >= outputs
        # What the article's own root does not pass has a default.
        added = set(template["Parameters"]) - parameters
        assert all("Default" in template["Parameters"][name] for name in added)


def test_the_nested_function_runs_on_the_runtimes_of_amazon_linux_2023() -> None:
    """python3.11 is not among them (Lambda developer guide, "lambda-python")."""
    runtime = parse(read("nested/lambda.yaml"))["Parameters"]["Runtime"]
    assert runtime["AllowedValues"] == ["python3.12", "python3.13", "python3.14"]
    assert runtime["Default"] in runtime["AllowedValues"]


@pytest.mark.parametrize("path", ["provider.yaml", "nested/lambda.yaml", "nested/root.yaml"])
def test_the_processor_can_be_chosen(path: str) -> None:
    """arm64 unless a region has none."""
    processor = parse(read(path))["Parameters"]["Architectures"]
    assert processor["Default"] == "arm64"
    assert processor["AllowedValues"] == ["arm64", "x86_64"]


def test_a_block_is_inserted_with_its_indentation() -> None:
    """The source stands where the marker stood; empty lines stay empty."""
    template = "a:\n  b: |\n    {{ function source }}\nc: 1\n"
    assert insert_function(template, "x\n\n  y\n") == "a:\n  b: |\n    x\n\n      y\nc: 1\n"


def test_a_template_without_a_function_stays_as_it_is() -> None:
    """Only a line that is nothing but the marker is replaced."""
    template = "a: '{{ function source }}'\n"
    assert insert_function(template, "x\n") == template


def test_a_template_that_is_too_large_is_refused() -> None:
    """The error names the file, its size and the limit."""
    check_size("some.yaml", "x" * BODY_LIMIT)
    with pytest.raises(TemplateError, match=r"some\.yaml has 51,202 bytes .* takes 51,200"):
        check_size("some.yaml", "ä" * 25_601)


def test_a_template_that_must_leave_room_is_refused_earlier() -> None:
    """What is to be free counts as used."""
    check_size("some.yaml", "x" * (BODY_LIMIT - 10), free=10)
    with pytest.raises(TemplateError, match="takes 51,200, and 10 of them must stay free"):
        check_size("some.yaml", "x" * (BODY_LIMIT - 9), free=10)


def test_an_installation_without_the_function_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only compiled files are installed, the error says what is needed."""
    module = importlib.import_module("ecrdrain.templates.render")
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    function_source.cache_clear()
    with pytest.raises(TemplateError, match=r"function\.py is missing; install ecrdrain with all"):
        function_source()
