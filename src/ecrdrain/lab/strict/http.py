"""The HTTP side of the server: AWS's JSON 1.1 protocol, and the control endpoint `/_lab/`."""

import dataclasses
import itertools
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from ecrdrain.lab.ecr import EcrError
from ecrdrain.lab.strict.behaviour import as_json
from ecrdrain.lab.strict.core import Core
from ecrdrain.lab.strict.counts import State
from ecrdrain.lab.strict.errors import ConnectionLostError, SettingsError
from ecrdrain.lab.strict.registry import Seed

LOOPBACK = "127.0.0.1"

_LARGEST_REQUEST = 32 * 1024 * 1024  # a part of a layer may have 20 MiB, more in base64
_IDLE_SECONDS = 600.0
_GRACE_SECONDS = 0.5  # for the calls in hand when the server ends
_ENCODE = json.JSONEncoder(separators=(",", ":")).encode


async def listen(core: Core, port: int = 0) -> tuple[web.ServerRunner, str]:
    """Serve on the loopback interface; port 0 takes a free one.

    Returns what has to be cleaned up in the end, and the endpoint's URL.
    """
    server = web.Server(
        _handler(core),
        request_factory=_request,
        access_log=None,
        keepalive_timeout=_IDLE_SECONDS,
    )
    runner = web.ServerRunner(server, shutdown_timeout=_GRACE_SECONDS)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    host, bound = runner.addresses[0][:2]
    return runner, f"http://{host}:{bound}"


def _request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> BaseRequest:  # noqa: ANN401 - aiohttp's own
    return BaseRequest(
        message, payload, protocol, writer, task, task.get_loop(), client_max_size=_LARGEST_REQUEST
    )


def _handler(core: Core) -> Callable[[BaseRequest], Any]:
    request_ids = itertools.count(1)

    async def handle(request: BaseRequest) -> web.StreamResponse:
        body = await request.read()
        if request.path.startswith("/_lab/"):
            return _control(core, request.method, request.path, body)
        headers = {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": f"00000000-0000-4000-8000-{next(request_ids):012x}",
        }
        try:
            answer = await core.answer(request.headers.get("X-Amz-Target", ""), body)
        except EcrError as error:
            text = _ENCODE({"__type": error.code, "message": error.message})
            return web.Response(body=text.encode(), status=error.status, headers=headers)
        except ConnectionLostError:
            request.protocol.force_close()
            return web.Response()  # nobody will read it
        return web.Response(body=_ENCODE(answer).encode(), headers=headers)

    return handle


def _control(core: Core, method: str, path: str, body: bytes) -> web.Response:
    answers: dict[tuple[str, str], Callable[[], State | dict[str, Any]]] = {
        ("GET", "/_lab/state"): core.state,
        ("GET", "/_lab/config"): lambda: as_json(core.behaviour),
        ("POST", "/_lab/config"): lambda: core.configure(_settings(body)),
        ("POST", "/_lab/seed"): lambda: core.fill(Seed.from_json(_settings(body))),
        ("POST", "/_lab/reset"): core.reset_counts,
    }
    answer = answers.get((method, path))
    if answer is None:
        known = ", ".join(" ".join(endpoint) for endpoint in answers)
        return _json({"error": f"no {method} {path}; there are {known}"}, HTTPStatus.NOT_FOUND)
    try:
        result = answer()
    except SettingsError as error:
        return _json({"error": str(error)}, HTTPStatus.BAD_REQUEST)
    return _json(dataclasses.asdict(result) if isinstance(result, State) else result)


def _settings(body: bytes) -> dict[str, Any]:
    try:
        settings = json.loads(body)
    except ValueError as error:
        raise SettingsError(f"not JSON: {error}") from error
    if not isinstance(settings, dict):
        raise SettingsError("not a JSON object")
    return settings


def _json(value: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> web.Response:
    return web.json_response(value, status=status)
