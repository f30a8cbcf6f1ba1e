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
        "PhysicalResourceId": {identity},
        **{{key: event[key] for key in ("StackId", "RequestId", "LogicalResourceId")}},
    }})
    request = urllib.request.Request(
        event["ResponseURL"], body.encode(), {{"Content-Type": ""}}, method="PUT"
    )
    urllib.request.urlopen(request).close()
"""


_ARN_OF_REPOSITORY = 'f"arn:aws:ecr:{region}:{account}:repository/{name}"'
_LOG_STREAM = 'event.get("PhysicalResourceId", context.log_stream_name)'


def function(role: object, *, fails: bool = False, old: bool = False) -> dict[str, Any]:
    """Return the resource of a function that answers and drains nothing.

    Args:
        role: The role's ARN, or what refers to it.
        fails: Whether it answers FAILED to a Delete.
        old: Whether its physical id is a log stream, as that of older functions is.
    """
    code = _ANSWER.format(fails=fails, identity=_LOG_STREAM if old else _ARN_OF_REPOSITORY)
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Handler": "index.handler",
            "Role": role,
            "Timeout": 30,
            "Code": {"ZipFile": code},
        },
    }


ROLE = "arn:aws:iam::123456789012:role/any"
"""The emulator does not look for it."""

ARN = {"Fn::GetAtt": ["Function", "Arn"]}
"""The function's ARN, inside its own stack."""
