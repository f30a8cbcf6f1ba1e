"""Small Lambda functions behind drains, for what must happen to them."""

from __future__ import annotations

from typing import Any

_ANSWER = """
import json, urllib.request

def handler(event, context):
    name = event["ResourceProperties"]["RepositoryName"]
    region, account = context.invoked_function_arn.split(":")[3:5]
    failed = event["RequestType"] == "Delete" and {fails}
    body = json.dumps({{
        "Status": "FAILED" if failed else "SUCCESS",
        "Reason": "as the test wants it",
        "PhysicalResourceId": f"arn:aws:ecr:{{region}}:{{account}}:repository/{{name}}",
        **{{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}},
    }})
    request = urllib.request.Request(
        event["ResponseURL"], body.encode(), {{"Content-Type": ""}}, method="PUT"
    )
    urllib.request.urlopen(request).close()
"""


def function(role: object, *, fails: bool = False) -> dict[str, Any]:
    """Return the resource of a function that answers and drains nothing.

    Args:
        role: The role's ARN, or what refers to it.
        fails: Whether it answers FAILED to a Delete.
    """
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": role,
            "Timeout": 30,
            "Code": {"ZipFile": _ANSWER.format(fails=fails)},
        },
    }


ROLE = "arn:aws:iam::123456789012:role/any"
"""The emulator does not look for it."""

ARN = {"Fn::GetAtt": ["Function", "Arn"]}
"""The function's ARN, inside its own stack."""
