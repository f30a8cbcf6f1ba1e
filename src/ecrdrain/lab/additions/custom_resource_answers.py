"""Custom resources: the first answer counts, and only if it is as documented.

"Custom resource response objects" (CloudFormation template reference, crpg-ref-responses). The
emulator takes anything for SUCCESS, and the last answer for the one that counts.
"""

import json
import threading
from functools import partial
from typing import Any

from ministack import app
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from ecrdrain.lab.additions.replacing import wrap
from ecrdrain.lab.answers import PATH, find_fault

_PUT_PATH = "/_ministack/cfn-response/"

Function = Any  # one of the emulator's own
Response = tuple[int, dict[str, str], bytes]

_lock = threading.Lock()
_requests: dict[str, dict[str, Any]] = {}
_answered: set[str] = set()
_answers: list[dict[str, Any]] = []


def install() -> None:
    """Put the rules in place."""
    wrap(
        lambda_svc,
        "_execute_function_with_config_scope",
        lambda plain: partial(_note_request, plain),
    )
    wrap(app, "_handle_post_body_shortcuts", lambda plain: partial(_handle, plain))


def _note_request(plain: Function, function: Any, event: Any) -> Any:  # noqa: ANN401
    """Remember what was asked, to compare answers with it."""
    url = event.get("ResponseURL", "") if isinstance(event, dict) else ""
    if _PUT_PATH in url:
        with _lock:
            _requests[url.partition(_PUT_PATH)[2]] = event
    return plain(function, event)


async def _handle(  # noqa: PLR0913, PLR0917 - the emulator's signature
    plain: Function,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    query_params: dict[str, list[str]],
    request_id: str,
) -> Response | None:
    if method == "GET" and path == PATH:
        with _lock:
            return 200, {"Content-Type": "application/json"}, json.dumps(_answers).encode()
    token = path.removeprefix(_PUT_PATH)
    if method == "PUT" and token in _requests:
        _take(token, body, headers.get("content-type", ""))
        return 200, {}, b""
    response: Response | None = await plain(method, path, headers, body, query_params, request_id)
    return response


def _take(token: str, body: bytes, content_type: str) -> None:
    request = _requests[token]
    fault = find_fault(request, body)
    failed = {"Status": "FAILED", "Reason": fault}
    with _lock:
        first = token not in _answered
        _answered.add(token)
        _answers.append(
            {
                "request_type": request["RequestType"],
                "request_id": request["RequestId"],
                "stack_id": request["StackId"],
                "logical_id": request["LogicalResourceId"],
                "body": body.decode(errors="replace"),
                "content_type": content_type,
                "fault": fault,
                "counted": first
                and custom_resource.deliver_response(token, failed if fault else json.loads(body)),
            }
        )
