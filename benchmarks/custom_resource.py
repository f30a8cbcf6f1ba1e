"""Writes into docs/custom-resource.md what the function takes, refuses and answers.

`make docs` runs it; a test sees that the page is up to date. Values, defaults and messages come
from the check that a deployment goes through, attributes from the answer to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.page import put_all, table
from ecrdrain.resource.deploy import deploy
from ecrdrain.resource.log import Log
from ecrdrain.resource.properties import (
    ON_DELETE,
    PROPERTIES,
    Settings,
    parse_settings,
    service_timeout_of,
)
from ecrdrain.resource.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecrdrain.resource.answer import Answer

PAGE = Path(__file__).parents[1] / "docs" / "custom-resource.md"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:ecrdrain"
STACK = "arn:aws:cloudformation:eu-west-1:123456789012:stack/shop/0f0f0f0f"
ELSEWHERE = STACK.replace("123456789012", "210987654321")
RIGHT = {"ServiceToken": FUNCTION, "RepositoryName": "team/app"}

WRONG = {
    "ServiceTimeout": "7200",
    "RepositoryName": "Team/App",
    "OnDelete": "always",
    "Preflight": "maybe",
    "ReplicatedDeletions": "true",
}
"""A value of each property that is refused; ServiceToken is CloudFormation's alone."""

MEANINGS = {
    "ServiceToken": "the function: `!ImportValue ecrdrain-ServiceToken` with the provider",
    "ServiceTimeout": "how many seconds CloudFormation waits for an answer",
    "RepositoryName": (
        "the repository to empty. `!Ref Repository` also makes the order: drained first, deleted "
        "second"
    ),
    "OnDelete": "when images go: [below](#ondelete)",
    "Preflight": (
        "whether Create and Update prove that the drain will work: "
        "[what shows at deploy time](safety.md#what-shows-at-deploy-time)"
    ),
    "ReplicatedDeletions": (
        "whether images may go in other registries, too: "
        "[one more place where images go](safety.md#one-more-place-where-images-go)"
    ),
}

ON_DELETE_MEANINGS = {
    "WithRepository": "while CloudFormation deletes their repository; else none goes",
    "Always": "whenever CloudFormation deletes the drain; in a rollback as with `WithRepository`",
    "Never": "never; the drain only stands there, without a preflight",
}

VARIABLES = {
    "ECR_REPOSITORY_NAME": ("`RepositoryName`, where that is absent or empty", "Team/App"),
    "ECRDRAIN_ON_DELETE": ("`OnDelete`, where that is absent or empty", "sometimes"),
    "ACCOUNT_ID": ("nothing: it must name the function's own account", "210987654321"),
}
"""What stands in the function's environment, and a value that is refused."""

ATTRIBUTES = {
    "RepositoryArn": "the repository's ARN, the same as `!Ref Drain`",
    "RepositoryName": "its name",
    "RegistryId": "the account of its registry",
}


class Context:
    """What Lambda tells about a run."""

    invoked_function_arn = FUNCTION
    log_group_name = log_stream_name = ""

    def get_remaining_time_in_millis(self) -> int:
        """Return 15 minutes."""
        return 900_000


def settings(
    properties: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    stack: str = STACK,
) -> Settings:
    """Read properties as the function does."""
    return parse_settings(properties, {} if environment is None else environment, FUNCTION, stack)


def answer() -> Answer:
    """Answer a Create as the function does, without a call to AWS."""

    def no_client(service: str) -> Any:  # noqa: ANN401 - there is none
        raise AssertionError(service)

    properties = {**RIGHT, "Preflight": "false"}
    event = {"RequestType": "Create", "StackId": STACK, "ResourceProperties": properties}
    return deploy(Run(event, Context(), Log(), no_client))


def allowed(name: str) -> str:
    """Return what the function says is allowed in a property."""
    return settings({**RIGHT, name: WRONG[name]}).mistakes.partition("; allowed is ")[2]


def default(name: str) -> str:
    """Return what the function takes when a property is absent."""
    absent = settings({key: value for key, value in RIGHT.items() if key != name})
    if absent.mistakes:
        return "needed"
    return {
        "ServiceToken": "needed, by CloudFormation",
        "ServiceTimeout": f"`{service_timeout_of({})}`",
        "OnDelete": f"`{absent.on_delete}`",
        "Preflight": f"`{str(absent.preflight).lower()}`",
        "ReplicatedDeletions": "not accepted",
    }[name]


def property_table() -> str:
    """Return one line a property."""
    return table(
        ("property", "values", "default", "what it says"),
        (
            (
                f"`{name}`",
                allowed(name) if name in WRONG else "an ARN",
                default(name),
                MEANINGS[name],
            )
            for name in PROPERTIES
        ),
    )


def on_delete_table() -> str:
    """Return one line a value of OnDelete."""
    return table(
        ("`OnDelete`", "the images go"),
        ((f"`{each}`", ON_DELETE_MEANINGS[each]) for each in ON_DELETE),
    )


def mistake_table() -> str:
    """Return one line a mistake, with what FAILED says of it."""
    wrong = [
        (f"`{name}: {value}`", settings({**RIGHT, name: value})) for name, value in WRONG.items()
    ]
    wrong += [
        ("no `RepositoryName`", settings({"ServiceToken": FUNCTION})),
        ("a property that there is not", settings({**RIGHT, "OnDelte": "Never"})),
        ("a stack of another account", settings(RIGHT, stack=ELSEWHERE)),
    ]
    wrong += [
        (
            f"`{name}={value}` in the function's environment",
            settings(variable_of(name), {name: value}),
        )
        for name, (_, value) in VARIABLES.items()
    ]
    return table(
        ("wrong", "the reason says"), ((what, f"`{read.mistakes}`") for what, read in wrong)
    )


def variable_of(name: str) -> dict[str, str]:
    """Return the properties with which a variable of the environment counts."""
    return {"ServiceToken": FUNCTION} if name == "ECR_REPOSITORY_NAME" else RIGHT


def variable_table() -> str:
    """Return one line a variable of the function's environment."""
    return table(
        ("variable", "stands in for"),
        ((f"`{name}`", meaning) for name, (meaning, _) in VARIABLES.items()),
    )


def attribute_table() -> str:
    """Return one line an attribute of the resource."""
    given = answer()
    rows = [("`!Ref Drain`", "the repository's ARN: the resource's physical id", given.identity)]
    rows += [
        (f"`!GetAtt Drain.{name}`", ATTRIBUTES[name], value) for name, value in given.data.items()
    ]
    return table(
        ("in the template", "gives", "such as"),
        ((what, meaning, f"`{value}`") for what, meaning, value in rows),
    )


TABLES = {
    "properties": property_table,
    "ondelete": on_delete_table,
    "attributes": attribute_table,
    "environment": variable_table,
    "mistakes": mistake_table,
}
"""What stands between which markers of the page."""


if __name__ == "__main__":
    PAGE.write_text(put_all(PAGE.read_text(), TABLES))
