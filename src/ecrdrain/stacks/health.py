"""Whether the provider is there, fit for work, and what it could not do of late."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecrdrain.engine.errors import aws_errors, call_error
from ecrdrain.stacks.clients import ClientsWithLogs
from ecrdrain.stacks.errors import UnknownNameError
from ecrdrain.stacks.function_log import LogLine, LogReader, NoLogError
from ecrdrain.stacks.functions import find_log_group
from ecrdrain.stacks.imports import find_export, read_importers
from ecrdrain.stacks.provider import SERVICE_TOKEN
from ecrdrain.stacks.tree import DELETE_FAILED, DELETED, describe, is_busy

if TYPE_CHECKING:
    from types_boto3_cloudformation import CloudFormationClient
    from types_boto3_lambda import LambdaClient

DAYS = 7
"""How far back failures are looked for."""

_MOST = 5
_FAILURES = '{ ($.event = "answer") && ($.status = "FAILED") }'
_VERSION = re.compile(r"# ecrdrain (\d\S*), Apache-2\.0")
_LOG_GROUP = "LogGroupName"
_FIT = re.compile(r"(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE")


@dataclass(frozen=True)
class Provider:
    """The provider of an account and region.

    Attributes:
        stack: The name of its stack.
        stack_id: The id of its stack.
        status: CloudFormation's status of its stack.
        function_version: The version of its function; None when its template does not tell.
        function: The ARN of its function.
        log_group: Where its function logs.
        imported_by: The names of the stacks that import its function.
    """

    stack: str
    stack_id: str
    status: str
    function_version: str | None
    function: str
    log_group: str
    imported_by: Sequence[str] = ()


@dataclass(frozen=True)
class Failure:
    """A request that the function answered with FAILED.

    Attributes:
        time: When.
        stack: The name of the stack.
        stack_id: The id of the stack.
        status: CloudFormation's status of the stack by now; None when it has forgotten it.
        reason: The function's reason.
        remedy: What to do about it.
    """

    time: datetime
    stack: str
    stack_id: str
    status: str | None
    reason: str
    remedy: str

    @property
    def open(self) -> bool:
        """Return whether the stack waits for somebody to do something."""
        return self.status is not None and self.status.endswith("_FAILED")


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be.

    Attributes:
        what: What it is.
        remedy: What to do about it.
    """

    what: str
    remedy: str


@dataclass(frozen=True)
class Health:
    """What is known of the provider.

    Attributes:
        command_version: The version that the function should have.
        provider: The provider; None when there is none.
        answers: Whether its function answers.
        problems: What is not as it should be.
        failures: The newest requests that it answered with FAILED, the newest first.
    """

    command_version: str
    provider: Provider | None = None
    answers: bool = False
    problems: Sequence[Problem] = ()
    failures: Sequence[Failure] = ()

    @property
    def well(self) -> bool:
        """Whether there is nothing to do."""
        return not self.problems and not any(failure.open for failure in self.failures)


def examine(clients: ClientsWithLogs, version: str) -> Health:
    """Look at the provider, and let its function answer once.

    Args:
        clients: The AWS clients.
        version: The version that it should have.
    """
    provider = find_provider(clients)
    if provider is None:
        problem = Problem(
            f"no stack of the region exports {SERVICE_TOKEN}", "ecrdrain install makes one"
        )
        return Health(version, problems=[problem])
    problems = [*_of_stack(provider), *_of_version(provider, version)]
    since = datetime.now(UTC) - timedelta(days=DAYS)
    reader = LogReader(clients.logs, [provider.log_group], _FAILURES, since)
    try:
        lines = [line for line in reader.new() if _is_failure(line)]
    except NoLogError as error:
        remedy = f"aws logs create-log-group --log-group-name {provider.log_group}"
        problems.append(Problem(str(error), remedy))
        lines = []
    silence = _find_silence(clients.functions, provider)
    if silence is not None:
        problems.append(silence)
    newest = lines[: -_MOST - 1 : -1]
    failures = [_failure(clients.cloudformation, line) for line in newest]
    return Health(version, provider, silence is None, problems, failures)


def find_provider(clients: ClientsWithLogs) -> Provider | None:
    """Return the provider; None when there is none."""
    client = clients.cloudformation
    export = find_export(client, SERVICE_TOKEN)
    if export is None:
        return None
    stack_id, function = export["ExportingStackId"], export["Value"]
    described = describe(client, stack_id)
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    template: object = client.get_template(StackName=stack_id)["TemplateBody"]
    # The function begins with it, in YAML as in JSON.
    found = _VERSION.search(template if isinstance(template, str) else json.dumps(template))
    return Provider(
        stack=described["StackName"],
        stack_id=stack_id,
        status=described["StackStatus"],
        function_version=found[1] if found else None,
        function=function,
        log_group=outputs.get(_LOG_GROUP) or find_log_group(clients, function),
        imported_by=read_importers(client, SERVICE_TOKEN),
    )


def _of_stack(provider: Provider) -> list[Problem]:
    if _FIT.fullmatch(provider.status):
        return []
    remedy = f"ecrdrain stack show {provider.stack} tells why"
    if is_busy(provider.status):
        remedy = "run this again when that has ended"
    return [Problem(f"stack {provider.stack} is {provider.status}", remedy)]


def _of_version(provider: Provider, version: str) -> list[Problem]:
    if provider.function_version == version:
        return []
    what = f"the function's version is {provider.function_version}, this command's {version}"
    if provider.function_version is None:
        what = f"the function does not tell its version; this command's is {version}"
    elif _order(provider.function_version) > _order(version):
        return [Problem(what, "pip install --upgrade ecrdrain")]
    return [Problem(what, f"ecrdrain install --stack-name {provider.stack} --update")]


def _order(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _find_silence(client: "LambdaClient", provider: Provider) -> Problem | None:
    """Let the function answer a request that asks for nothing; None when it does.

    Raises:
        botocore.exceptions.ClientError: The caller may not invoke it.
    """
    look = f"its log tells more: aws logs tail {provider.log_group}"
    try:
        answer = client.invoke(FunctionName=provider.function, Payload=b"{}")
    except aws_errors() as error:
        failed = call_error(error)
        if failed.denied:
            raise
        if failed.code == "ResourceNotFoundException":
            importers = "the stacks that import it, then " if provider.imported_by else ""
            return Problem(
                "the function is gone",
                f"delete {importers}the provider (ecrdrain stack delete drains without it), "
                "and install it again",
            )
        return Problem(f"the function could not be invoked: {failed}", look)
    if "FunctionError" in answer:
        said = answer["Payload"].read().decode(errors="replace")
        return Problem(f"the function fails: {_in_a_line(said)}", look)
    return None


def _in_a_line(payload: str) -> str:
    """Return the error that Lambda reports (developer guide, "Python function errors")."""
    try:
        error = json.loads(payload)
        return f"{error['errorType']}: {error['errorMessage']}"
    except (ValueError, LookupError, TypeError):
        return " ".join(payload.split())


def _is_failure(line: LogLine) -> bool:
    return line.event == "answer" and line.facts.get("status") == "FAILED"


def _failure(client: "CloudFormationClient", line: LogLine) -> Failure:
    name = line.stack_id.split("/")[1] if "/" in line.stack_id else line.stack_id
    root, status = name, None
    try:
        described = describe(client, line.stack_id)
    except UnknownNameError:
        pass  # deleted more than 90 days ago
    else:
        status = described["StackStatus"]
        root = described.get("RootId", line.stack_id).split("/")[1]
    return Failure(
        time=line.time,
        stack=name,
        stack_id=line.stack_id,
        status=status,
        reason=" ".join(str(line.facts.get("reason", "")).split()),
        remedy=_remedy(root, status),
    )


def _remedy(root: str, status: str | None) -> str:
    """Say what to do about a failed request, by what has become of its stack."""
    if status in {DELETED, None}:
        return "nothing any more: the stack is deleted"
    if status == DELETE_FAILED:
        return f"ecrdrain stack delete {root}"
    if is_busy(str(status)):
        return f"wait: the stack is {status}"
    if "ROLLBACK" in str(status) or str(status).endswith("_FAILED"):
        return f"mend what the reason names, and deploy {root} again"
    return f"nothing any more: the stack is {status}"
